"""Roads of every width: they keep to their distribution, keep clear of themselves, and come again with their seed."""

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.any_roads import WIDTHS_M, cells
from drive_sim.sim.domain_randomisation import RoadDistribution, draw_road, keeps_clear
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import Track


def drawn(seed: int, **of: object) -> Track:
    return draw_road(np.random.default_rng(seed), RoadDistribution(**of), 400.0)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("seed", range(6))
def test_no_bend_is_tighter_than_its_width_or_the_distribution_allows(seed: int) -> None:
    track = drawn(seed, radius_m=(10.0, 60.0))
    half_m = 0.5 * (track.width_left_m + track.width_right_m)
    assert 2.0 * half_m.min() >= 3.0 and 2.0 * half_m.max() <= 28.0
    assert np.abs(track.curvature_per_m).max() <= 1.0 / 10.0 + 1e-12
    assert (np.abs(track.curvature_per_m) * half_m).max() <= 1.0 / 1.3 + 1e-9


def test_the_curvature_changes_evenly() -> None:
    for seed in range(6):
        assert np.abs(np.diff(drawn(seed).curvature_per_m)).max() < 0.03


def test_where_it_may_not_cross_it_keeps_clear_of_itself() -> None:
    for seed in range(6):
        track = drawn(seed, may_cross=False, hairpin_share=0.5)
        place = track.x_m + 1j * track.y_m
        along_m = np.abs(np.subtract.outer(np.arange(len(place)), np.arange(len(place)))) * track.spacing_m
        between_edges_m = np.abs(np.subtract.outer(place, place)) - np.add.outer(*[track.width_left_m] * 2)
        assert between_edges_m[along_m > 65.0].min() > 5.0


def test_a_loop_crosses_itself_once_and_squarely() -> None:
    for seed in range(4):
        track = drawn(seed, loop_share=1.0, width_m=(6.0, 6.0))
        assert keeps_clear(track.curvature_per_m, track.width_left_m, 0, may_cross=True)
        assert not keeps_clear(track.curvature_per_m, track.width_left_m, 0, may_cross=False)


def test_a_ring_is_told_from_a_road_that_keeps_clear() -> None:
    ring = np.full(400, 1.0 / 25.0)
    assert not keeps_clear(ring, np.full(400, 3.0), 0, may_cross=True)
    assert keeps_clear(np.zeros(400), np.full(400, 3.0), 0, may_cross=False)


def test_the_same_seed_draws_the_same_road_and_another_one_another() -> None:
    assert np.array_equal(drawn(3).samples, drawn(3).samples)
    assert not np.array_equal(drawn(3).samples, drawn(4).samples)


def test_widths_flare_change_or_stay() -> None:
    flaring = drawn(1, flaring_share=1.0, changing_share=0.0, width_m=(5.0, 5.0))
    constant = drawn(1, flaring_share=0.0, changing_share=0.0, width_m=(5.0, 5.0))
    assert flaring.width_left_m.max() > 5.0 and flaring.width_left_m.min() == 2.5
    assert set(constant.width_left_m) == {2.5}


def test_lanes_are_right_of_the_middle() -> None:
    track = drawn(2, two_lane_share=1.0, width_m=(7.0, 7.0), flaring_share=0.0, changing_share=0.0)
    assert (track.lines, track.lane_offset_m) == ("two-lane", -1.75)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(InputError, match="width_m must be two positive"):
        RoadDistribution(width_m=(5.0, 3.0))
    with pytest.raises(InputError, match="sharpest"):
        RoadDistribution(sharpest=0.9)
    with pytest.raises(InputError, match="hairpin_share"):
        RoadDistribution(hairpin_share=2.0)
    with pytest.raises(InputError, match="length_m"):
        draw_road(np.random.default_rng(0), RoadDistribution(), 10.0)


@pytest.mark.slow
def test_the_suite_has_every_width_under_every_sky() -> None:
    gentle, tight = make_suite("any", num_roads=42), make_suite("any-tight", num_roads=42)
    for suite in (gentle, tight):
        kinds = [scene.kind for scene in suite.scenes.scenes]
        widths = [2.0 * float(track.width_left_m[0]) for track in suite.tracks.tracks]
        assert list(zip(widths, kinds, strict=True)) == [(cell.width_m, cell.scene_kind) for cell in cells()]
        assert (suite.tracks.length_m >= suite.distance_m + 50.0).all()
    assert set(WIDTHS_M) == {cell.width_m for cell in cells()}
    steepest = [np.abs(track.curvature_per_m).max() for track in gentle.tracks.tracks]
    assert max(steepest) <= 0.06 + 1e-12
    assert max(np.abs(track.curvature_per_m).max() for track in tight.tracks.tracks) > 0.1
