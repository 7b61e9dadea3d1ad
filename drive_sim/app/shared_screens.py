"""What each screen shares of itself, and how it is opened from that: a line in `SCREENS` a screen.

What was driven, counted, recorded or learned before is not shared: a screen opens at its place and time, and paused.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from drive_sim.app.basin import BasinScreen
from drive_sim.app.compare import CompareScreen
from drive_sim.app.drive import DriveScreen
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.model_hash import shared_models
from drive_sim.app.saliency_overlay import PLACES
from drive_sim.app.screen import Destination, Screen, ToBasin, ToCompare, ToDrive, ToLecture, ToStory, ToTruth, ToWatch
from drive_sim.app.shared_car import car_state, shared_car
from drive_sim.app.shared_rollout import (
    Models,
    car_of,
    names_of,
    road_number,
    rollout_values,
    shared_rollout,
    take_rollout,
    turned_in,
    whole_value,
)
from drive_sim.app.shared_state import SharedState
from drive_sim.app.story import StoryScreen
from drive_sim.app.truth import TruthScreen
from drive_sim.app.truth_source import LiveRoad
from drive_sim.app.watch import WatchScreen
from drive_sim.errors import InputError

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
    screen.is_paused = False  # type: ignore[attr-defined] - of all kinds that can be opened


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
    screen.car.restore(car_state(screen.car, car_of(state)))
    screen.human.let_go(values.get("wheel_per_m", 0.0))
    screen.human.keeps_speed = bool(values.get("keeps_speed", 1.0))
    screen.car.speed.choose(own=not screen.human.keeps_speed)
    laps = (values.get(name, 0.0) for name in ("lap", "lap_s", "before_m", "driven_m"))
    screen.rollout.laps.restore(*laps)
    screen.has_started, screen.is_paused = bool(values.get("has_started", 0.0)), True


def _share_watch(screen: WatchScreen, begun: SharedState) -> SharedState:
    rollout, timeline = screen.rollout, screen.time.machine.timeline
    state = rollout.snapshot() if rollout.car.begins_tick else timeline.states[-1]
    values = {
        "road": screen.road_number,
        "driver": next(i for i, driver in enumerate(rollout.drivers) if driver is state.driver),
        "looks_at": PLACES.index(screen.saliency.place),
        **rollout_values(state),
    }
    knobs = turned_in(rollout, state)
    return begun._replace(knobs=knobs, car=shared_rollout(state), values=values)


def _take_watch(screen: WatchScreen, state: SharedState) -> None:
    rollout = screen.rollout
    take_rollout(rollout, state, whole_value(state, "driver", len(rollout.drivers)))
    screen.saliency.place = PLACES[whole_value(state, "looks_at", len(PLACES))]
    screen.saliency.follow(rollout)
    screen.is_paused = True


def _share_lecture(screen: LectureScreen, begun: SharedState) -> SharedState:
    if screen.rollout is None:
        return begun
    state = screen.approach or screen.rollout.snapshot()
    values = {"step": float(screen.number), "driver": 0.0, **rollout_values(state)}
    return begun._replace(car=shared_rollout(state), values=values)


def _take_lecture(screen: LectureScreen, state: SharedState) -> None:
    if screen.rollout is not None and state.car is not None:
        take_rollout(screen.rollout, state, 0)
        screen.show_step(whole_value(state, "step", screen.num_steps))
    screen.is_paused = True


def _share_compare(screen: CompareScreen, begun: SharedState) -> SharedState:
    start = screen.comparison.start
    place = {"s_m": start.s_m, "offset_m": start.offset_m, "heading_rad": start.heading_rad}
    values = {**place, "road": screen.road_number}
    return begun._replace(values=values)


def _take_compare(screen: CompareScreen, state: SharedState) -> None:
    values = state.values
    screen.comparison.restart(*(values.get(name, 0.0) for name in ("s_m", "offset_m", "heading_rad")))
    screen.is_paused = True


def _share_basin(screen: BasinScreen, begun: SharedState) -> SharedState:
    state = screen.rollout.snapshot()
    driver = float(screen.rollout.driver_index)
    values = {"road": screen.road_number, "at_m": screen.s_m, "driver": driver, **rollout_values(state)}
    return begun._replace(car=shared_rollout(state), values=values)


def _take_basin(screen: BasinScreen, state: SharedState) -> None:
    take_rollout(screen.rollout, state, whole_value(state, "driver", len(screen.rollout.drivers)))
    screen.is_paused = True


def _share_truth(screen: TruthScreen, begun: SharedState) -> SharedState:
    if not isinstance(screen.source, LiveRoad):
        raise InputError("a recording is nowhere else, so its frame cannot be shared; the live road can")
    values = {
        "shift_m": screen.shift_m,
        "turn_deg": screen.turn_deg,
        "wipe": screen.wipe,
        "mask": float(screen.shows_mask),
    }
    return begun._replace(car=shared_car(screen.source.car.snapshot()), values=values)


def _take_truth(screen: TruthScreen, state: SharedState) -> None:
    if isinstance(screen.source, LiveRoad):
        screen.source.car.restore(car_state(screen.source.car, car_of(state)))
    screen.wipe, screen.shows_mask = state.values.get("wipe", 0.5), bool(state.values.get("mask", 1.0))
    screen.is_paused = True
    screen.look()


def _take_story(screen: StoryScreen, state: SharedState) -> None:  # noqa: ARG001
    screen.is_paused = True


SCREENS: dict[str, _Kind] = {
    "drive": _Kind(DriveScreen, lambda models, state: ToDrive(), lambda screen: (), _share_drive, _take_drive),  # noqa: ARG005
    "watch": _Kind(
        WatchScreen,
        lambda models, state: ToWatch(models, road_number(state)),
        lambda screen: names_of(screen.rollout.drivers),
        _share_watch,
        _take_watch,
    ),
    "lecture": _Kind(
        LectureScreen,
        lambda models, state: ToLecture(models),  # noqa: ARG005
        lambda screen: () if screen.rollout is None else names_of(screen.rollout.drivers),
        _share_lecture,
        _take_lecture,
    ),
    "story": _Kind(
        StoryScreen,
        lambda models, state: ToStory(models),  # noqa: ARG005
        lambda screen: names_of(screen.story.rollouts[0].drivers),
        lambda screen, begun: begun,  # noqa: ARG005 - it is told from its beginning
        _take_story,
    ),
    "compare": _Kind(
        CompareScreen,
        lambda models, state: ToCompare(models, road_number(state)),
        lambda screen: names_of(screen.comparison.policies),
        _share_compare,
        _take_compare,
    ),
    "basin": _Kind(
        BasinScreen,
        lambda models, state: ToBasin(models, road_number(state), state.values.get("at_m")),
        lambda screen: names_of(screen.rollout.drivers),
        _share_basin,
        _take_basin,
    ),
    "truth": _Kind(
        TruthScreen,
        lambda models, state: ToTruth(  # noqa: ARG005
            shift_m=state.values.get("shift_m", 0.0), turn_deg=state.values.get("turn_deg", 0.0)
        ),
        lambda screen: (),  # noqa: ARG005
        _share_truth,
        _take_truth,
    ),
}
"""All kinds that can be shared; a further screen is a line here, with its two functions."""
