from dataclasses import replace

import numpy as np
import pytest

from drive_sim.data.augment import ShiftRotate
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.side_cameras import side_views
from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons.kit.demonstration import demonstrate, true_views
from drive_sim.lessons.nvidia.autonomy import OFFSET_EDGES_M, Driven, Driving, autonomy_of, estimate_more_per_km
from drive_sim.lessons.nvidia.label_laws import LAWS, ways_back
from drive_sim.lessons.nvidia.pilotnet_2016 import best_of
from drive_sim.lessons.nvidia.pilotnet_2016_page import hundred_miles
from drive_sim.lessons.nvidia.samples import ARC, METHODS, shown_offsets, training
from drive_sim.report.driving_plots import plot_first_interventions, plot_shown_and_met
from drive_sim.report.style import LOOKS
from tests.lessons.nvidia.small_nvidia import RECIPE


@pytest.fixture(scope="module")
def demos() -> Demonstrations:
    return demonstrate(1000, num_ticks=30, side_m=RECIPE.side_m)


def drive(counts: list[int], km: float = 2.0, p95_cm: float = 20.0) -> Driven:
    """A drive with so many interventions on each road."""
    interventions, roads = np.array(counts), np.ones(len(counts))
    return Driven(interventions, km * roads, 100.0 * roads, np.nan * roads, 0, 9, np.zeros(64, int), p95_cm, 99.0)


def test_every_method_learns_from_the_same_ticks_and_as_many_samples(demos: Demonstrations):
    for method in (*METHODS, ARC):
        config, samples = training(RECIPE, method, demos)
        np.testing.assert_array_equal(samples.images[:30], demos.images)
        np.testing.assert_array_equal(samples.curvature_per_m[:30], demos.curvature_per_m)
        assert (config.num_steps, config.batch_size, config.network) == (6, 32, "small")
    with pytest.raises(InputError, match="no method"):
        training(RECIPE, "guess", demos)


def test_views_and_labels_are_all_that_differs(demos: Demonstrations):
    configs = {method: training(RECIPE, method, demos)[0] for method in (*METHODS, ARC)}
    assert configs["plain"] == configs["three-cameras"]
    assert configs["shift-rotate"] == replace(configs["plain"], shift_rotate=ShiftRotate())
    mix, arc = configs["nvidia"].shift_rotate, configs[ARC].shift_rotate
    assert mix is not None
    assert arc == replace(mix, law="two-second")
    assert (mix.max_shift_m, mix.max_turn_rad, mix.share) == (1.5, ShiftRotate().max_turn_rad, 0.7)


def test_a_demonstration_is_the_first_drive_s_whatever_looks_beside(demos: Demonstrations):
    alone = demonstrate(1000, num_ticks=30)
    np.testing.assert_array_equal(alone.images, demos.images)
    assert alone.images_left is None


def test_side_pictures_are_shown_from_where_the_cameras_sit(demos: Demonstrations):
    assert np.abs(shown_offsets(RECIPE, "plain", demos)).max() < 0.3
    three = shown_offsets(RECIPE, "three-cameras", demos)
    assert (np.abs(np.abs(three) - RECIPE.side_m) < 0.3).mean() == pytest.approx(2 / 3, abs=0.01)
    assert shown_offsets(RECIPE, "nvidia", demos).std() < shown_offsets(RECIPE, "shift-rotate", demos).std()


def test_a_shifted_view_is_what_the_camera_beside_saw(demos: Demonstrations):
    shift_m, zero = np.full(len(demos), RECIPE.side_m), np.zeros(len(demos))
    sides = side_views(demos)
    for pictures, sign in ((sides.left, 1.0), (demos.images, 0.0), (sides.right, -1.0)):
        views = true_views(demos, 1000, sign * shift_m, zero, has_noise=False).astype(np.int64)
        assert np.abs(views - pictures).mean() < 2.0, "but for the camera's noise"
        elsewhere = true_views(demos, 1000, sign * shift_m + 0.3, zero, has_noise=False).astype(np.int64)
        assert np.abs(elsewhere - pictures).mean() > 2.0 * np.abs(views - pictures).mean()


def test_the_way_back_is_shorter_the_harder_a_label_pulls():
    ours, pose, place = ways = list(ways_back(12.0).values())
    settled = [way.time_s[np.flatnonzero(np.abs(way.offset_m) > 0.1)[-1]] for way in ways]
    assert settled == sorted(settled)
    assert ours.shift_per_m < pose.shift_per_m < place.shift_per_m < 0.0
    assert [way.name for way in sorted(ways, key=lambda way: abs(way.still_off_cm))] == list(LAWS.values())
    assert all(way.offset_m[0] == 1.0 for way in ways)
    assert all(abs(way.offset_m[-1]) < 0.1 for way in (ours, pose))


def test_autonomy_counts_six_seconds_for_an_intervention():
    # 10 interventions in 600 seconds are the paper's own example: 90 %.
    assert autonomy_of(Estimate(10.0 / 7.2, None, None, ""), 600.0 / 7.2).mean == pytest.approx(90.0)
    assert autonomy_of(Estimate(0.0, 0.0, 3.0 / 810.0, ""), 83.3).low == pytest.approx(99.973, abs=1e-3)
    assert autonomy_of(Estimate(0.0, 0.0, 3.0 / 810.0, ""), 83.3).high == 100.0


def test_the_best_needs_least_help_and_keeps_nearest_among_equals():
    plain, three, ours = ([drive([count], p95_cm=p95_cm)] for count, p95_cm in ((9, 90.0), (0, 23.0), (0, 22.0)))
    mix = [drive([1], p95_cm=5.0)]
    assert best_of(dict(zip(METHODS, map(Driving.of, (plain, three, ours, mix)), strict=True))) == "shift-rotate"


def test_the_claim_asks_for_a_hundred_miles_with_each_seed_and_no_intervention():
    def met(count: int, *lengths_km: float) -> bool:
        return hundred_miles("plain", Driving.of([drive([count], km) for km in lengths_km])).met

    assert met(0, 161.0, 162.0)
    assert not met(0, 162.0, 160.0)
    assert not met(1, 161.0, 162.0)


def test_a_difference_is_of_the_roads_that_both_drove():
    many, few = [drive([4, 6, 90, 90]), drive([5, 5, 90, 90])], [drive([1, 0]), drive([0, 1])]
    more = estimate_more_per_km(few, many)
    assert more.mean == pytest.approx((2 - 20) / 8.0)
    assert more.low is not None
    assert more.high is not None
    assert more.low < more.mean < more.high < 0.0
    assert estimate_more_per_km(few, few).low is None, "nothing is told of so few"


def test_lines_of_equal_methods_are_drawn_apart_and_the_key_stands_outside():
    figure = plot_first_interventions({name: np.full(2, np.nan) for name in METHODS}, 1.0)
    figure.canvas.draw()
    patches = figure.axes[0].patches
    paths = [patch.get_transform().transform_path(patch.get_path()) for patch in patches]
    heights = np.array([np.asarray(path.vertices)[0, 1] for path in paths])
    assert (-np.diff(heights) > 2.0 * figure.dpi / 72.0).all()
    assert [patch.get_label() for patch in patches] == [f"{LOOKS[name].label}: 100 %" for name in METHODS]
    shown = plot_shown_and_met(
        dict.fromkeys(METHODS, np.zeros(4)), dict.fromkeys(METHODS, np.ones(64, int)), OFFSET_EDGES_M
    )
    assert all(panel.get_legend() is None for panel in shown.axes)
    assert len(shown.legends) == 1
