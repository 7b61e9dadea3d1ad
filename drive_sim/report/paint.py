"""Paints any function of the place on the road: a reward, a value function, what a discriminator holds of it."""

from collections.abc import Callable
from typing import Annotated, TypeAlias

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Picture
from drive_sim.policies.corridor import Corridor, PerPose
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.sim.camera import Camera
from drive_sim.sim.ground_view import GroundView, PerPixel, ground_view
from drive_sim.sim.track import Track, Tracks

OfPlace: TypeAlias = Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], npt.NDArray[np.float64]]
"""A function of arc lengths (n,) and offsets from the lane (n,); painted are its values from 0 to 1, NaN as an end."""

_STOPS = np.array([(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)], dtype=np.float64)
"""Viridis, which colour-blind eyes and a grey print read alike."""
END = (213, 94, 0)
_OPAQUE = 0.62
_STRETCH = 50
"""So many samples of a road are worked out at a time."""


def colours(values: npt.NDArray[np.float64]) -> Annotated[npt.NDArray[np.uint8], "... 3"]:
    """The colour of values from 0 to 1, and of NaN, an end."""
    place = np.clip(np.nan_to_num(values), 0.0, 1.0)
    channels = [np.interp(place, np.linspace(0.0, 1.0, len(_STOPS)), stop) for stop in _STOPS.T]
    painted = np.stack(channels, axis=-1)
    return np.where(np.isnan(values)[..., None], np.array(END), painted).astype(np.uint8)


def paint(
    picture: Picture, tracks: Tracks, camera: Camera, pose: npt.NDArray[np.float64], s_m: float, of_place: OfPlace
) -> Picture:
    """A picture that a camera took from a pose (3,) on the first road, with a function of the place on its surface."""
    view = ground_view(tracks, 0, camera, pose, s_m)
    coat, opacity = coat_of(view, of_place)
    mixed = picture + opacity[..., None] * (coat.astype(np.float64) - picture)
    return (mixed + 0.5).astype(np.uint8)


def coat_of(view: GroundView, of_place: OfPlace) -> tuple[Picture, PerPixel]:
    """The coat of paint on a view's surface: its colours (h, w, 3), and how opaque it is (h, w)."""
    on = view.on_surface
    values = np.zeros(on.shape)
    values[on] = of_place(view.s_m[on], view.offset_m[on])
    opacity = np.where(on, _OPAQUE * np.clip(np.nan_to_num(view.edge_m) / 0.15, 0.0, 1.0), 0.0)
    return colours(values), opacity


def liking(reward: RoadReward, track: Track) -> OfPlace:
    """exp(reward of a place, less the best of its station): how much less often one is there than where one likes it
    most, if nothing else counts. Ends are NaN.

    Worked out for a stretch of road when it is first asked for, since a window has no time for all of it in a frame.
    Raises InputError for a road that no lattice covers.
    """
    spacing_m, num = track.spacing_m, len(track.x_m)
    corridor = Corridor.of_track(track, spacing_m * np.arange(num, dtype=np.float64))
    offset_m = np.linspace(float(corridor.right_m.min()), float(corridor.left_m.max()), 201)
    relative = np.zeros((num, len(offset_m)))
    is_known = np.zeros(-(-num // _STRETCH), dtype=np.bool_)

    def of_place(s_m: npt.NDArray[np.float64], place_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        station = np.round(s_m / spacing_m).astype(np.int64)
        station = station % num if track.closed else np.clip(station, 0, num - 1)
        asked = np.bincount(station // _STRETCH, minlength=len(is_known)) > 0
        for stretch in np.flatnonzero(asked & ~is_known).tolist():
            stations = slice(stretch * _STRETCH, (stretch + 1) * _STRETCH)
            relative[stations] = _liking(reward, corridor.stations(stations), offset_m)
            is_known[stretch] = True
        column = np.round((place_m - offset_m[0]) / (offset_m[1] - offset_m[0])).astype(np.int64)
        return relative[station, np.clip(column, 0, len(offset_m) - 1)]

    return of_place


def _liking(reward: RoadReward, corridor: Corridor, offset_m: PerPose) -> npt.NDArray[np.float64]:
    at = reward.at(corridor, offset_m)
    relative = np.exp(at - at.max(axis=1, keepdims=True))
    return np.where(np.isfinite(at), relative, np.nan)
