from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from drive_sim import records
from drive_sim.data.simulated_pictures import make_views
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn import alvinn_1989 as lesson
from drive_sim.lessons.alvinn.alvinn_1989_page import PAGE
from drive_sim.lessons.alvinn.alvinn_1989_result import result
from drive_sim.lessons.alvinn.edge_probes import EdgeProbe, make_edge_probe, place_share
from drive_sim.lessons.alvinn.hidden_film import HELD_FRAMES, Learning, draw_frame, write_hidden_film
from drive_sim.policies.alvinn_pictures import as_grey, shown_retinas
from tests.lessons.alvinn.small_alvinn import ALVINN_1989

CONFIG = ALVINN_1989.config


def moved(left: list[list[float]], right: list[list[float]]) -> EdgeProbe:
    """A retina of three pixels in two places, changed so by the one edge and the other."""
    nothing = np.empty((0, 1, 1, 3), np.uint8)
    return EdgeProbe(nothing, np.empty(0), np.array(left, np.float32), np.array(right, np.float32))


def test_the_share_of_one_edge_is_half_and_of_both_together_one():
    probe = moved([[1.0, 0.0, 0.0], [2.0, 0.0, 0.0]], [[0.0, 1.0, 0.0], [0.0, 2.0, 0.0]])
    units = np.array([[1, 0, 5], [0, -2, 0], [1, -1, 0], [3, 3, 1], [1, 0.5, 0]], np.float32)[:, None]
    np.testing.assert_allclose(place_share(units, probe), [0.5, 0.5, 1.0, 0.0, 0.5 * 0.5**2 / (1.0 + 0.5**2)])
    # One line that the left edge crosses in the first place, the right one in the second: never both at once.
    crossed = moved([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    np.testing.assert_allclose(place_share(np.array([[[1.0, 0.0, 0.0]]], np.float32), crossed), [0.5])


def test_left_against_right_answers_to_the_place_and_both_alike_to_the_width():
    """Seen from near the middle, straight ahead: one edge is on the left of the picture's middle, one on the right."""
    generator = replace(CONFIG.generator, max_offset_m=0.3, max_heading_rad=0.0)
    probe = make_edge_probe(make_views(generator, 24, np.random.default_rng(1000)), 4.4, generator.lookahead_m)
    side = np.tile(np.sign(np.arange(32) - 15.5), (30, 1))
    near = np.abs(np.arange(32) - 15.5) < 14.0  # what all roads cover does not count
    place, width = place_share(np.stack([side, side**2 * near]).astype(np.float32), probe)
    assert place > 0.9
    assert width < 0.25
    squares, column = (
        (np.square(change) for change in (probe.left_moved, probe.right_moved)),
        np.tile(np.arange(32), 30),
    )
    left, right = (square @ column / square.sum(axis=1) for square in squares)
    assert (left < right).all()


def test_only_the_width_differs_and_novel_roads_are_drawn_from_the_run_s_first_seed():
    one, many = (lesson.novel_pictures(CONFIG, method) for method in lesson.METHODS)
    np.testing.assert_array_equal(one.curvature_per_m, many.curvature_per_m)
    assert (one.images != many.images).any()
    longer, other = (replace(CONFIG, **changed) for changed in ({"num_seeds": 4}, {"seed": 1001}))
    np.testing.assert_array_equal(one.images, lesson.novel_pictures(longer, "one-width").images)
    assert (one.curvature_per_m != lesson.novel_pictures(other, "one-width").curvature_per_m).all()
    probe, elsewhere = (lesson.make_probes(config)[0] for config in (CONFIG, other))
    assert (probe.curvature_per_m != elsewhere.curvature_per_m).all()
    assert np.mean(lesson.HALF_WIDTHS_M["varying"]) == pytest.approx(np.mean(lesson.HALF_WIDTHS_M["one-width"]))


def test_networks_begin_alike_on_both_kinds_of_road_and_reach_every_label():
    which = ("one-width", 1000), ("varying", 1000), ("varying", 1001)
    one, many, other = (next(lesson.rounds(CONFIG, method, seed)).policy for method, seed in which)
    np.testing.assert_array_equal(one.network.hidden_weights, many.network.hidden_weights)
    assert (many.network.hidden_weights != other.network.hidden_weights).any()
    novel = lesson.novel_pictures(CONFIG, "one-width")
    assert np.abs(novel.curvature_per_m).max() <= one.units[0] + 1e-12
    near = np.abs(novel.curvature_per_m) <= 2.5 * (one.units[0] - one.units[1])
    assert lesson.constant_percent(one, novel)[22] == pytest.approx(100.0 * near.mean())
    assert lesson.answered_well(one, replace(novel, curvature_per_m=one.predict(novel.images))).all()


def test_what_starts_with_the_first_step_is_not_billed_and_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    """The learner is first called for a throw-away step, once a process, with a generator of its own."""
    learned_from: list[int] = []
    train = lesson.learner.train

    def spied(settings: Any, task: Any, rng: np.random.Generator) -> Iterator[Any]:
        learned_from.append(len(task.demonstrations))
        return train(settings, task, rng)

    monkeypatch.setattr(lesson.learner, "train", spied)
    lesson.warm_up.cache_clear()
    first, second = (lesson.learn(CONFIG, "one-width", 1000, lambda *_: None) for _ in range(2))
    assert learned_from == [8, CONFIG.num_pictures, CONFIG.num_pictures]
    np.testing.assert_array_equal(first.num_well, second.num_well)
    np.testing.assert_array_equal(first.place_share, second.place_share)


def claims(
    one: Sequence[float],
    many: Sequence[float],
    *,
    other: float = 0.4,
    well: int = 980,
    centre: float = 22.0,
    cpu_s: float = 4.0,
) -> list[kit.Claim]:
    """Of shares of units in turn: on roads of the one width, after learning from one or many, and on other widths."""
    config = replace(CONFIG, num_novel=8000)

    def part(shares: Sequence[float]) -> lesson.Learned:
        num_well, units = np.full((4, 4, 2), well), np.full((3, 29), other)
        units[1] = np.resize(shares, 29)
        driven = np.zeros(2, np.int64), np.full(2, 0.06)
        return lesson.Learned(num_well, np.full(3, 98.0), np.full(45, centre), units, np.full(29, 0.52), *driven, cpu_s)

    by_stage = {name: [records.to_json(part(of))] * 2 for name, of in zip(lesson.METHODS, (one, many), strict=True)}
    return list(PAGE.claims(config, result(config, kit.PartResults(by_stage))))


@pytest.mark.parametrize(
    ("shares", "changed", "met"),
    [
        (([0.85, 0.95], [0.5, 0.6]), {}, [True, True, True, True, True]),
        (([0.5, 0.6], [0.85, 0.95]), {}, [True, True, False, False, True]),
        (([0.85, 0.95], [0.5, 0.6]), {"well": 969, "centre": 40.0}, [False, False, True, True, True]),
        (([0.85, 0.95], [0.5, 0.6]), {"other": 0.95}, [True, True, False, True, True]),
        (([0.5, 1.0], [0.5, 1.0]), {}, [True, True, False, False, True]),  # the interval does not tell
        (([0.85, 0.95], [0.5, 0.6]), {"cpu_s": 1801.0}, [True, True, True, True, False]),
    ],
)
def test_claims_are_met_by_the_published_picture_only(
    shares: tuple[list[float], list[float]], changed: dict[str, Any], met: list[bool]
):
    assert [claim.met for claim in claims(*shares, **changed)] == met


def test_a_share_just_below_half_way_is_told_with_the_digits_that_show_it():
    for claim in claims([0.7496], [0.7496])[2:4]:
        assert claim.got.startswith("0.750 (0.750 to 0.750), nearer to single edges")


def test_grey_is_nothing_and_each_unit_has_its_own_scale_or_one_over_time():
    weights = np.array([[[0.0, 1.0, -1.0]], [[0.0, 0.5, -0.25]]], np.float32)
    np.testing.assert_array_equal(as_grey(weights)[:, 0, :, 0], [[127, 255, 0], [127, 255, 63]])
    np.testing.assert_array_equal(as_grey(weights, 2 * weights)[:, 0, :, 0], [[127, 191, 63], [127, 191, 95]])


def test_retinas_are_shown_without_the_day_s_light():
    images = np.random.default_rng(0).integers(0, 120, (2, 30, 32, 3), dtype=np.uint8)
    np.testing.assert_allclose(shown_retinas(images), shown_retinas(2 * images), atol=1)


def test_a_film_shows_every_epoch_s_weights(tmp_path: Path):
    rng = np.random.default_rng(0)
    weights, percent = rng.normal(size=(4, 29, 30, 32)).astype(np.float32), np.linspace(20, 95, 4)
    learned = {name: Learning(weights, percent) for name in lesson.METHODS}
    assert (draw_frame(learned, 0) != draw_frame(learned, 3)).mean() > 0.3
    write_hidden_film(tmp_path / "film.mp4", learned)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 3 + HELD_FRAMES
