import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.speed_profile import SpeedLimits, SpeedProfile, road_speeds
from drive_sim.sim.circuit_file import TRACK_NAMES, load_circuit, named_track
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.hairpin import make_bent, make_hairpin
from drive_sim.sim.road_generator import ROAD_KINDS, make_circle, make_circuit, make_straight
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import VehicleParams

LIMITS = SpeedLimits()
TURNS_FAR = VehicleParams(max_curvature_per_m=0.2)


def lane_curvature(track):
    return track.curvature_per_m / (1.0 - track.curvature_per_m * track.lane_offset_m)


def check_limits(track, limits):
    """At every sample, and between any two: once more round where the road is closed."""
    speed_mps = road_speeds(track, limits)
    assert np.all(speed_mps > 0.0)
    assert speed_mps.max() <= limits.top_mps * (1 + 1e-12)
    assert (speed_mps**2 * np.abs(lane_curvature(track))).max() <= limits.lateral_mps2 * (1 + 1e-9)
    squared, stretch = speed_mps**2, 1.0 - track.curvature_per_m * track.lane_offset_m
    if track.closed:
        squared, stretch = np.append(squared, squared[0]), np.append(stretch, stretch[0])
    along_mps2 = np.diff(squared) / (track.spacing_m * (stretch[:-1] + stretch[1:]))
    assert along_mps2.max(initial=0.0) <= limits.acceleration_mps2 * (1 + 1e-6)
    assert along_mps2.min(initial=0.0) >= -limits.braking_mps2 * (1 + 1e-6)


def drive(tracks, num_ticks, *, vehicle=TURNS_FAR, disturbance=None, speed=LIMITS):
    """Offsets, speeds and driven lateral accelerations (t, n) of the expert, NaN near the end of an open road."""
    config = EnvConfig(camera=None, vehicle=vehicle, disturbance=disturbance or Disturbance.none())
    env, rows = DriveEnv(tracks, None, config, np.random.default_rng(0)), []
    expert, timestep = PursuitExpert(tracks, speed=speed), env.timestep
    for _ in range(num_ticks):
        timestep = env.step(expert.act(timestep.observation))
        seen = timestep.observation
        goes_on = tracks.closed | (seen.lane.s_m < tracks.length_m - 20.0)
        lateral_mps2 = seen.speed_mps**2 * np.abs(seen.state.curvature_per_m)
        rows.append(np.where(goes_on, [seen.lane.offset_m, seen.speed_mps, lateral_mps2], np.nan))
    return np.moveaxis(np.array(rows), 1, 0)


@pytest.mark.parametrize("easing_m", [0.0, 10.0, 40.0])
@pytest.mark.parametrize("kind", sorted(ROAD_KINDS))
def test_no_sample_is_above_any_limit(kind, easing_m):
    road = make_circuit(np.random.default_rng(3), kind=ROAD_KINDS[kind])
    for track in (road, road.reversed(), road.mirrored()):
        check_limits(track, SpeedLimits(easing_m=easing_m))


@given(
    st.lists(st.floats(-0.2, 0.2), min_size=1, max_size=8),
    st.floats(-2.0, 2.0),
    st.floats(0.0, 30.0),
    st.floats(1.0, 40.0),
    st.floats(0.5, 8.0),
)
def test_nor_on_any_road_with_steps_of_curvature(bends_per_m, lane_offset_m, easing_m, top_mps, most_mps2):
    track = make_bent("bent", np.repeat(bends_per_m, 37), lane_offset_m=lane_offset_m)
    check_limits(track, SpeedLimits(top_mps, most_mps2, 0.5 * most_mps2, 0.3 * most_mps2, easing_m))


def test_on_a_circle_speed_is_the_root_of_acceleration_times_radius():
    for lane_offset_m in (0.0, -1.75):
        circle = make_circle(40.0, lane_offset_m=lane_offset_m)
        np.testing.assert_allclose(road_speeds(circle, LIMITS), np.sqrt(2.5 * (40.0 - lane_offset_m)), rtol=1e-9)


def test_a_straight_is_driven_at_top_speed_and_before_a_bend_it_brakes_as_allowed():
    assert np.all(road_speeds(make_straight(500.0), LIMITS) == LIMITS.top_mps)
    hairpin = make_bent("bend", np.repeat([0.0, 0.125, 0.0], 400))
    speed_mps = road_speeds(hairpin, SpeedLimits(easing_m=0.0))
    assert speed_mps[400:800].max() == pytest.approx(np.sqrt(2.5 * 8.0))
    way_m = 0.5 * np.arange(1, 41)
    np.testing.assert_allclose(speed_mps[399:359:-1], np.sqrt(20.0 + 2 * 2.5 * way_m))
    np.testing.assert_allclose(speed_mps[800:840], np.sqrt(20.0 + 2 * 1.5 * way_m))


def test_easing_makes_no_place_faster():
    road = make_circuit(np.random.default_rng(4), kind=ROAD_KINDS["dirt"])
    eased, plain = (road_speeds(road, SpeedLimits(easing_m=easing_m)) for easing_m in (10.0, 0.0))
    assert np.all(eased <= plain * (1 + 1e-12))


def test_a_batch_is_its_roads_and_laps_go_on():
    roads = [make_circle(30.0), make_straight(200.0), make_circuit(np.random.default_rng(5), kind=ROAD_KINDS["path"])]
    profile, idx = SpeedProfile.of(Tracks.stack(roads)), np.arange(3)
    for s_m in (0.0, 77.3, 1234.5):
        together = profile.at(idx, np.full(3, s_m))
        alone = [SpeedProfile.of(Tracks.stack([road])).at(np.zeros(1, int), np.array([s_m]))[0] for road in roads]
        np.testing.assert_array_equal(together, alone)
    length_m = profile.tracks.length_m
    np.testing.assert_allclose(
        profile.at(idx[[0, 2]], length_m[[0, 2]] + 1.2), profile.at(idx[[0, 2]], np.full(2, 1.2))
    )


@pytest.mark.parametrize(
    "bad", [{"top_mps": 0.0}, {"lateral_mps2": -1.0}, {"easing_m": -1.0}, {"braking_mps2": np.inf}]
)
def test_limits_must_be_positive(bad):
    with pytest.raises(InputError, match=next(iter(bad))):
        SpeedLimits(**bad)


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("radius_m", [8.0, 12.0, 20.0])
def test_at_its_own_speed_the_expert_keeps_tight_bends(radius_m, back):
    tracks = Tracks.stack([make_hairpin(radius_m, ramp_m, back=back) for ramp_m in (0.0, 4.0, 10.0)])
    offset_m, speed_mps, lateral_mps2 = drive(tracks, 350)
    assert np.isnan(offset_m[-1]).all(), "all of them are through"
    assert np.nanmax(np.abs(offset_m)) < 0.2
    assert np.nanmax(lateral_mps2) < 1.25 * LIMITS.lateral_mps2
    assert np.nanmin(speed_mps) > 0.9 * np.sqrt(LIMITS.lateral_mps2 * radius_m)


def test_the_wheels_of_default_turn_to_their_lock_and_no_tighter():
    vehicle = VehicleParams()
    _, speed_mps, lateral_mps2 = drive(Tracks.stack([make_hairpin(7.0, 4.0)]), 250, vehicle=vehicle)
    assert np.nanmax(lateral_mps2 / speed_mps**2) == pytest.approx(vehicle.max_curvature_per_m, rel=1e-3)


def test_with_the_wheels_of_default_it_keeps_bends_that_they_can_turn():
    tracks = Tracks.stack([make_hairpin(10.0, 4.0, back=True)])
    assert np.nanmax(np.abs(drive(tracks, 350, vehicle=VehicleParams())[0])) < 0.2


@pytest.mark.slow
def test_on_named_roads_it_drives_its_profile_in_the_evaluations_weather():
    tracks = Tracks.stack([named_track(name) for name in TRACK_NAMES])
    offset_m, _, lateral_mps2 = drive(tracks, 900, disturbance=CONDITIONS.evaluation)
    assert np.abs(offset_m).max() < 0.6
    assert np.percentile(lateral_mps2[50:], 95.0) < 1.2 * LIMITS.lateral_mps2


@pytest.mark.slow
def test_it_is_never_much_above_its_profile():
    tracks = Tracks.stack([make_circuit(np.random.default_rng(6), kind=kind) for kind in ROAD_KINDS.values()])
    expert = PursuitExpert(tracks, speed=LIMITS)
    env = DriveEnv(
        tracks, None, EnvConfig(camera=None, vehicle=VehicleParams(cruise_mps=2.0)), np.random.default_rng(0)
    )
    timestep, profile = env.timestep, SpeedProfile.of(tracks, LIMITS)
    for _ in range(600):
        command = expert.act(timestep.observation)
        assert command.acceleration_mps2.max() <= LIMITS.acceleration_mps2
        timestep = env.step(command)
        lane = timestep.observation.lane
        assert np.all(timestep.observation.speed_mps < profile.at(lane.track_idx, lane.s_m) + 0.3)


def test_a_car_that_comes_too_fast_brakes_within_twice_the_limit_and_a_slow_one_speeds_up():
    tracks = Tracks.stack([make_circle(8.0), make_straight(1000.0)])
    expert = PursuitExpert(tracks, speed=LIMITS)
    env = DriveEnv(tracks, None, EnvConfig(camera=None), np.random.default_rng(0))
    command = expert.act(env.timestep.observation)
    np.testing.assert_array_equal(command.acceleration_mps2, [-2 * LIMITS.braking_mps2, LIMITS.acceleration_mps2])


def test_without_speed_limits_it_keeps_its_speed():
    tracks = Tracks.stack([make_circle(40.0)])
    observation = DriveEnv(tracks, None, EnvConfig(camera=None), np.random.default_rng(0)).timestep.observation
    np.testing.assert_array_equal(PursuitExpert(tracks).act(observation).acceleration_mps2, 0.0)


def test_thirty_kilometres_keep_the_limits():
    check_limits(make_bent("long", np.tile(np.repeat([0.0, 0.05, -0.1], 200), 100)), LIMITS)


@pytest.mark.slow
def test_real_circuits_are_driven_within_half_a_metre(shared_data):
    tracks = Tracks.stack([load_circuit(path) for path in sorted((shared_data / "circuits").glob("*.csv"))])
    offset_m, speed_mps, _ = drive(tracks, 600, disturbance=CONDITIONS.evaluation)
    assert np.abs(offset_m).max() < 0.6
    assert speed_mps.mean() > 12.0
