"""A rollout as it is shared: its car, its generators, who drives, and what was commanded last."""

from collections.abc import Sequence
from dataclasses import replace

from drive_sim.app.compare_messages import ComparedPolicy
from drive_sim.app.drivers import EXPERT, PolicyDriver
from drive_sim.app.knobs import Knobs
from drive_sim.app.lane_watch import OffLane
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.rollout_state import RolloutState
from drive_sim.app.shared_car import car_state, generators, shared_car
from drive_sim.app.shared_state import SharedCar, SharedState
from drive_sim.app.wanted_place import wanted_place
from drive_sim.errors import InputError

Models = tuple[str, ...]
"""Folders, or `expert`."""
_MOST_ROADS, _MOST_TICKS = 2**31, 1000


def names_of(drivers: Sequence[PolicyDriver | ComparedPolicy]) -> Models:
    """The folders of drivers; the expert is `expert`."""
    return tuple(EXPERT if driver.folder is None else str(driver.folder) for driver in drivers)


def shared_rollout(state: RolloutState) -> SharedCar:
    """The car of a rollout, with the generators of policies and nudges."""
    return shared_car(state.car, (state.policy, state.nudge))


def rollout_values(state: RolloutState) -> dict[str, float]:
    """What else of a rollout is shared, by name."""
    return {
        "command_per_m": state.command_per_m,
        "expert_per_m": state.expert_per_m,
        "puts_back": float(state.puts_back),
        "is_off": float(state.lane.is_off),
        "lane_change_ticks": float(state.lane.num_lane_change_ticks),
    }


def turned_in(rollout: LiveRollout, state: RolloutState) -> dict[str, float]:
    """What is turned in a state of a rollout."""
    env = state.car.env
    noise_grey = rollout.car.knobs.noise_grey if env.scenes is None else env.scenes.scenes[0].noise_grey
    knobs = Knobs(env.vehicle, env.disturbance, noise_grey, state.car.at_own_speed, wanted_place(env.tracks.tracks[0]))
    return knobs.values_beside(rollout.car.regime)


def take_rollout(rollout: LiveRollout, state: SharedState, driver: int) -> None:
    """The car at its place, the wheel in the hands of a driver, all draws to come as they were to come.

    Raises InputError where a state that was changed by hand does not fit.
    """
    fresh, car, values = rollout.snapshot(), car_of(state), state.values
    policy, nudge = generators((fresh.policy, fresh.nudge), car, first=4)
    rollout.restore(
        replace(
            fresh,
            car=car_state(rollout.car, car),
            policy=policy,
            nudge=nudge,
            driver=rollout.drivers[driver],
            command_per_m=values.get("command_per_m", 0.0),
            expert_per_m=values.get("expert_per_m", 0.0),
            puts_back=bool(values.get("puts_back", 1.0)),
            lane=OffLane(
                is_off=bool(values.get("is_off", 0.0)),
                num_lane_change_ticks=whole_value(state, "lane_change_ticks", _MOST_TICKS),
            ),
        )
    )


def car_of(state: SharedState) -> SharedCar:
    """The car of a state. Raises InputError where it has none."""
    if state.car is None:
        raise InputError("this shared state has no car; it was changed by hand")
    return state.car


def road_number(state: SharedState) -> int:
    """Which of the sitting's roads to watch on. Raises InputError as `whole_value`."""
    return whole_value(state, "road", _MOST_ROADS)


def whole_value(state: SharedState, name: str, most: int) -> int:
    """A value that is a whole number below `most`. Raises InputError for another one."""
    number = state.values.get(name, 0.0)
    if number != int(number) or not 0 <= number < most:
        raise InputError(f"this shared state says {name} {number:g}, which is not there; it was changed by hand")
    return int(number)
