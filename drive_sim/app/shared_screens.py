"""What each screen shares of itself, and how it is opened from that: a line in `SCREENS` a screen.

What was driven, counted, recorded or learned before is not shared: a screen opens at its place and time, and paused.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from drive_sim.app.compare import CompareScreen
from drive_sim.app.compare_messages import ComparedPolicy
from drive_sim.app.drive import DriveScreen
from drive_sim.app.drivers import EXPERT, PolicyDriver
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.model_hash import shared_models
from drive_sim.app.rollout_state import RolloutState
from drive_sim.app.saliency_overlay import PLACES
from drive_sim.app.screen import Destination, Screen, ToCompare, ToDrive, ToLecture, ToWatch
from drive_sim.app.shared_car import car_state, generators, shared_car
from drive_sim.app.shared_state import SharedCar, SharedState
from drive_sim.app.watch import WatchScreen
from drive_sim.errors import InputError

Models = tuple[str, ...]
"""Folders, or `expert`."""
_MOST_ROADS = 2**31
Share = Callable[[Any, SharedState], SharedState]
"""Fills what the sitting has begun: models, knobs, car and values of a screen of one kind."""
Take = Callable[[Any, SharedState], None]
"""Shows what is shared on a new screen of the same kind."""


class _Kind(NamedTuple):
    """A kind of screen: its class, the way to it with these models, and both directions."""

    screen: type[Screen]
    route: Callable[[Models, SharedState], Destination]
    models: Callable[[Any], Models]
    share: Share
    take: Take


def share(screen: Screen, begun: SharedState) -> tuple[SharedState, Models] | None:
    """What a screen shares, beside what its sitting has `begun`, and its models; None where it cannot be shared."""
    for name, kind in SCREENS.items():
        if isinstance(screen, kind.screen):
            models = kind.models(screen)
            return kind.share(screen, begun._replace(screen=name, models=shared_models(models))), models
    return None


def route_to(state: SharedState, models: Models) -> Destination:
    """The way to a shared screen. Raises InputError where there is no such screen."""
    if state.screen not in SCREENS:
        raise InputError(f"this shared state is of a screen that is not here: {state.screen!s:.20}; update drive_sim")
    return SCREENS[state.screen].route(models, state)


def take(screen: Screen, state: SharedState) -> None:
    """Show on a new screen what was shared. Raises InputError where a state that was changed by hand does not fit."""
    SCREENS[state.screen].take(screen, state)


def go_on(screen: Screen) -> None:
    """A screen that was opened paused goes on."""
    if isinstance(screen, DriveScreen):
        screen.has_started = True
    if isinstance(screen, DriveScreen | WatchScreen | LectureScreen | CompareScreen):
        screen.is_paused = False


def _share_drive(screen: DriveScreen, begun: SharedState) -> SharedState:
    moment = screen.moment
    knobs = screen.car.knobs.values_beside(screen.car.regime)
    count, lap_s, before_m, driven_m = moment.laps
    values = {
        "wheel_per_m": moment.wheel_per_m,
        "keeps_speed": float(screen.human.keeps_speed),
        "lap": count,
        "lap_s": lap_s,
        "before_m": before_m,
        "driven_m": driven_m,
        "has_started": float(screen.has_started),
    }
    return begun._replace(knobs=knobs, car=shared_car(moment.car), values=values)


def _take_drive(screen: DriveScreen, state: SharedState) -> None:
    values = state.values
    screen.car.restore(car_state(screen.car, _car(state)))
    screen.human.let_go(values.get("wheel_per_m", 0.0))
    screen.human.keeps_speed = bool(values.get("keeps_speed", 1.0))
    laps = (values.get(name, 0.0) for name in ("lap", "lap_s", "before_m", "driven_m"))
    screen.laps.restore(*laps)
    screen.has_started, screen.is_paused = bool(values.get("has_started", 0.0)), True


def _share_watch(screen: WatchScreen, begun: SharedState) -> SharedState:
    rollout, timeline = screen.rollout, screen.time.machine.timeline
    state = rollout.snapshot() if rollout.car.begins_tick else timeline.states[-1]
    values = {
        "road": screen.road_number,
        "driver": next(i for i, driver in enumerate(rollout.drivers) if driver is state.driver),
        "looks_at": PLACES.index(screen.saliency.place),
        **_rollout_values(state),
    }
    knobs = _turned(rollout, state)
    return begun._replace(knobs=knobs, car=_shared(state), values=values)


def _take_watch(screen: WatchScreen, state: SharedState) -> None:
    rollout = screen.rollout
    _take_rollout(rollout, state, _number(state, "driver", len(rollout.drivers)))
    screen.saliency.place = PLACES[_number(state, "looks_at", len(PLACES))]
    screen.saliency.follow(rollout)
    screen.is_paused = True


def _share_lecture(screen: LectureScreen, begun: SharedState) -> SharedState:
    if screen.rollout is None:
        return begun
    state = screen.approach or screen.rollout.snapshot()
    values = {"step": float(screen.number), "driver": 0.0, **_rollout_values(state)}
    return begun._replace(car=_shared(state), values=values)


def _take_lecture(screen: LectureScreen, state: SharedState) -> None:
    if screen.rollout is not None and state.car is not None:
        _take_rollout(screen.rollout, state, 0)
        screen.show_step(_number(state, "step", screen.num_steps))
    screen.is_paused = True


def _share_compare(screen: CompareScreen, begun: SharedState) -> SharedState:
    start = screen.comparison.start
    values = {"s_m": start.s_m, "offset_m": start.offset_m, "heading_rad": start.heading_rad}
    return begun._replace(values=values)


def _take_compare(screen: CompareScreen, state: SharedState) -> None:
    values = state.values
    screen.comparison.restart(*(values.get(name, 0.0) for name in ("s_m", "offset_m", "heading_rad")))
    screen.is_paused = True


SCREENS: dict[str, _Kind] = {
    "drive": _Kind(DriveScreen, lambda models, state: ToDrive(), lambda screen: (), _share_drive, _take_drive),  # noqa: ARG005
    "watch": _Kind(
        WatchScreen,
        lambda models, state: ToWatch(models, _number(state, "road", _MOST_ROADS)),
        lambda screen: _names(screen.rollout.drivers),
        _share_watch,
        _take_watch,
    ),
    "lecture": _Kind(
        LectureScreen,
        lambda models, state: ToLecture(models),  # noqa: ARG005
        lambda screen: () if screen.rollout is None else _names(screen.rollout.drivers),
        _share_lecture,
        _take_lecture,
    ),
    "compare": _Kind(
        CompareScreen,
        lambda models, state: ToCompare(models),  # noqa: ARG005
        lambda screen: _names(screen.comparison.policies),
        _share_compare,
        _take_compare,
    ),
}
"""All kinds that can be shared; a further screen is a line here, with its two functions."""


def _names(drivers: Sequence[PolicyDriver | ComparedPolicy]) -> Models:
    return tuple(EXPERT if driver.folder is None else str(driver.folder) for driver in drivers)


def _shared(state: RolloutState) -> SharedCar:
    return shared_car(state.car, (state.policy, state.nudge))


def _rollout_values(state: RolloutState) -> dict[str, float]:
    return {
        "command_per_m": state.command_per_m,
        "expert_per_m": state.expert_per_m,
        "puts_back": float(state.puts_back),
        "is_off": float(state.is_off),
    }


def _turned(rollout: LiveRollout, state: RolloutState) -> dict[str, float]:
    """What is turned in a state of a rollout."""
    env = state.car.env
    noise_grey = rollout.car.knobs.noise_grey if env.scenes is None else env.scenes.scenes[0].noise_grey
    knobs = replace(rollout.car.knobs, vehicle=env.vehicle, disturbance=env.disturbance, noise_grey=noise_grey)
    return knobs.values_beside(rollout.car.regime)


def _take_rollout(rollout: LiveRollout, state: SharedState, driver: int) -> None:
    """The car at its place, the wheel in the hands of a driver, all draws to come as they were to come."""
    fresh, car, values = rollout.snapshot(), _car(state), state.values
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
            is_off=bool(values.get("is_off", 0.0)),
        )
    )


def _car(state: SharedState) -> SharedCar:
    if state.car is None:
        raise InputError("this shared state has no car; it was changed by hand")
    return state.car


def _number(state: SharedState, name: str, most: int) -> int:
    """A whole number below `most`."""
    number = state.values.get(name, 0.0)
    if number != int(number) or not 0 <= number < most:
        raise InputError(f"this shared state says {name} {number:g}, which is not there; it was changed by hand")
    return int(number)
