import numpy as np

from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.pace import ProfiledSpeed, at_speed, gives_acceleration
from drive_sim.policies.speed_profile import SpeedLimits, SpeedProfile
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command, VehicleParams

TRACKS = Tracks.stack([make_circle(30.0), make_straight(400.0)])
LIMITS = SpeedLimits()
RNG = np.random.default_rng(0)


class Steers:
    def act(self, observation, rng):
        return Command.steer(observation.lane.curvature_per_m)


class ChoosesSpeed(Steers):
    gives_acceleration = True

    def act(self, observation, rng):
        return Command(observation.lane.curvature_per_m, 12.5 - observation.speed_mps)


def seen():
    return DriveEnv(TRACKS, None, EnvConfig(camera=None), np.random.default_rng(0)).timestep.observation


def test_at_a_kept_speed_nobody_is_heard_who_accelerates():
    for policy in (Steers(), PursuitExpert(TRACKS)):
        assert at_speed(policy, TRACKS, None) is policy
    for policy in (ChoosesSpeed(), PursuitExpert(TRACKS, speed=LIMITS)):
        kept, free = at_speed(policy, TRACKS, None).act(seen(), RNG), policy.act(seen(), RNG)
        assert np.all(free.acceleration_mps2 != 0.0)
        assert np.all(kept.acceleration_mps2 == 0.0)
        np.testing.assert_array_equal(kept.curvature_per_m, free.curvature_per_m)


def test_at_its_own_speed_who_chooses_is_left_alone_and_who_steers_follows_the_profile():
    chooses = ChoosesSpeed()
    assert at_speed(chooses, TRACKS, LIMITS) is chooses
    paced = at_speed(Steers(), TRACKS, LIMITS)
    assert isinstance(paced, ProfiledSpeed)
    expert = at_speed(PursuitExpert(TRACKS), TRACKS, LIMITS)
    assert gives_acceleration(expert)
    assert not gives_acceleration(PursuitExpert(TRACKS))
    expected = SpeedProfile.of(TRACKS, LIMITS).acceleration_mps2(np.arange(2), np.zeros(2), np.full(2, 12.0))
    for policy in (paced, expert):
        np.testing.assert_array_equal(policy.act(seen(), RNG).acceleration_mps2, expected)


def test_the_expert_keeps_how_far_it_looks_ahead():
    expert = at_speed(PursuitExpert(TRACKS, 5.0, lookahead_s=0.4), TRACKS, LIMITS)
    assert isinstance(expert, PursuitExpert)
    assert (expert.lookahead_m, expert.lookahead_s) == (5.0, 0.4)


def test_limits_are_no_more_than_the_car_can_do():
    car = VehicleParams(max_speed_mps=15.0, max_acceleration_mps2=1.0, max_braking_mps2=2.0, grip_mps2=2.0)
    within = LIMITS.within(car)
    assert within == SpeedLimits(15.0, 0.8 * 2.0, 2.0, 1.0)
    assert LIMITS.within(VehicleParams()) == LIMITS
