"""CarRacing-v3 as it is made ready: what is seen, what an action is, what is earned; and its expert, which is good."""

import importlib.util
from typing import Any

import gymnasium
import numpy as np
import pytest

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym import car_racing
from drive_sim.gym.car_racing_expert import FULL_LOCK_RAD, PursuitExpert
from drive_sim.policies.regressor import FlatObservation

HAS_BOX2D = importlib.util.find_spec("Box2D") is not None
needs_box2d = pytest.mark.skipif(not HAS_BOX2D, reason="Box2D is not installed: pip install box2d")
# SWIG's, as Box2D is imported.
pytestmark = pytest.mark.filterwarnings("ignore")


class Body:
    """A car's hull on a track that is a circle of points 3.5 m apart, counter-clockwise."""

    def __init__(self, radius_m: float, speed_mps: float, offset_m: float = 0.0, turned_rad: float = 0.0) -> None:
        num = round(2.0 * np.pi * radius_m / 3.5)
        angles = 2.0 * np.pi * np.arange(num) / num
        self.track = [(angle, angle, radius_m * np.cos(angle), radius_m * np.sin(angle)) for angle in angles]
        self.position, self.angle = (radius_m - offset_m, 0.0), turned_rad
        self.linearVelocity = (-speed_mps * np.sin(turned_rad), speed_mps * np.cos(turned_rad))
        self.car = self.hull = self.unwrapped = self


@pytest.mark.parametrize("radius_m", [20.0, 60.0])
def test_on_a_circle_it_turns_the_wheels_as_the_circle_does(radius_m: float) -> None:
    steering, _, _ = PursuitExpert()(Body(radius_m, 20.0))
    assert -steering == pytest.approx(np.arctan(3.24 / radius_m), rel=0.1)


def test_it_steers_back_to_the_middle_and_no_further_than_the_wheels_turn() -> None:
    expert, ahead = PursuitExpert(), -np.arctan(3.24 / 60.0)
    assert expert(Body(60.0, 20.0, offset_m=3.0))[0] > ahead > expert(Body(60.0, 20.0, offset_m=-3.0))[0]
    assert expert(Body(60.0, 20.0, turned_rad=0.3))[0] > ahead > expert(Body(60.0, 20.0, turned_rad=-0.3))[0]
    for turned_rad in (1.5, 3.0, -1.5, -3.0):
        assert abs(expert(Body(60.0, 20.0, turned_rad=turned_rad))[0]) == pytest.approx(FULL_LOCK_RAD)


def test_it_brakes_for_a_bend_and_gives_gas_on_a_straight() -> None:
    expert = PursuitExpert()
    _, gas, brake = expert(Body(15.0, 80.0))
    assert gas == 0.0 and brake > 0.1
    _, gas, brake = expert(Body(1e4, 30.0))
    assert gas == expert.most_gas and brake == 0.0


@pytest.mark.skipif(HAS_BOX2D, reason="Box2D is installed")
def test_without_box2d_it_is_said_what_to_install() -> None:
    with pytest.raises(
        InputError, match=r"^CarRacing-v3 is driven in Box2D, which is not installed; pip install box2d"
    ):
        car_racing.make_env()


@needs_box2d
def test_what_is_seen_is_road_from_the_first_picture_on() -> None:
    env = car_racing.make_env()
    first, _ = env.reset(seed=0)
    assert env.observation_space == gymnasium.spaces.Box(0, 255, (84, 84, 3), np.uint8)
    assert env.observation_space.contains(first)
    then, *_ = env.step(np.zeros(3, np.float32))
    # Who stands still sees the same but for a wheel that settles: the camera has arrived.
    assert (first != then).mean() < 0.001
    assert car_racing.make_env(num_frames=2).observation_space.shape == (2, 84, 84, 3)


@needs_box2d
def test_the_lowest_rows_show_the_speed_in_all_the_network_reads() -> None:
    env, expert = car_racing.make_env(), PursuitExpert()
    seen, _ = env.reset(seed=0)
    shades, speeds_mps = [], []
    for _ in range(40):
        seen, *_ = env.step(expert(env).astype(np.float32))
        assert (seen[car_racing.ROAD_PX :] == seen[-1, 0, 0]).all()
        shades.append(float(seen[-1, 0, 0]))
        world: Any = env.unwrapped
        speeds_mps.append(float(np.linalg.norm(world.car.hull.linearVelocity)))
    assert max(speeds_mps) > 40.0 and np.corrcoef(shades, speeds_mps)[0, 1] > 0.99


@needs_box2d
def test_a_lost_car_ends_an_episode_for_learning_only() -> None:
    def steps(env: Any) -> int:
        env.reset(seed=0)
        for step in range(200):
            if any(env.step(np.array([0.4, 0.3, 0.0], np.float32))[2:4]):
                return step
        return 200

    assert steps(car_racing.UntilLost(car_racing.make_env())) < 100
    assert steps(car_racing.make_env()) == 200


def test_labels_are_learned_with_their_mirror_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(car_racing, "NUM_EPOCHS", 100.0)
    left, bright = np.zeros((1, 84, 84, 3), np.uint8), np.zeros((1, 84, 84, 3), np.uint8)
    left[:, :, :30], bright[:] = 255, 255
    pictures, ends = np.concatenate([left, bright]), np.array([False, True])
    action, low = np.array([[-0.5, 0.2, 0.0], [0.0, 0.6, 0.1]]), np.array([-1.0, 0.0, 0.0])
    data = Transitions(pictures, action, pictures, ends & False, ends, low, np.ones(3))
    policy = car_racing.fit(data, np.random.default_rng(0))
    turned = policy.act(FlatObservation(left[..., ::-1, :].copy()), np.random.default_rng(0))
    np.testing.assert_allclose(turned, [[0.5, 0.2, 0.0]], atol=0.05)


@needs_box2d
def test_an_action_is_kept_for_so_many_steps_and_what_they_earn_is_summed() -> None:
    ours, theirs = car_racing.make_env(action_repeat=4), gymnasium.make("CarRacing-v3")
    ours.reset(seed=0), theirs.reset(seed=0)
    action: Any = np.array([0.1, 0.5, 0.0], np.float32)
    for _ in range(10):
        _, reward, *_ = ours.step(action)
        assert reward == pytest.approx(sum(float(theirs.step(action)[1]) for _ in range(4)))
    assert len(ours.unwrapped.track) == len(theirs.unwrapped.track)  # pyright: ignore[reportAttributeAccessIssue]


@needs_box2d
@pytest.mark.slow
def test_the_expert_stays_on_tracks_that_nobody_chose_and_is_good() -> None:
    env, expert, returns = car_racing.make_env(), PursuitExpert(), np.zeros(5)
    world: Any = env.unwrapped
    world._render = lambda mode: np.zeros((96, 96, 3), np.uint8)
    for seed in range(5):
        env.reset(seed=seed)
        over = False
        while not over:
            action = expert(env).astype(np.float32)
            assert env.action_space.contains(action)
            _, reward, terminated, truncated, _ = env.step(action)
            assert any(wheel.tiles for wheel in world.car.wheels)
            returns[seed], over = returns[seed] + float(reward), terminated or truncated
    # The longest of them, 1.17 km, is not done within CarRacing's 20 s by an expert that keeps a margin.
    assert returns.mean() > 850.0 and returns.min() > 700.0
