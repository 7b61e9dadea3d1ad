"""The lesson on ALVINN on the fly, small: what differs between methods, what is counted, what is drawn, its page."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.learn import alvinn
from drive_sim.lessons import alvinn_methods, alvinn_on_the_fly
from drive_sim.lessons.alvinn_methods import BEND_CASES, METHODS, ONE_BY_ONE
from drive_sim.lessons.alvinn_on_the_fly import Config, learn_and_drive, run, watched
from drive_sim.lessons.alvinn_on_the_fly_findings import bars, frames_until_clean, make_result, on_own_road, reading
from drive_sim.lessons.alvinn_on_the_fly_report import bends_of, fifteen_views, fills_of
from drive_sim.policies.alvinn import ALVINN_CAMERA, AlvinnPolicy, curvature_units, make_alvinn
from drive_sim.report.on_the_fly_figures import plot_help_over_frames, with_sign
from drive_sim.report.style import LOOKS
from drive_sim.sim.conditions import CONDITIONS
from tests.lessons.lesson_laws import Told, check_page, check_result, check_resumed, tell

CONFIG = Config(
    seed=1000,
    num_seeds=2,
    num_roads=2,
    asked=(2, 4),
    num_frames=4,
    bend_frames=(3, 3),
    num_bend_seeds=1,
    num_bend_roads=1,
    conditions=replace(CONDITIONS, distance_m=40.0),
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"num_seeds": 0},
        {"num_bend_seeds": 3},
        {"num_bend_roads": 3},
        {"asked": (2, 5)},
        {"asked": (4, 2)},
        {"asked": (0, 4)},
        {"bend_frames": (3, 0)},
        {"bend_radius_m": 0.0},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, Any]):
    with pytest.raises(InputError, match="alvinn-on-the-fly"):
        replace(CONFIG, **wrong)


def test_every_method_but_the_later_one_differs_in_what_its_name_says_only():
    published = asdict(alvinn.PUBLISHED)
    changed = {
        method: {name for name, value in asdict(alvinn_methods.settings(method)).items() if value != published[name]}
        for method in METHODS
    }
    assert changed["alvinn"] == set()
    assert changed["alvinn-alone"] == {"num_views", "steps_per_frame"}
    assert changed["alvinn-oldest"] == {"eviction"}
    assert changed["alvinn-smear"] == {"fill"}
    assert changed["alvinn-narrow"] == {"max_shift_m"}
    assert alvinn_methods.settings("alvinn-later") == alvinn.LATER


def test_the_frame_alone_keeps_every_frame_and_takes_no_fewer_steps():
    demos = alvinn_methods.drive_frames(1000, CONDITIONS, 16)
    asked = (2, 16)
    ours, alone = (
        [said for _, said in watched(alvinn_methods.settings(method), demos, 1000, asked)]
        for method in ("alvinn", "alvinn-alone")
    )
    assert [said["views"] for said in ours] == [30, 200]
    assert [said["views"] for said in alone] == [2, 16]
    assert [said["shown"] for said in ours] == [15 + 30, 15 * sum(range(1, 14)) + 3 * 200]
    assert [said["shown"] for said in alone] == [2 * 200, 16 * 200]
    assert alvinn_methods.settings("alvinn-alone").steps_per_frame == alvinn.PUBLISHED.buffer_size


def test_all_later_changes_together_are_the_later_settings():
    assert alvinn_methods.settings_with(*alvinn_methods.LATER_FIELDS) == alvinn.LATER
    assert alvinn_methods.settings_with() == alvinn.PUBLISHED
    assert alvinn_methods.settings_with(*ONE_BY_ONE["all but ahead"]).lookahead_s is None


def test_a_longer_drive_begins_as_a_shorter_one_and_so_does_one_into_a_bend():
    short, longer = (alvinn_methods.drive_frames(1000, CONDITIONS, num) for num in (2, 4))
    bent = alvinn_methods.drive_into_bend(1000, CONDITIONS, 2, 3, 40.0)
    np.testing.assert_array_equal(longer.images[:18], short.images)
    np.testing.assert_array_equal(bent.images[:18], short.images)
    assert len(bent) == 5 * 9
    assert short.camera == bent.camera == ALVINN_CAMERA
    assert bent.curvature_per_m[18:] == pytest.approx(1 / 40.0, rel=0.05)


def test_policies_are_those_of_the_numbers_of_frames_asked_for():
    demos = alvinn_methods.drive_frames(1000, CONDITIONS, 4)
    (at_two, said), (at_four, _) = watched(alvinn.PUBLISHED, demos, 1000, (2, 4))
    ((again, _),) = watched(alvinn.PUBLISHED, demos, 1000, (2,))
    assert (said["frames"], said["views"]) == (2, 30)
    np.testing.assert_array_equal(at_two.network.hidden_weights, again.network.hidden_weights)
    assert (at_two.network.hidden_weights != at_four.network.hidden_weights).any()


def test_a_frame_is_thrown_away_before_the_clock_starts_and_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    train = alvinn.train

    def spied(settings: alvinn.Config, task: Any, rng: np.random.Generator) -> Any:
        asked.append(settings.num_frames)
        return train(settings, task, rng)

    demos = alvinn_methods.drive_frames(1000, CONDITIONS, 4)
    ((before, _),) = watched(alvinn.PUBLISHED, demos, 1000, (4,))
    monkeypatch.setattr(alvinn, "train", spied)
    next(learn_and_drive(CONFIG, "alvinn", 1000))
    assert asked == [1, 4]
    alvinn_on_the_fly.warm_up(alvinn.PUBLISHED, demos)
    ((after, _),) = watched(alvinn.PUBLISHED, demos, 1000, (4,))
    np.testing.assert_array_equal(before.network.hidden_weights, after.network.hidden_weights)


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [(-0.04, 1, "0.0"), (0.04, 1, "0.0"), (-0.06, 1, "−0.1"), (12.3, 0, "+12"), (-10, 0, "−10")],
)
def test_what_is_rounded_to_nothing_has_no_sign(value: float, digits: int, words: str):
    assert with_sign(value, digits) == words


def test_a_line_upon_another_hides_neither():
    """Of two methods that do the same the first lies above, unless the other is dashed."""
    point = {"frames": 10, "mean": 0.0, "low": 0.0, "high": 1.0, "per_seed": [0.0, 0.0]}
    points = [point, point | {"frames": 30}]
    figure = plot_help_over_frames({name: {"points": points} for name in METHODS}, 50)
    lines = {bars.get_label(): bars[0] for bars in figure.axes[0].containers}
    ours = lines.pop(LOOKS["alvinn"].label)
    assert ours.get_linestyle() == "-"
    for line in lines.values():
        assert (line.get_zorder() < ours.get_zorder()) != (line.get_linestyle() == "--")
    assert lines[LOOKS["alvinn-oldest"].label].get_linestyle() == "--"


def test_the_later_settings_are_said_to_differ_only_where_the_intervals_lie_apart():
    few, many, between = ({"low": low, "high": high} for low, high in ((0.0, 0.1), (13.0, 17.0), (0.05, 14.0)))

    def said(ours: dict[str, float], later: dict[str, float]) -> tuple[bool, bool]:
        of = reading({"alvinn": {"at_bar": ours}, "alvinn-later": {"at_bar": later}})
        return of["later_is_worse"], of["later_is_better"]

    assert said(few, many) == (True, False)
    assert said(many, few) == (False, True)
    assert said(few, between) == said(between, many) == (False, False)


def test_each_seed_has_a_road_of_its_own_and_the_roads_go_round():
    np.testing.assert_array_equal(on_own_road(np.arange(6.0).reshape(2, 3)), [0, 4])
    np.testing.assert_array_equal(on_own_road(np.arange(6.0).reshape(3, 2)), [0, 3, 4])


@pytest.mark.parametrize(
    ("counts", "frames"), [([0, 0, 0], 10), ([3, 0, 0], 20), ([0, 1, 0], 30), ([3, 1, 1], None), ([0, 0, 1], None)]
)
def test_it_drives_for_good_after_the_last_help(counts: list[int], frames: int | None):
    assert frames_until_clean([10, 20, 30], counts) == frames


def found(counts: dict[str, np.ndarray]) -> dict[str, Any]:
    """What parts would have found: 40 m of two roads, `counts` (seeds, points, roads) a method."""

    driven = {"km": [0.04, 0.04], "steps": 70, "cpu_s": 0.1}

    def part(seed: int, by_point: np.ndarray) -> dict[str, Any]:
        points = [
            {"frames": frames, "views": 60, "shown": 90, "interventions": by_road, **driven}
            for frames, by_road in zip((2, 4), by_point, strict=True)
        ]
        meta = {"seed": seed, "commit": "c", "cpu_s": 1.0, "steps": 36}
        return {**meta, "points": points}

    nothing = {"interventions": [0, 0], "km": [0.04, 0.04], "steps": 70}
    meta = {"commit": "c", "cpu_s": 1.0}
    bend = {f"{views} {rule}": nothing for views, rule in BEND_CASES}
    return {
        "expert": [{**nothing, **meta}],
        "one by one": [{"variants": dict.fromkeys(ONE_BY_ONE, nothing), **meta}],
        "bend": [{"variants": bend, **meta}],
    } | {method: [part(seed, counts[method][seed]) for seed in range(2)] for method in METHODS}


def test_one_intervention_on_a_seed_s_own_road_misses_the_bar_and_elsewhere_it_does_not():
    clean = np.zeros((2, 2, 2))
    counts = dict.fromkeys(METHODS, clean)

    def met(ours: np.ndarray) -> list[bool]:
        result = make_result(CONFIG, found({**counts, "alvinn": ours}), name="alvinn-on-the-fly")
        assert result["bars"] == bars(CONFIG, result["methods"])
        return [bar["met"] for bar in result["bars"]]

    own, elsewhere, early = clean.copy(), clean.copy(), clean.copy()
    own[1, 1, 1] = elsewhere[1, 1, 0] = early[:, 0, :] = 1
    assert met(clean) == met(early) == [True, True]
    assert met(own) == [False, False]
    assert met(elsewhere) == [True, False]


def test_the_fifteen_views_go_from_left_to_right():
    images, labels = fifteen_views(alvinn_methods.drive_frames(1000, CONDITIONS, 4))
    numbers = [float(label.split()[-2].replace("−", "-")) for label in labels]
    assert images.shape == (15, 30, 32, 3)
    assert numbers == sorted(numbers, reverse=True)
    assert sum("the frame" in label for label in labels) == 1


def test_what_is_filled_straight_ahead_is_nearer_to_what_is_there_than_a_smear():
    (_, true, ahead, smeared), _ = fills_of(CONFIG, alvinn_methods.drive_frames(1000, CONDITIONS, 4))
    wrong, more_wrong = (np.abs(picture.astype(float) - true).mean() for picture in (ahead, smeared))
    assert wrong < more_wrong


def test_hills_are_asked_for_where_the_road_turns():
    units = curvature_units(30, alvinn.MAX_CURVATURE_PER_M)
    policy = AlvinnPolicy(make_alvinn(np.random.default_rng(0), 5, 30), units, "centre-of-mass")
    images, activity, asked, places_per_m, _, titles = bends_of(CONFIG, policy)
    left, straight, right = places_per_m[asked.argmax(axis=1)]
    assert left > 0.01 > abs(straight)
    assert right < -0.01
    assert images.shape == (3, 30, 32, 3)
    assert activity.shape == asked.shape == (3, 30)
    assert [title.split(":")[0] for title in titles] == ["left", "straight", "right"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(run, CONFIG, tmp_path_factory.mktemp("lesson") / "alvinn-on-the-fly")


@pytest.mark.slow
def test_its_page_and_result(told: Told):
    check_page(told, 6)
    result = check_result(told)
    for method in METHODS:
        figures = result["methods"][method]
        assert [point["frames"] for point in figures["points"]] == [2, 4]
        assert figures["num_labels"] == 4
        assert figures["steps"] == 36
    assert set(result["one_by_one"]) == set(ONE_BY_ONE)
    assert result["metres_a_frame"] == pytest.approx(result["published_metres_a_frame"], rel=0.02)


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path: Path):
    check_resumed(told, run, CONFIG, tmp_path / "stopped")
