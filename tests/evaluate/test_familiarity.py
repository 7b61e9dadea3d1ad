"""How familiar a place is: distances in metres, moved views nearer to places aside, and ranks that say so."""

from pathlib import Path

import numpy as np
import pytest

from drive_sim.data.augment import ShiftRotate
from drive_sim.errors import InputError
from drive_sim.evaluate.familiarity import NEAR_M, Familiarity, in_metres, lane_places, rank_correlation, trained_places
from drive_sim.evaluate.shown_places import shown_lane_places
from drive_sim.lessons.kit.demonstration import demonstrate, demonstrated_lane


def test_what_leads_as_far_aside_counts_alike() -> None:
    """A metre aside, a heading, and a bend: each as far as it leads within nine metres."""
    places = np.array([[1.0, 0.0, 0.0], [0.0, 1.0 / 9.0, 0.0], [0.0, 0.0, 2.0 / 81.0]])
    assert np.linalg.norm(in_metres(places, 9.0), axis=1) == pytest.approx(1.0)
    known = Familiarity(np.zeros((4, 3)), 9.0)
    assert known.distance_m(places) == pytest.approx(1.0)
    assert known.share_near(places).tolist() == [0.0] * 3
    assert known.share_near(0.9 * NEAR_M * places).tolist() == [1.0] * 3


def test_moved_views_make_places_aside_familiar() -> None:
    shown = np.zeros((50, 3))
    aside = np.array([[1.0, -0.05, 0.0], [-1.2, 0.1, 0.0]])
    rng = np.random.default_rng(0)
    plain = Familiarity(trained_places(shown, None, rng))
    moved = Familiarity(trained_places(shown, ShiftRotate(), rng, 40))
    assert (plain.distance_m(aside) > 1.0).all()
    assert (moved.distance_m(aside) < 0.2).all()
    assert (plain.share_near(shown[:1]) > moved.share_near(shown[:1])).all(), "what is spread is thinner"
    assert moved.distance_m(np.array([[4.0, 0.0, 0.0]])) > 2.0
    assert len(moved.places) == 2000


def test_nothing_shown_is_said() -> None:
    with pytest.raises(InputError, match="nothing says"):
        Familiarity(np.empty((0, 3)))


def test_ranks_that_agree_are_correlated_and_those_that_do_not_are_not() -> None:
    rng = np.random.default_rng(3)
    distance_m, road = rng.random(400), np.repeat(np.arange(8), 50)
    assert rank_correlation(distance_m, distance_m**3, road, num_resamples=9).mean == pytest.approx(1.0)
    assert rank_correlation(distance_m, -distance_m, road, num_resamples=9).mean == pytest.approx(-1.0)
    found = rank_correlation(distance_m, rng.random(400), road, num_resamples=99)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.0 < found.high
    with pytest.raises(InputError, match="vary"):
        rank_correlation(np.ones(9), distance_m[:9], road[:9])


def test_a_demonstration_that_is_made_again_without_pictures_is_the_same() -> None:
    shown = demonstrate(3, num_ticks=12)
    assert shown.lane is not None
    assert np.array_equal(lane_places(demonstrated_lane(3, 12)), lane_places(shown.lane))


def test_a_recordings_places_say_how_the_lane_bends(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        shown_lane_places([tmp_path / "nowhere"], 10)
    assert shown_lane_places([], 10).shape == (0, 3)
