import tracemalloc
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.closed_curve import nearest_approach_m
from drive_sim.sim.endless import BLOCK_M, WIDEST_RAD, Milestone, Route, make_road_segment, milestones
from drive_sim.sim.road_generator import ROAD_KINDS, SPACING_M, make_circuit

COUNTRY = ROAD_KINDS["country"]


def samples_of(segment):
    track = segment.track
    return np.stack([track.x_m, track.y_m, track.heading_rad, track.curvature_per_m])


def road_segments(route, segment_m, overlap_m):
    """A road from its start, in segments of `segment_m` that reach `overlap_m` into the next, without end."""
    milestone, from_s_m = Milestone(), 0.0
    while True:
        segment = make_road_segment(route, milestone, from_s_m, segment_m + overlap_m)
        yield segment
        milestone, from_s_m = segment.milestone, from_s_m + segment_m


def driven(route, segment_m, num_segments):
    """A road from its start, put together from segments without overlap."""
    return np.concatenate(
        [samples_of(segment)[:, :-1] for segment in islice(road_segments(route, segment_m, 0.0), num_segments)], axis=1
    )


@pytest.fixture(scope="module")
def road():
    """Samples of 300 km."""
    return driven(Route(1000), 2000.0, 150)


def test_a_road_is_the_same_however_it_is_cut(road):
    np.testing.assert_array_equal(driven(Route(1000), 300.0, 40), road[:, :24_000])
    np.testing.assert_array_equal(driven(Route(1000), 1777.0, 9), road[:, : 9 * 3554])


def test_a_segment_ends_as_the_next_one_begins_to_the_bit():
    before, after = islice(road_segments(Route(7), 900.0, 250.0), 2)
    shared = round(250.0 / SPACING_M) + 1
    np.testing.assert_array_equal(samples_of(before)[:, -shared:], samples_of(after)[:, :shared])
    assert (before.from_s_m, after.from_s_m) == (0.0, 900.0)
    assert before.track.length_m == 1150.0
    assert not before.track.closed


def test_a_road_goes_on_from_any_milestone(road):
    milestone = list(islice(milestones(Route(1000)), 6))[-1]
    assert milestone.s_m == 5 * BLOCK_M
    segment = make_road_segment(Route(1000), milestone, 7000.3, 500.0)
    np.testing.assert_array_equal(samples_of(segment), road[:, 14_000:15_001])
    assert segment.from_s_m == 7000.0
    assert segment.milestone.number == 6
    moved = make_road_segment(Route(1000), replace(milestone, x_m=0.0, y_m=0.0), 7000.3, 500.0)
    np.testing.assert_allclose(moved.track.x_m, segment.track.x_m - milestone.x_m, atol=1e-9)
    np.testing.assert_array_equal(moved.track.curvature_per_m, segment.track.curvature_per_m)


def test_it_is_a_smooth_curve_with_its_own_curvature_at_every_join(road):
    x_m, y_m, heading_rad, curvature = road
    turn_rad = 0.5 * (curvature[:-1] + curvature[1:]) * SPACING_M
    np.testing.assert_allclose(np.diff(heading_rad), turn_rad, atol=1e-12)
    chord_rad = heading_rad[:-1] + 0.5 * turn_rad
    np.testing.assert_allclose(np.diff(x_m), SPACING_M * np.sinc(turn_rad / (2 * np.pi)) * np.cos(chord_rad), atol=1e-8)
    np.testing.assert_allclose(np.diff(y_m), SPACING_M * np.sinc(turn_rad / (2 * np.pi)) * np.sin(chord_rad), atol=1e-8)
    # The curvature itself has neither steps nor kinks where blocks meet: no more than elsewhere.
    per_block = round(BLOCK_M / SPACING_M)
    for order in (1, 2):
        change = np.abs(np.diff(curvature, order))
        join = change[np.arange(per_block, len(change), per_block)[:, None] - np.arange(1, 3)]
        assert join.max() < change.max()
        assert np.median(join) < 3.0 * np.median(change)


def test_it_never_turns_back_so_no_place_is_met_twice(road):
    assert np.abs(road[2]).max() < WIDEST_RAD < np.pi / 2
    assert np.diff(road[0]).min() > 0.0
    # Nor does it come near itself: every 1 km with its neighbours, in steps of 4 m.
    x_m, y_m = road[0, ::8], road[1, ::8]
    for first in range(0, len(x_m) - 256, 128):
        window = slice(first, first + 256)
        assert nearest_approach_m(x_m[window], y_m[window], 4.0, 2.0 * COUNTRY.clearance_m) > COUNTRY.clearance_m


def correlation(laps, lag_m):
    lag = round(lag_m / SPACING_M)
    return np.mean(laps[:, :-lag] * laps[:, lag:]) / np.mean(laps**2)


def local_spreads(laps, window_m=250.0):
    window = round(window_m / SPACING_M)
    pieces = laps[:, : laps.shape[1] // window * window].reshape(len(laps), -1, window)
    return np.sqrt(np.mean(pieces**2, axis=2)).ravel()


def test_it_winds_as_circuits_of_its_kind_do(road):
    ours = road[3].reshape(-1, round(2000.0 / SPACING_M))
    theirs = np.stack([make_circuit(np.random.default_rng([5, i]), kind=COUNTRY).curvature_per_m for i in range(100)])
    level = theirs - theirs.mean(axis=1, keepdims=True)  # a circuit turns round once; a road to the east does not
    assert 0.95 < np.abs(ours).max() / COUNTRY.max_curvature_per_m < 1.0
    assert ours.std() == pytest.approx(COUNTRY.curvature_sd_per_m, rel=0.03)
    assert ours.std() == pytest.approx(level.std(), rel=0.05)
    for lag_m in (10.0, 20.0, 30.0):
        assert correlation(ours, lag_m) == pytest.approx(correlation(level, lag_m), abs=0.03)
    assert abs(correlation(ours, 60.0) - correlation(level, 60.0)) < 0.06
    straight = [np.mean(np.abs(laps) < 1.0 / 400.0) for laps in (ours, theirs)]
    assert straight[0] == pytest.approx(straight[1], rel=0.08)
    for share in (0.75, 0.9, 0.99):
        of_ours, of_theirs = (np.quantile(np.abs(laps), share) for laps in (ours, theirs))
        assert of_ours == pytest.approx(of_theirs, rel=0.08)
    uneven = [(spreads := local_spreads(laps)).std() / spreads.mean() for laps in (ours, level)]
    assert uneven[0] == pytest.approx(uneven[1], rel=0.08)
    assert abs(np.mean(ours > 1.0 / 400.0) - np.mean(ours < -1.0 / 400.0)) < 0.02


@pytest.mark.parametrize("kind", ROAD_KINDS.values(), ids=ROAD_KINDS)
def test_every_kind_keeps_its_bound_and_its_spread(kind):
    curvature = driven(Route(3, kind), 2000.0, 40)[3]
    assert np.abs(curvature).max() < kind.max_curvature_per_m
    assert curvature.std() == pytest.approx(kind.curvature_sd_per_m, rel=0.06)


def test_same_seed_same_road_and_other_seed_another():
    first, second, other = (driven(Route(seed), 500.0, 3) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_what_cannot_be_is_refused_in_one_line():
    for refuse, words in (
        (lambda: Route(-1), "must not be negative"),
        (lambda: Route(0, replace(COUNTRY, correlation_m=50.0)), "at most 40"),
        (lambda: make_road_segment(Route(0), Milestone(3), 100.0, 500.0), "after the milestone"),
        (lambda: make_road_segment(Route(0), Milestone(), 100.0, 0.0), "after the milestone"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            refuse()
        assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_thousand_miles_take_no_more_memory_than_a_few():
    tracemalloc.start()
    x_m, widest_rad = 0.0, 0.0
    for segment in islice(road_segments(Route(11), 2000.0, 0.0), 805):
        assert segment.track.x_m[0] >= x_m
        x_m, widest_rad = segment.track.x_m[-1], max(widest_rad, np.abs(segment.track.heading_rad).max())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert widest_rad < WIDEST_RAD
    assert peak < 60e6
