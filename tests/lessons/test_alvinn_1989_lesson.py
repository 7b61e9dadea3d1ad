"""The ALVINN lesson, small: what moved edges say of hidden units, what differs with the width, its page and film."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from drive_sim.data.simulated_pictures import PictureGenerator, make_views
from drive_sim.errors import InputError
from drive_sim.lessons import alvinn_1989_network as network
from drive_sim.lessons.alvinn_1989 import HALF_WIDTHS_M, METHODS, STAGES, Config, make_config, parts_of, run
from drive_sim.lessons.alvinn_1989_filters import Probe, make_probe, place_share, units_away
from drive_sim.lessons.alvinn_1989_findings import bars, reading, time_bar
from drive_sim.lessons.alvinn_1989_report import shown_retinas, with_seconds
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.report.hidden_film import SIZE_PX, Learning, as_grey, draw_frame
from tests.lessons.lesson_laws import Told, check_page, check_result, check_resumed, tell

CONFIG = Config(
    seed=1000,
    num_seeds=2,
    num_pictures=56,
    num_novel=56,
    generator=PictureGenerator(has_wheel_tracks=False, num_roads=4, scene_kinds=("day", "night")),
    num_epochs=3,
    probe_widths_m=(2.8, 4.4, 6.0),
    num_probes=8,
    num_driven=2,
    drive_m=60.0,
)


@pytest.mark.parametrize("wrong", [{"num_seeds": 0}, {"num_novel": 57}, {"probe_widths_m": (3.0, 4.0)}])
def test_impossible_settings_are_refused(wrong: dict[str, Any]):
    with pytest.raises(InputError, match="alvinn-1989"):
        replace(CONFIG, **wrong)


def moved(left: list[list[float]], right: list[list[float]]) -> Probe:
    """A retina of three pixels in two places, changed so by the one edge and the other."""
    nothing = np.empty((0, 1, 1, 3), np.uint8)
    return Probe(4.4, nothing, np.empty(0), np.array(left, np.float32), np.array(right, np.float32))


def test_the_share_of_one_edge_is_half_and_of_both_together_one():
    probe = moved([[1.0, 0.0, 0.0], [2.0, 0.0, 0.0]], [[0.0, 1.0, 0.0], [0.0, 2.0, 0.0]])
    units = np.array([[1, 0, 5], [0, -2, 0], [1, -1, 0], [3, 3, 1], [1, 0.5, 0]], np.float32)[:, None]
    np.testing.assert_allclose(place_share(units, probe), [0.5, 0.5, 1.0, 0.0, 0.5 * 0.5**2 / (1.0 + 0.5**2)])


def test_a_detector_of_one_line_has_half_wherever_the_edges_cross_it():
    """The left edge crosses it in the first place, the right one in the second: never both at once."""
    probe = moved([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    np.testing.assert_allclose(place_share(np.array([[[1.0, 0.0, 0.0]]], np.float32), probe), [0.5])


@pytest.fixture(scope="module")
def probe() -> Probe:
    """Seen from near the middle, straight ahead: one edge is on the left of the picture's middle, one on the right."""
    generator = replace(CONFIG.generator, max_offset_m=0.3, max_heading_rad=0.0)
    views = make_views(generator, 24, np.random.default_rng(1000))
    return make_probe(views, 4.4, generator.lookahead_m, ALVINN_CAMERA)


def test_left_against_right_answers_to_the_place_and_both_alike_to_the_width(probe: Probe):
    side = np.tile(np.sign(np.arange(32) - 15.5), (30, 1))
    near = np.abs(np.arange(32) - 15.5) < 14.0  # what all roads cover does not count
    place, width = place_share(np.stack([side, side**2 * near]).astype(np.float32), probe)
    assert place > 0.9
    assert width < 0.25


def test_each_moved_edge_changes_its_own_side_of_the_road(probe: Probe):
    """Seen over all places: the left edge's change lies further to the left than the right edge's."""
    column = np.tile(np.arange(32), 30)
    left, right = (
        np.square(change) @ column / np.square(change).sum(axis=1) for change in (probe.left_moved, probe.right_moved)
    )
    assert (left < right).all()


def test_only_the_width_differs_and_novel_roads_are_drawn_from_the_run_s_first_seed():
    one, many = (network.novel_pictures(CONFIG, method) for method in METHODS)
    np.testing.assert_array_equal(one.curvature_per_m, many.curvature_per_m)
    assert (one.images != many.images).any()
    longer, other = (
        network.novel_pictures(replace(CONFIG, **changed), "one-width")
        for changed in ({"num_seeds": 4}, {"seed": 1001})
    )
    np.testing.assert_array_equal(one.images, longer.images)
    assert (one.curvature_per_m != other.curvature_per_m).all()
    probes = [network.make_probes(replace(CONFIG, seed=seed))[0] for seed in (1000, 1001)]
    assert (probes[0].curvature_per_m != probes[1].curvature_per_m).all()
    assert np.mean(HALF_WIDTHS_M["varying"]) == pytest.approx(np.mean(HALF_WIDTHS_M["one-width"]))


def test_both_kinds_of_road_begin_with_the_same_weights_and_another_seed_with_others():
    one, many = (next(network.rounds(CONFIG, method, 1000)).policy.network.hidden_weights for method in METHODS)
    np.testing.assert_array_equal(one, many)
    assert (next(network.rounds(CONFIG, "varying", 1001)).policy.network.hidden_weights != one).any()


def test_no_label_lies_beyond_the_last_unit_and_constants_are_counted():
    policy = next(network.rounds(CONFIG, "one-width", 1000)).policy
    novel = network.novel_pictures(CONFIG, "one-width")
    assert np.abs(novel.curvature_per_m).max() <= policy.units[0] + 1e-12
    found = network.constants(policy, novel)
    spacing_per_m = policy.units[0] - policy.units[1]
    near = np.abs(novel.curvature_per_m) <= 2.5 * spacing_per_m
    assert found["centre_percent"] == pytest.approx(100.0 * near.mean())
    assert found["best_constant_percent"] >= found["centre_percent"]
    assert (units_away(policy, novel.images, policy.predict(novel.images)) == 0).all()


LOOSE = {"mean": 0.4, "low": 0.35, "high": 0.45}


def figures(share: tuple[float, float, float], **more: Any) -> dict[str, Any]:
    mean, low, high = share
    return {
        "well": {"mean": 98.0, "low": 97.5, "high": 98.5},
        "centre_percent": 22.0,
        "best_constant_percent": 23.0,
        "place_share": {"mean": mean, "low": low, "high": high},
        "place_share_untrained": {"mean": 0.52, "low": 0.51, "high": 0.53},
        "place_share_by_width": [LOOSE, {"mean": mean, "low": low, "high": high}, LOOSE],
        "learning_cpu_s": 4.0,
        **more,
    }


def test_bars_are_met_by_the_published_picture_and_missed_by_its_opposite():
    whole, edges = figures((0.9, 0.85, 0.95)), figures((0.55, 0.5, 0.6))
    assert [bar["met"] for bar in bars({"one-width": whole, "varying": edges})] == [True] * 4
    assert [bar["met"] for bar in bars({"one-width": edges, "varying": whole})] == [True, True, False, False]
    poor = figures((0.9, 0.85, 0.95), well={"mean": 96.9, "low": 96.0, "high": 97.5}, centre_percent=40.0)
    assert [bar["met"] for bar in bars({"one-width": poor, "varying": edges})] == [False, False, True, True]
    flat = figures((0.9, 0.85, 0.95), place_share_by_width=[{"mean": 0.8, "low": 0.74, "high": 0.86}] * 3)
    assert not bars({"one-width": flat, "varying": edges})[2]["met"]
    slow = time_bar({"one-width": figures((1, 1, 1), learning_cpu_s=1801.0)})
    assert (slow["met"], slow["learning_cpu_s"]) == (False, 1801.0)
    assert time_bar({"one-width": whole})["met"]


def test_half_way_is_neither_and_what_the_interval_does_not_tell_is_not_said():
    astride = figures((0.75, 0.7, 0.8))
    assert [bar["met"] for bar in bars({"one-width": astride, "varying": astride})] == [True, True, False, False]
    assert reading(astride) == {
        "whole_roads": False,
        "single_edges": False,
        "more_than_untrained": True,
        "less_on_others": True,
    }
    fresh = figures((0.53, 0.5, 0.56), place_share_by_width=[{"mean": 0.49, "low": 0.47, "high": 0.51}] * 3)
    assert not reading(fresh)["more_than_untrained"]
    assert not reading(fresh)["less_on_others"]
    assert reading(fresh)["single_edges"]


def test_a_share_just_below_half_way_is_told_with_the_digits_that_show_it():
    close = figures((0.7496, 0.708, 0.7812))
    for bar in bars({"one-width": close, "varying": close})[2:]:
        assert "0.750 (0.708 to 0.781)" in bar["got"]
        assert "whose interval lies" in bar["what"]


def test_half_an_hour_is_compared_only_with_as_much_as_was_learned_in_it():
    bar = time_bar({"one-width": figures((0.9, 0.85, 0.95), learning_cpu_s=2.0)})
    assert "half an hour is 900 times as long" in with_seconds(bar, make_config(0, quick=False))["got"]
    quick = with_seconds(bar, make_config(0, quick=True))["got"]
    assert "as long" not in quick
    assert "700 pictures 20 times" in quick
    assert "1200 pictures 40 times" in quick


def test_the_words_of_the_stages_hold_for_a_run_of_any_size():
    assert not any(letter.isdigit() for words in STAGES.values() for letter in words)


def test_what_starts_with_the_first_step_is_not_billed_and_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    """The learner is first called for a throw-away step, once a process, with a generator of its own."""
    before = [latest.policy.network.hidden_weights for latest in network.rounds(CONFIG, "one-width", 1000)]
    learned_from: list[int] = []
    train = network.learner.train

    def spied(settings: Any, task: Any, rng: np.random.Generator) -> Any:
        learned_from.append(len(task.demonstrations))
        return train(settings, task, rng)

    monkeypatch.setattr(network.learner, "train", spied)
    network.warm_up.cache_clear()
    for _ in range(2):
        next(network.learn(CONFIG, "one-width", 1000))
    assert learned_from == [8, CONFIG.num_pictures, CONFIG.num_pictures]
    after = [latest.policy.network.hidden_weights for latest in network.rounds(CONFIG, "one-width", 1000)]
    np.testing.assert_array_equal(before, after)


def test_grey_is_nothing_and_each_unit_has_its_own_scale_or_one_over_time():
    weights = np.array([[[0.0, 1.0, -1.0]], [[0.0, 0.5, -0.25]]], np.float32)
    np.testing.assert_array_equal(as_grey(weights)[:, 0], [[127, 255, 0], [127, 255, 63]])
    np.testing.assert_array_equal(
        as_grey(weights, np.array([2.0, 1.0], np.float32))[:, 0], [[127, 191, 63]] * 1 + [[127, 191, 95]]
    )


def test_a_frame_shows_the_epoch_s_weights():
    rng = np.random.default_rng(0)
    seen = {
        name: Learning(rng.normal(size=(4, 29, 30, 32)).astype(np.float32), np.linspace(20, 95, 4)) for name in METHODS
    }
    first, last = draw_frame(seen, 0), draw_frame(seen, 3)
    assert first.shape == last.shape == (SIZE_PX[1], SIZE_PX[0], 3)
    assert (first != last).mean() > 0.3
    np.testing.assert_array_equal(last, draw_frame(seen, 3))


def test_retinas_are_shown_without_the_day_s_light():
    images = np.random.default_rng(0).integers(0, 120, (2, 30, 32, 3), dtype=np.uint8)
    np.testing.assert_allclose(shown_retinas(images), shown_retinas(2 * images), atol=1)


def test_every_seed_has_both_kinds_of_road_and_there_is_one_film(tmp_path: Path):
    parts = parts_of(make_config(0, quick=False), tmp_path)
    assert len(parts) == len({part.file_stem for part in parts}) == 11


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(run, CONFIG, tmp_path_factory.mktemp("lesson") / "alvinn")


@pytest.mark.slow
def test_its_page_result_and_film(told: Told):
    check_page(told, 4)
    result = check_result(told)
    for method in METHODS:
        found = result["methods"][method]
        assert found["num_labels"] == 56
        assert np.shape(found["well_by_epoch"]) == (2, 4)
        assert found["well"]["mean"] == pytest.approx(np.mean(found["well_per_seed"]))
        assert found["driven_km"] >= 0.24
    with av.open(str(told[0] / "film.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 3 + 18


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path: Path):
    check_resumed(told, run, CONFIG, tmp_path / "stopped")
