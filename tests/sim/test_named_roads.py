"""The roads that a class knows by name: made from their corners, and fit to be driven."""

import numpy as np
import pytest

from bench.make_roads import text_of
from bench.road_plans import PLANS
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.circuit_file import ROADS_FOLDER, TRACK_NAMES, named_track
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.crossings import crossings_m
from drive_sim.sim.named_roads import NAMED_ROADS
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import Tracks

CROSSING = {"figure-of-eight", "plaza-crossing", "roundabout"}
OPEN = {"hairpin-pass", "motorway"}


def test_each_has_a_file_and_a_few_words() -> None:
    assert {path.stem for path in ROADS_FOLDER.glob("*.csv")} == set(NAMED_ROADS) == set(TRACK_NAMES)
    assert len(PLANS) == 20
    assert set(PLANS) < set(NAMED_ROADS)
    assert all(15 < len(what) < 80 for what in NAMED_ROADS.values())


@pytest.mark.parametrize("name", ["alley", "hairpin-pass", "toll-plaza"])
def test_the_same_corners_make_the_same_file(name: str) -> None:
    assert text_of(name) == (ROADS_FOLDER / f"{name}.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["alley", "roundabout", "motorway", "kart-track"])
def test_a_road_is_as_wide_and_as_closed_as_its_plan_and_can_be_turned_on(name: str) -> None:
    track, plan = named_track(name), PLANS[name]
    np.testing.assert_allclose(track.width_left_m + track.width_right_m, plan.width_m, atol=0.01)
    assert track.closed == plan.closed == (name not in OPEN)
    assert (track.lines, track.lane_offset_m) == (("two-lane", -3.75) if name == "motorway" else ("none", 0.0))
    assert np.abs(track.curvature_per_m).max() < 1.0 / 10.5
    assert len(crossings_m(track)) == 2 * (name in CROSSING)
    assert track.notes == ()


def test_widths_flare_smoothly() -> None:
    width_m = 2.0 * named_track("toll-plaza").width_left_m
    assert (width_m.min(), width_m.max()) == (pytest.approx(7.0, abs=0.01), pytest.approx(18.0, abs=0.01))
    assert np.abs(np.diff(width_m)).max() < 0.25


def test_a_runway_is_wide_and_its_taxiways_are_narrow() -> None:
    track = named_track("airfield")
    width_m = track.width_left_m + track.width_right_m
    assert (width_m.min(), width_m.max()) == (pytest.approx(9.0, abs=0.01), pytest.approx(18.0, abs=0.01))
    runway = (np.abs(track.y_m) < 1.0) & (np.abs(track.x_m - 450.0) < 350.0)
    assert width_m[runway].min() > 17.9
    assert width_m[track.y_m > 109.0].max() < 9.1


@pytest.mark.slow
def test_the_expert_needs_nobody_on_any_road_either_way() -> None:
    roads = [named_track(name) for name in TRACK_NAMES]
    tracks = Tracks.stack([*roads, *(road.reversed() for road in roads)])
    scenes = Scenes.stack([Scene()] * len(tracks.tracks))
    suite = Suite("named", tracks, scenes, float(tracks.length_m.max()), CONDITIONS.evaluation)
    report = evaluate(PursuitExpert(tracks), suite, EvalConfig(CONDITIONS.vehicle, camera=None))
    assert report.interventions.sum() == 0
