"""What stands beside the interventions: 1 m from the line of a road's file, and what happens at crossings."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.evaluate import EvalConfig, evaluate, summary
from drive_sim.evaluate.strict_count import AT_CROSSING_M, at_crossing, has_strict_count, strict_count
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.crossings import crossings_m
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scene
from drive_sim.sim.suites import suite_from_track
from drive_sim.sim.track import Track, Tracks
from drive_sim.sim.vehicle import Command
from tests.sim.figure_eight import make_figure_eight

CONFIG = EvalConfig(camera=None)


class Straight:
    """Never steers."""

    def act(self, observation, rng):
        return Command.steer(np.zeros(len(observation.speed_mps)))


def lined(track: Track, line_m: float) -> Track:
    """The road with its file's line so far left of the middle in its second half."""
    half = np.arange(len(track.x_m)) >= len(track.x_m) // 2
    return replace(track, file_line_m=np.where(half, line_m, 0.0))


def test_a_car_in_the_middle_is_counted_once_where_the_line_lies_aside():
    suite = suite_from_track(lined(make_circle(60.0, half_width_m=5.0), 1.4), Scene())
    figures = summary(evaluate(PursuitExpert(suite.tracks), suite, CONFIG))
    assert (figures["interventions"], figures["strict_interventions"]) == (0, 1)
    assert figures["has_strict_count"]
    assert figures["roads"][0]["strict_interventions"] == 1


@pytest.mark.parametrize("half_width_m", [2.2, 3.9])
def test_on_narrow_roads_by_their_middle_it_is_the_interventions(half_width_m):
    suite = suite_from_track(make_circle(60.0, half_width_m=half_width_m), Scene(), distance_m=300.0)
    report = evaluate(Straight(), suite, CONFIG)
    assert not report.has_strict_count
    assert report.interventions[0] > 3
    assert report.strict_interventions.tolist() == report.interventions.tolist()


def test_a_wide_road_has_a_count_of_its_own():
    suite = suite_from_track(make_circle(60.0, half_width_m=6.0), Scene(), distance_m=300.0)
    report = evaluate(Straight(), suite, CONFIG)
    assert report.has_strict_count
    assert report.interventions[0] == report.strict_interventions[0] > 3, "each departure passes 1 m, then 1.5 m"


def test_a_stretch_is_counted_once_and_a_car_put_back_begins_anew():
    tracks = Tracks.stack([make_straight(200.0, half_width_m=6.0)])
    offset_m = np.array([[0.5, 1.2, 1.4, 1.6, 1.1, 0.2, -1.3, np.nan]]).T
    put_back, left_road = np.abs(offset_m) > 1.5, np.zeros((8, 1), dtype=bool)
    s_m = np.where(np.isfinite(offset_m), 50.0, np.nan)
    assert strict_count(tracks, s_m, offset_m, put_back, left_road).tolist() == [3]
    assert strict_count(tracks, s_m, offset_m, put_back & False, left_road).tolist() == [2]


def test_a_figure_of_eight_crosses_itself_at_a_quarter_and_three_quarters():
    track = make_figure_eight(800.0)
    np.testing.assert_allclose(crossings_m(track), [200.0, 600.0], atol=1.0)
    assert len(crossings_m(make_circle(50.0))) == len(crossings_m(make_straight(300.0))) == 0


def test_what_happens_at_a_crossing_is_told_apart():
    track = make_figure_eight(800.0)
    place_m = crossings_m(track)[0]
    s_m = place_m + np.array([[-AT_CROSSING_M - 1.0, -AT_CROSSING_M + 1.0, AT_CROSSING_M + 1.0, np.nan]]).T
    assert at_crossing(Tracks.stack([track]), s_m)[:, 0].tolist() == [False, True, False, False]
    suite = suite_from_track(track, Scene())
    report = evaluate(Straight(), suite, CONFIG)
    assert (report.interventions.tolist(), report.interventions_at_crossing.tolist()) == ([48], [2])


def test_only_wide_roads_and_lines_beside_the_middle_have_a_strict_count():
    narrow, wide = make_circle(60.0), make_circle(60.0, half_width_m=4.1)
    judged = [has_strict_count(Tracks.stack([road])) for road in (narrow, wide, lined(narrow, 0.1))]
    assert judged == [False, True, True]
