"""A sitting's view as a text, and a text as the first view of a sitting."""

import hashlib
from pathlib import Path

import numpy as np

from drive_sim.app.model_hash import find_models
from drive_sim.app.roads import Roads, RoadVariant
from drive_sim.app.screen import Screen, ToShared
from drive_sim.app.session import Session
from drive_sim.app.shared_screens import share
from drive_sim.app.shared_state import SharedRoad, SharedState
from drive_sim.errors import InputError
from drive_sim.sim.circuit_file import TRACK_NAMES
from drive_sim.sim.track import Track


def shared_view(session: Session, screen: Screen) -> ToShared | None:
    """The way to what a screen shows now; None for one that cannot be shared."""
    begun = SharedState("", session.seed, _shared_road(session.roads))
    shared = share(screen, begun)
    return None if shared is None else ToShared(*shared)


def shared_route(state: SharedState, named_models: list[Path], runs: Path) -> ToShared:
    """The way to a shared view. Raises InputError where one of its models is nowhere."""
    return ToShared(state, find_models(state.models, named_models, runs))


def prepare(session: Session, state: SharedState) -> None:
    """The sitting's road and knobs become the shared ones. Raises InputError where it was begun on another road."""
    road, roads = state.road, session.roads
    if _given(roads) != (road.given, road.given_hash):
        if not road.given:
            raise InputError("this shared state is of a road of its seed; leave out --track")
        raise InputError(f"this shared state is of the road {road.given!r}; give its file with --track, as it was then")
    variant = RoadVariant(road.number, road.is_reversed, road.is_mirrored)
    if roads.choice != (variant, road.scene_number):
        roads.choose(variant, road.scene_number)
    session.turned_knobs = dict(state.knobs)


def named_road(state: SharedState) -> str | None:
    """The name of one of the project's own roads, where the sitting was begun on it."""
    return state.road.given if state.road.given in TRACK_NAMES else None


def _shared_road(roads: Roads) -> SharedRoad:
    variant, scene_number = roads.choice
    return SharedRoad(*_given(roads), variant.number, variant.is_reversed, variant.is_mirrored, scene_number)


def _given(roads: Roads) -> tuple[str, str]:
    """Name and hash of the road that a sitting was begun on; both are empty where its seed has made it."""
    return ("", "") if roads.given is None else (roads.given[0].name, _road_hash(roads.given[0]))


def _road_hash(track: Track) -> str:
    digest = hashlib.sha256(np.round([track.x_m, track.y_m], 3).tobytes() + repr(track.lane_offset_m).encode())
    return digest.hexdigest()[:8]
