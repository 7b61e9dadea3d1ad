"""The lessons on NVIDIA's network, small: what differs between methods, what is kept and resumed, and their pages."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.data.augment import ShiftRotate
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.side_cameras import side_views
from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import Estimate, estimate_crossed_per_km
from drive_sim.evaluate.saliency_scores import intersection_over_union
from drive_sim.learn import bc
from drive_sim.lessons import pilotnet_2016, pilotnet_2016_report, saliency_2017, saliency_effects
from drive_sim.lessons.pilotnet_2016_findings import (
    autonomy_of,
    bars,
    best_of,
    differences,
    drive_facts,
    estimate_more_per_km,
    network_facts,
    said,
)
from drive_sim.lessons.pilotnet_2016_report import LAWS, shown_offsets, still_off, ways_back
from drive_sim.lessons.pilotnet_methods import ARC, METHODS, Recipe, training
from drive_sim.lessons.saliency_maps import MAPS, make_views, maps_of
from drive_sim.lessons.shifted_views import true_views
from drive_sim.lessons.thirty_seconds import demonstrate, learn, training_rng
from drive_sim.report import pilotnet_figures
from drive_sim.report.style import LOOKS
from drive_sim.sim.conditions import CONDITIONS
from tests.lessons.lesson_laws import Told, check_page, check_result, check_resumed, tell

SMALL = Recipe(network="small", num_steps=6)
PILOTNET = pilotnet_2016.Config(
    seed=1000, num_seeds=2, num_roads=2, num_beside=1, distance_m=60.0, num_ticks=30, recipe=SMALL
)
SALIENCY = saliency_2017.Config(
    seed=1000,
    num_seeds=1,
    num_views=4,
    num_roads=2,
    num_ticks=30,
    num_steps=6,
    network="small",
    shares=(0.1, 0.3),
    shifts_px=(-4, 0, 4),
    drive_m=60.0,
    num_driven=1,
)


NUM_VIEWS = 30


@pytest.fixture(scope="module")
def demos() -> Demonstrations:
    return demonstrate(1000, num_ticks=30, side_m=SMALL.side_m)


def test_every_method_learns_from_the_same_ticks_and_as_many_samples(demos: Demonstrations):
    for method in (*METHODS, ARC):
        config, samples = training(SMALL, method, demos)
        np.testing.assert_array_equal(samples.images[:30], demos.images)
        np.testing.assert_array_equal(samples.curvature_per_m[:30], demos.curvature_per_m)
        assert (config.num_steps, config.batch_size, config.network) == (6, 32, "small")
    with pytest.raises(InputError, match="no method"):
        training(SMALL, "guess", demos)


def test_views_and_labels_are_all_that_differs(demos: Demonstrations):
    configs = {method: training(SMALL, method, demos)[0] for method in (*METHODS, ARC)}
    assert configs["plain"] == configs["three-cameras"]
    assert configs["shift-rotate"] == replace(configs["plain"], shift_rotate=ShiftRotate())
    mix, arc = configs["nvidia"].shift_rotate, configs[ARC].shift_rotate
    assert mix is not None
    assert arc == replace(mix, law="two-second")
    assert (mix.max_shift_m, mix.max_turn_rad, mix.share) == (1.5, ShiftRotate().max_turn_rad, 0.7)


def test_the_untrained_network_is_the_one_that_learns(demos: Demonstrations):
    config = replace(training(SMALL, "plain", demos)[0], num_steps=1, learning_rate=1e-12, weight_decay=0.0)
    work = learn("plain", config, demos, 1000)
    assert next(work).share == 1.0
    with pytest.raises(StopIteration) as end:
        next(work)
    trained, _ = end.value.value
    untrained = bc.make_policy(config, demos, training_rng(1000).spawn(4)[0])
    np.testing.assert_allclose(trained.predict(demos.images), untrained.predict(demos.images), atol=1e-6)


def test_a_demonstration_is_the_first_drive_s_whatever_looks_beside(demos: Demonstrations):
    alone = demonstrate(1000, num_ticks=30)
    np.testing.assert_array_equal(alone.images, demos.images)
    assert alone.images_left is None


def test_side_pictures_are_shown_from_where_the_cameras_sit(demos: Demonstrations):
    assert demos.lane is not None
    assert np.abs(shown_offsets(SMALL, "plain", demos)).max() < 0.3
    three = shown_offsets(SMALL, "three-cameras", demos)
    assert (np.abs(np.abs(three) - SMALL.side_m) < 0.3).mean() == pytest.approx(2 / 3, abs=0.01)
    assert shown_offsets(SMALL, "nvidia", demos).std() < shown_offsets(SMALL, "shift-rotate", demos).std()


def test_the_way_back_is_shorter_the_harder_a_label_pulls():
    time_s, offsets_m = ways_back(12.0)
    ours, pose, place = offsets_m.values()
    settled = [time_s[np.flatnonzero(np.abs(offset_m) > 0.1)[-1]] for offset_m in (ours, pose, place)]
    assert settled[0] < settled[1] < settled[2]
    assert all(offset_m[0] == 1.0 and abs(offset_m[-1]) < 0.1 for offset_m in (ours, pose))


def test_after_two_seconds_the_hardest_pull_is_nearest():
    after_2_s, at_once = still_off(12.0), still_off(12.0, after_s=0.0)
    assert sorted(LAWS, key=lambda law: abs(after_2_s[law])) == list(LAWS)
    assert set(at_once.values()) == {100.0}


def test_a_shifted_view_is_what_the_camera_beside_saw(demos: Demonstrations):
    shift_m, zero = np.full(len(demos), SMALL.side_m), np.zeros(len(demos))
    sides = side_views(demos)
    for pictures, sign in ((sides.left, 1.0), (demos.images, 0.0), (sides.right, -1.0)):
        views = true_views(demos, 1000, sign * shift_m, zero, has_noise=False).astype(np.int64)
        assert np.abs(views - pictures).mean() < 2.0, "but for the camera's noise"
        elsewhere = true_views(demos, 1000, sign * shift_m + 0.3, zero, has_noise=False).astype(np.int64)
        assert np.abs(elsewhere - pictures).mean() > 2.0 * np.abs(views - pictures).mean()


def test_autonomy_counts_six_seconds_for_an_intervention():
    # 10 interventions in 600 seconds are the paper's own example: 90 %.
    estimate = Estimate(10.0 / 7.2, None, None, "")
    assert autonomy_of(estimate, 600.0 / 7.2)["mean"] == pytest.approx(90.0)
    assert autonomy_of(Estimate(0.0, 0.0, 3.0 / 810.0, ""), 83.3)["low"] == pytest.approx(99.973, abs=1e-3)


def test_few_interventions_have_an_exact_interval_and_none_a_bound():
    km = np.full((5, 81), 2.0)
    counts = np.zeros((5, 81))
    assert estimate_crossed_per_km(counts, km).high == pytest.approx(3.0 / 810.0)
    counts[0, 0] = 1
    one = estimate_crossed_per_km(counts, km)
    assert one.low is not None
    assert one.high is not None
    assert one.low < 1.0 / 810.0 < one.high < 6.0 / 810.0
    counts[:, :40] = 3
    many = estimate_crossed_per_km(counts, km)
    assert many.mean == pytest.approx(counts.sum() / 810.0)
    assert many.interval == "bootstrap over seeds and roads"


def test_the_best_needs_least_help_and_keeps_nearest_among_equals():
    def figures(count: int, p95_cm: float) -> dict[str, Any]:
        return {
            "interventions": count,
            "offset_p95_cm": {"mean": p95_cm},
            "km": 810.0,
            "km_per_seed": [162.0],
            "num_labels": 300.0,
            "num_samples": 19200.0,
            "per_km": {"high": 3 / 810},
            "autonomy": {"mean": 100.0 - count, "low": 99.97 - count},
        }

    found = {
        "plain": figures(900, 90),
        "three-cameras": figures(0, 23),
        "shift-rotate": figures(0, 22),
        "nvidia": figures(1, 5),
    }
    assert best_of(found) == "shift-rotate"
    assert [bar["met"] for bar in bars(found, "shift-rotate")] == [True]
    assert [bar["met"] for bar in bars(found, "nvidia")] == [False]
    found["shift-rotate"]["km_per_seed"] = [162.0, 160.0]
    assert [bar["met"] for bar in bars(found, "shift-rotate")] == [False], "less than 100 miles"
    assert drive_facts(found)[0] == {"what": "km of held-out road", "least": 160.0, "most": 162.0}


def test_a_difference_is_of_the_roads_that_both_drove():
    def part(counts: list[int]) -> dict[str, Any]:
        return {"interventions": counts, "km": [2.0] * len(counts)}

    many, few = [part([4, 6, 90, 90]), part([5, 5, 90, 90])], [part([1, 0]), part([0, 1])]
    more = estimate_more_per_km(few, many)
    assert more.mean == pytest.approx((2 - 20) / 8.0)
    assert more.low is not None
    assert more.high is not None
    assert more.low < more.mean < more.high < 0.0
    assert estimate_more_per_km(few, few).low is None, "nothing is told of so few"


def test_who_needs_as_much_help_as_the_neediest_is_told():
    def part(count: int) -> dict[str, Any]:
        return {"interventions": [count, 0], "km": [2.0, 2.0]}

    counts = {"plain": 30, "three-cameras": 4, "shift-rotate": 0, "nvidia": 4, ARC: 20}
    found = {name: [part(count)] for name, count in counts.items()}
    methods = {name: {"per_km": {"mean": count / 4.0}} for name, count in counts.items()}
    more = differences(found, methods)["plain"]
    assert more["equals"] == ["three-cameras", "nvidia"]
    assert more["mean"] == pytest.approx(26 / 4.0)


def test_one_intervention_is_told_as_one():
    assert said("plain", [{"interventions": [1, 0], "km": [1.0, 1.2]}]) == "1 intervention in 2 km"
    assert said("plain", [{"interventions": [0, 0], "km": [1.0, 1.2]}]) == "0 interventions in 2 km"
    assert not re.search(r"\d", " ".join(pilotnet_2016.STAGES.values()))


def test_lines_of_equal_methods_are_drawn_apart_and_the_key_stands_outside():
    figure = pilotnet_figures.plot_first_help({name: [None, None] for name in METHODS}, 1.0)
    figure.canvas.draw()
    axes = figure.axes[0]
    paths = [patch.get_transform().transform_path(patch.get_path()) for patch in axes.patches]
    heights = np.array([np.asarray(path.vertices)[0, 1] for path in paths])
    assert (-np.diff(heights) > 2.0 * figure.dpi / 72.0).all()
    assert [patch.get_label() for patch in axes.patches] == [f"{LOOKS[name].label}: 100 %" for name in METHODS]
    edges = np.linspace(-1.0, 1.0, 5)
    shown = pilotnet_figures.plot_shown_and_met(
        dict.fromkeys(METHODS, np.zeros(4)), dict.fromkeys(METHODS, np.ones(4)), edges
    )
    assert all(panel.get_legend() is None for panel in shown.axes)
    assert len(shown.legends) == 1


def test_pilotnet_s_size_is_the_published_one():
    facts = network_facts("pilotnet")
    assert facts["parameters"] == 252_219
    assert round(facts["multiply_adds"] / 1e6, 1) == 26.9
    assert round(facts["parameters_with_1164"] / 1e6, 1) == 1.6


@pytest.fixture(scope="module")
def asked():
    demos = demonstrate(1000, num_ticks=30)
    policy = bc.make_policy(training(SMALL, "plain", demos)[0], demos, np.random.default_rng(0))
    views = make_views("held-out", CONDITIONS, NUM_VIEWS, 2)
    return policy, views, maps_of(policy, policy, views, CONDITIONS, np.random.default_rng(0))


def test_all_networks_are_asked_about_the_same_views(asked):
    _, views, maps = asked
    again = make_views("held-out", CONDITIONS, NUM_VIEWS, 2)
    np.testing.assert_array_equal(again.images, views.images)
    assert tuple(maps) == MAPS
    assert all(values.shape == (NUM_VIEWS, 66, 200) for values in maps.values())
    assert views.truth.any(axis=(1, 2)).all()


def test_controls_know_what_they_are_said_to_know(asked):
    _, views, maps = asked
    np.testing.assert_allclose(maps["vbp"], maps["vbp-untrained"])
    assert (maps["usual"][0] == maps["usual"][-1]).all()
    chance = views.truth.mean() / (2.0 - views.truth.mean())
    assert intersection_over_union(maps["usual"], views.truth).mean() > 3.0 * chance
    assert intersection_over_union(maps["random"], views.truth).mean() < 3.0 * chance


def test_a_larger_share_carries_more_and_all_of_it_everything(asked):
    policy, views, maps = asked
    carried = saliency_effects.carried(policy.predict, views, maps["gradient"], (0.05, 0.999), (-4, 0, 4))
    whole = saliency_effects.effects_of_all(policy.predict, views, (-4, 0, 4))["all"].mean()
    assert carried[1] == pytest.approx(whole, rel=0.1)
    nothing = saliency_effects.effects(policy.predict, views, np.zeros_like(views.truth), (-4, 0, 4))
    np.testing.assert_array_equal(nothing["these"], 0.0)
    np.testing.assert_allclose(nothing["others"].mean(), whole, rtol=1e-9)


@pytest.mark.parametrize(
    ("config", "wrong"),
    [
        (PILOTNET, {"num_beside": 3}),
        (PILOTNET, {"distance_m": 0.0}),
        (SALIENCY, {"shifts_px": (-4, 0, 3)}),
        (SALIENCY, {"num_views": 2}),
        (SALIENCY, {"shares": (0.1, 1.0)}),
    ],
)
def test_impossible_settings_are_refused(config: Any, wrong: dict[str, Any]):
    with pytest.raises(InputError, match=r"pilotnet-2016|saliency"):
        replace(config, **wrong)


RUNS: dict[str, tuple[Callable[..., Any], Any]] = {
    "pilotnet-2016": (pilotnet_2016.run, PILOTNET),
    "saliency": (saliency_2017.run, SALIENCY),
}


@pytest.fixture(scope="module", params=RUNS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    run, config = RUNS[request.param]
    return tell(run, config, tmp_path_factory.mktemp("lesson") / request.param)


@pytest.mark.slow
def test_a_lesson_s_page_and_result(told: Told):
    check_page(told, 3)
    result = check_result(told)
    assert result["seeds"] == list(RUNS[result["lesson"]][1].seeds)
    assert all(method["num_labels"] == 30 for method in result["methods"].values())


PLAIN_WORDS = {
    (0, 0, 0): "None of the three needs any help; the plain clone needs",
    (3, 0, 3): "Most help, and equally much, need “With three cameras” and “NVIDIA&#39;s mix”; the plain clone needs",
    (0, 2, 0): "The one of them that needs most help is “With shift-and-rotate”; the plain clone needs",
}


@pytest.mark.slow
@pytest.mark.parametrize("told", ["pilotnet-2016"], indirect=True)
def test_pilotnet_s_words_follow_its_numbers(told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    result = told[2].result
    text = re.sub("[ \n]+", " ", (told[0] / "report.html").read_text(encoding="utf-8"))
    assert not re.search(r"\d (?:%|km\b)", result["headline"])
    assert "on 1 road only (below)" in text
    assert "meet the first of the roads in other gusts" in text
    assert not re.search(r"\b1 (?:roads|interventions)\b|\b0\.0 hours", text)
    assert not re.search(r"\b([\d.,]+) to \1\b km of held-out", text)
    monkeypatch.setattr(
        pilotnet_2016_report, "_figures", lambda *_: dict.fromkeys(("help", "shown", "first", "back"), "")
    )
    for counts, words in PLAIN_WORDS.items():
        most = max(counts)
        neediest = [name for name, count in zip(METHODS[1:], counts, strict=True) if count == most]
        methods = {**result["methods"]}
        for name, count in zip(METHODS[1:], counts, strict=True):
            methods[name] = {**methods[name], "interventions": count}
        plain = {**result["differences"]["plain"], "than": neediest[0], "equals": neediest}
        folder = tmp_path / "-".join(map(str, counts))
        folder.mkdir()
        changed = {**result, "methods": methods, "differences": {**result["differences"], "plain": plain}}
        pilotnet_2016_report.write_page(PILOTNET, {}, changed, folder)
        assert words in re.sub("[ \n]+", " ", (folder / "report.html").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path: Path):
    check_resumed(told, *RUNS[told[2].result["lesson"]], tmp_path / "stopped")
