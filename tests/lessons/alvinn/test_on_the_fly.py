from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from drive_sim import records
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn import alvinn
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn import on_the_fly as lesson
from drive_sim.lessons.alvinn import on_the_fly_figures as figures
from drive_sim.lessons.alvinn import watching
from drive_sim.lessons.alvinn.on_the_fly_page import PAGE
from drive_sim.lessons.alvinn.on_the_fly_result import frames_until_clean, on_own_road, result
from drive_sim.policies.alvinn import ALVINN_CAMERA, curvature_units, hill
from drive_sim.report.style import LOOKS
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.suites import make_suite
from tests.lessons.alvinn.small_alvinn import ON_THE_FLY

CONFIG = ON_THE_FLY.config


@pytest.fixture(scope="module")
def four_frames() -> Demonstrations:
    return watching.drive_frames(1000, CONDITIONS, 4)


def test_every_variant_but_the_later_ones_differs_in_what_its_name_says_only():
    published = asdict(alvinn.PUBLISHED)
    changed = {
        method: {name for name, value in asdict(config).items() if value != published[name]}
        for method, config in watching.METHODS.items()
    }
    assert changed.pop("alvinn-later") == {field for some in watching.LATER_FIELDS.values() for field in some}
    assert list(changed.values()) == [set(), {"num_views", "steps_per_frame"}, {"eviction"}, {"fill"}, {"max_shift_m"}]
    *_, near, near_and_wide = watching.ONE_BY_ONE.values()
    assert replace(near, lookahead_s=alvinn.LATER.lookahead_s) == alvinn.LATER
    assert near.lookahead_s is near_and_wide.lookahead_s is None
    assert near_and_wide.max_shift_m == alvinn.PUBLISHED.max_shift_m
    assert len(watching.IN_BEND) == 2 * 3 + 1


def learned(config: alvinn.Config, num_frames: int, asked: tuple[int, ...]) -> list[lesson.Driven]:
    demos = watching.drive_frames(1000, CONDITIONS, num_frames)
    suite = replace(make_suite("held-out", num_roads=1), distance_m=10.0)
    evaluation = lesson.EvalConfig(camera=ALVINN_CAMERA)
    return list(lesson.learn(config, demos, 1000, asked, suite, evaluation))


def test_the_frame_alone_keeps_every_frame_and_takes_no_fewer_steps():
    ours, alone = (learned(watching.METHODS[name], 16, (2, 16)) for name in ("alvinn", "alvinn-alone"))
    assert [(of.frames, of.views, of.shown) for of in ours] == [(2, 30, 45), (16, 200, 15 * sum(range(1, 14)) + 600)]
    assert [(of.frames, of.views, of.shown) for of in alone] == [(2, 2, 400), (16, 16, 3200)]
    assert watching.METHODS["alvinn-alone"].steps_per_frame == alvinn.PUBLISHED.buffer_size


def test_a_longer_drive_begins_as_a_shorter_one_and_so_does_one_into_a_bend(four_frames: Demonstrations):
    short, bent = watching.drive_frames(1000, CONDITIONS, 2), watching.drive_into_bend(1000, CONDITIONS, 2, 3, 40.0)
    np.testing.assert_array_equal(four_frames.images[:18], short.images)
    np.testing.assert_array_equal(bent.images[:18], short.images)
    assert len(bent) == 5 * 9
    assert short.camera == bent.camera == ALVINN_CAMERA
    assert bent.curvature_per_m[18:] == pytest.approx(1 / 40.0, rel=0.05)


def test_a_frame_is_thrown_away_before_the_clock_starts_and_changes_nothing(
    four_frames: Demonstrations, monkeypatch: pytest.MonkeyPatch
):
    watched: list[int] = []

    def spied(settings: alvinn.Config, task: Any, rng: np.random.Generator) -> Iterator[alvinn.FrameRound]:
        watched.append(settings.num_frames)
        return alvinn.train(settings, task, rng)

    def weights(num_frames: int) -> list[np.ndarray]:
        rounds = watching.watch(alvinn.PUBLISHED, four_frames, 1000, num_frames)
        return [latest.policy.network.hidden_weights for latest in rounds]

    before = weights(4)
    np.testing.assert_array_equal(before[1], weights(2)[1])
    assert (before[1] != before[3]).any()
    monkeypatch.setattr(watching, "train", spied)
    lesson.learn_and_drive(CONFIG, "alvinn", 1000, lambda *_: None)
    assert watched == [1, 4]
    np.testing.assert_array_equal(before, weights(4))


def test_each_seed_has_a_road_of_its_own_and_the_roads_go_round():
    np.testing.assert_array_equal(on_own_road(np.arange(6).reshape(2, 3)), [0, 4])
    np.testing.assert_array_equal(on_own_road(np.arange(6).reshape(3, 2)), [0, 3, 4])


@pytest.mark.parametrize(
    ("counts", "frames"), [([0, 0, 0], 10), ([3, 0, 0], 20), ([0, 1, 0], 30), ([3, 1, 1], None), ([0, 0, 1], None)]
)
def test_it_drives_for_good_after_the_last_help(counts: list[int], frames: int | None):
    assert frames_until_clean([10, 20, 30], counts) == frames


CLEAN = np.zeros((2, 2, 2), dtype=np.int64)
"""Interventions (seeds, points, roads)."""


def found(ours: np.ndarray) -> kit.PartResults:
    """What parts would have found: 40 m of two roads, and interventions with ALVINN's method only."""

    def part(stage: str, counts: np.ndarray) -> records.Json:
        curve = [
            lesson.Driven(frames, 60, 90, 0.1, by_road, np.full(2, 0.04), 70)
            for frames, by_road in zip((2, 4), counts, strict=True)
        ]
        names = watching.VARIANTS.get(stage, [stage])
        return records.to_json(lesson.Learned(36, dict.fromkeys(names, curve)))

    stages = "expert", *watching.VARIANTS
    return kit.PartResults(
        {stage: [part(stage, of) for of in (ours if stage == "alvinn" else CLEAN)] for stage in stages}
    )


def changed(*where: tuple[int | slice, int, int | slice]) -> np.ndarray:
    counts = CLEAN.copy()
    for place in where:
        counts[place] = 1
    return counts


@pytest.mark.parametrize(
    ("ours", "met"),
    [
        (CLEAN, [True, True]),
        (changed((slice(None), 0, slice(None))), [True, True]),  # early: it is to drive after four frames
        (changed((1, 1, 1)), [False, False]),  # on the second seed's own road
        (changed((1, 1, 0)), [True, False]),
    ],
)
def test_one_intervention_on_a_seed_s_own_road_misses_the_bar_and_elsewhere_it_does_not(
    ours: np.ndarray, met: list[bool]
):
    of = result(CONFIG, found(ours))
    assert [claim.met for claim in PAGE.claims(CONFIG, of)] == met
    assert of.metres_a_frame == pytest.approx(of.published_metres_a_frame, rel=0.02)
    assert of.methods["alvinn"].effort.steps == 36


def test_a_line_upon_another_hides_neither():
    """Of two methods that do the same the first lies above, unless the other is dashed."""
    figure = figures.plot_help(result(CONFIG, found(CLEAN)).methods, 50)
    lines = {bars.get_label(): bars[0] for bars in figure.axes[0].containers}
    (*others, ours), dashed = lines, LOOKS["alvinn-oldest"].label
    assert ours == LOOKS["alvinn"].label
    assert [name for name in others if lines[name].get_zorder() > lines[ours].get_zorder()] == [dashed]
    assert [name for name, line in lines.items() if line.get_linestyle() == "--"] == [dashed]


def test_the_fifteen_views_go_from_left_to_right(four_frames: Demonstrations):
    images, labels = figures.fifteen_views(four_frames)
    numbers = [float(label.split()[-2].replace("−", "-")) for label in labels]
    assert len(images) == 15
    assert numbers == sorted(numbers, reverse=True)
    assert sum("the frame" in label for label in labels) == 1


def test_what_is_filled_straight_ahead_is_nearer_to_what_is_there_than_a_smear(four_frames: Demonstrations):
    (_, true, ahead, smeared), _ = figures.fills_of(CONFIG, four_frames)
    wrong, more_wrong = (np.abs(picture.astype(float) - true).mean() for picture in (ahead, smeared))
    assert wrong < more_wrong


def test_hills_are_asked_for_where_the_road_turns():
    units = curvature_units(30, alvinn.MAX_CURVATURE_PER_M)
    images, right_per_m, titles = figures.three_places(CONFIG)
    left, straight, right = units[hill(right_per_m, units).argmax(axis=1)]
    assert left > 0.01 > abs(straight)
    assert right < -0.01
    assert images.shape == (3, 30, 32, 3)
    assert [title.split(":")[0] for title in titles] == ["left", "straight", "right"]
