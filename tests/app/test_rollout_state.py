"""A rollout goes on from a kept state as it did the first time, whoever drives and whatever is done to the car."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from drive_sim.app.drivers import PolicyDriver, load_drivers, make_expert
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.session import Session
from drive_sim.policies.mixture import Mixture
from drive_sim.sim.road_generator import ROAD_KINDS, make_circle, make_circuit
from drive_sim.sim.scene import make_scene
from drive_sim.sim.track import Track
from drive_sim.sim.vehicle import Command
from tests.same_value import assert_same

PUSHES: dict[int, Callable[[LiveRollout], None]] = {
    40: LiveRollout.nudge,
    53: LiveRollout.put_back,
    64: LiveRollout.switch,
    75: lambda rollout: rollout.nudge(1),
    90: lambda rollout: rollout.place(float(rollout.car.observation.lane.s_m[0]) + 5.0, -0.5),
    99: LiveRollout.switch,
    110: LiveRollout.nudge,
}
"""What is done to the car before these frames."""
BY_HAND = range(120, 140)


def make_road(name: str) -> Track:
    rng = np.random.default_rng(4)
    return make_circle(60.0) if name == "circle" else make_circuit(rng, kind=ROAD_KINDS[name], length_m=800.0)


def make_rollout(session: Session, track: Track, models: tuple[str, ...]) -> LiveRollout:
    """Driven by networks on pixels, by the expert, and by a mixture of both that draws at each tick."""
    rollout = LiveRollout(track, make_scene("day", np.random.default_rng(1)), [], np.random.default_rng(8))
    tracks = rollout.car.tracks
    networks, expert = load_drivers(session, models, tracks)[0], make_expert(tracks)
    mixture = Mixture((networks[0].policy, expert.policy), np.array([0.5, 0.5]))
    rollout.drivers = [PolicyDriver("mixture", mixture, camera=networks[0].camera), networks[0], expert]
    return rollout


def drive(rollout: LiveRollout, before_frame: int) -> None:
    while rollout.num_frames < before_frame:
        PUSHES.get(rollout.num_frames, lambda _: None)(rollout)
        hand = Command.steer(0.01) if rollout.num_frames in BY_HAND else None
        rollout.advance(hand)


def now(rollout: LiveRollout) -> list[tuple[str, Any]]:
    """Everything that changes while it drives, whatever it is called, with the pictures that are seen."""
    fixed = {"car", "laps", "drivers", "_lane", "_policy_rng", "_nudge_rng", "_tick_driver"}
    changing = [(name, value) for name, value in vars(rollout).items() if name not in fixed]
    return [
        *changing,
        ("laps", rollout.laps.kept),
        ("off the lane", rollout._lane.kept),
        ("knobs", rollout.car.knobs),
        ("who began the tick", rollout._tick_driver and rollout._tick_driver.name),
        ("tallies", [driver.tally for driver in rollout.drivers]),
        ("drawn", rollout.car.state),
        ("seen", rollout.car.env.timestep),
        ("driver's picture", rollout.driver.sees(rollout.car)),
        ("generators", [rng.bit_generator.state for rng in (rollout._policy_rng, rollout._nudge_rng)]),
    ]


@pytest.mark.parametrize(("road", "from_frame"), [("circle", 0), ("country", 47), ("dirt", 66)])
def test_a_rollout_replays_to_the_bit(session: Session, pair: tuple[str, str], road: str, from_frame: int) -> None:
    """With pushes, put-backs, hand-overs and a person's commands as they were scheduled, also from within a tick."""
    rollout = make_rollout(session, make_road(road), pair)
    drive(rollout, from_frame)
    state, then = rollout.snapshot(), pickle.loads(pickle.dumps(now(rollout)))
    drive(rollout, 150)
    end = pickle.loads(pickle.dumps(now(rollout)))
    num_placed = rollout.car.num_placed
    for _ in range(2):
        rollout.restore(state)
        assert_same(now(rollout), then)
        assert rollout.car.num_placed > num_placed, "what follows the car's track knows that it was put elsewhere"
        drive(rollout, 150)
        assert_same(now(rollout), end)


def test_a_driver_that_came_later_has_done_nothing_then(session: Session, pair: tuple[str, str]) -> None:
    rollout = make_rollout(session, make_circle(60.0), pair)
    late = rollout.drivers.pop()
    drive(rollout, 30)
    state = rollout.snapshot()
    rollout.drivers.append(late)
    rollout.hand_to(late)
    drive(rollout, 60)
    assert late.tally.elapsed_s > 0.0
    rollout.restore(state)
    assert late.tally.elapsed_s == 0.0
    assert rollout.driver is rollout.drivers[0]
    assert rollout.drivers[0].tally.elapsed_s == pytest.approx(0.5)
