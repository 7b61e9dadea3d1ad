"""A car's place and clock, taken from an environment and put into one that was made alike."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from drive_sim.app.shared_state import SharedCar, SharedGenerator
from drive_sim.app.single_car import CarState, SingleCar
from drive_sim.errors import InputError
from drive_sim.sim.disturbance import Push, WeatherState
from drive_sim.sim.generator_state import GeneratorState
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import lane_pose
from drive_sim.sim.vehicle import VehicleState

_HALF_WORD = 2**32


def shared_car(state: CarState, others: Sequence[GeneratorState] = ()) -> SharedCar:
    """What is shared of a car where a control tick begins, and of other generators that its driver draws from."""
    env, weather = state.env, state.env.weather
    assert isinstance(weather, WeatherState), "one car has one weather"
    car = env.observation.state
    x_m, y_m, heading_rad = car.poses[0].tolist()
    return SharedCar(
        (x_m, y_m, heading_rad),
        float(car.speed_mps[0]),
        float(car.curvature_per_m[0]),
        tuple(car.pending_per_m[0].tolist()),
        round(float(env.observation.lane.s_m[0]), 1),
        int(env.ticks[0]),
        float(weather.drift_mps[0]),
        env.noise_seed,
        tuple(map(_shared, (weather.gust, weather.kick, weather.wheel, env.noise, *others))),
    )


def car_state(car: SingleCar, shared: SharedCar) -> CarState:
    """A car of the same seed and knobs at that place and time. Raises InputError where the state is of another one."""
    before = car.snapshot()
    env, vehicle = before.env, car.env.config.vehicle
    if len(shared.pending_per_m) != vehicle.latency_ticks:
        raise InputError("this shared state says another command delay than its car has; it was changed by hand")
    state = VehicleState(
        np.array([shared.pose]),
        np.array([shared.speed_mps]),
        np.array([shared.wheels_per_m]),
        np.array([shared.pending_per_m]).reshape(1, -1),
    )
    lane = lane_pose(car.tracks, np.zeros(1, np.int64), state.poses, np.array([shared.s_m]))
    weather = env.weather
    assert isinstance(weather, WeatherState), "one car has one weather"
    gust, kick, wheel, noise = generators((weather.gust, weather.kick, weather.wheel, env.noise), shared)
    assert env.drawn_from is not None, "one car's pictures can always be drawn again"
    kept = replace(
        env,
        ticks=np.array([shared.ticks]),
        # What was seen a tick before is not shared: it begins as where a car is put.
        observation=Observation(None, state.speed_mps, lane, state, is_first=np.ones(1, np.bool_)),
        drawn_from=replace(env.drawn_from, poses=state.poses, noise_seed=shared.noise_seed),
        before_drawn_from=None,
        push=Push.none(1),
        weather=WeatherState(np.array([shared.drift_mps]), gust, kick, wheel),
        noise=noise,
        noise_seed=shared.noise_seed,
        segment=None,
    )
    return CarState(kept, state, 0, before.at_own_speed)


def generators(fresh: Sequence[GeneratorState], shared: SharedCar, first: int = 0) -> list[GeneratorState]:
    """Generators of the same seeds, moved on to where the shared ones stand, from the `first` of them on."""
    found = shared.generators[first : first + len(fresh)]
    if len(found) < len(fresh) or any(len(each.state) != 16 for each in found):
        raise InputError("this shared state has other generators than its screen; it was changed by hand")
    return [_moved(generator, each) for generator, each in zip(fresh, found, strict=True)]


def _shared(generator: GeneratorState) -> SharedGenerator:
    state = generator.state
    half = int(state["uinteger"]) if state["has_uint32"] else None
    return SharedGenerator(int(state["state"]["state"]).to_bytes(16, "big"), half)


def _moved(generator: GeneratorState, shared: SharedGenerator) -> GeneratorState:
    half = 0 if shared.half is None else shared.half % _HALF_WORD
    inner = {**generator.state["state"], "state": int.from_bytes(shared.state, "big")}
    state = {**generator.state, "state": inner, "has_uint32": int(shared.half is not None), "uinteger": half}
    return replace(generator, state=state)
