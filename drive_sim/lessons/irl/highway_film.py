"""A film of the highway from above: what a style was demonstrated to be, and below it what was learned from that.

The world has ten ticks a second and whole car lengths; between them the film interpolates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from drive_sim.arrays import Picture
from drive_sim.irl.highway import DISTANCES, NUM_LANES, PLACES
from drive_sim.report.film_panels import DIM, HAIR, NIGHT, ROAD, Colour, write
from drive_sim.report.video import write_film

SIZE_PX = (1280, 720)
FRAMES_A_TICK, _TICKS_A_SECOND = 3, 10
_STRIP_PX, _LENGTH_PX, _OWN_PX = 50, 62, 620
"""Heights of a lane, lengths of a car with its gap, and where the own car drives."""
_TOPS_PX = (110, 430)
_VERGE: Colour = (46, 64, 44)
_TRAFFIC: Colour = (150, 158, 166)
_OWN: tuple[Colour, Colour] = ((0, 190, 140), (86, 180, 233))
_HIT: Colour = (230, 60, 50)
_EASED_TICKS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """The driver's place at each tick (t,), and the index of each lane's nearest car in `DISTANCES` (t, 3)."""

    place: npt.NDArray[np.int64]
    lanes: npt.NDArray[np.int64]

    @property
    def collides(self) -> npt.NDArray[np.bool_]:
        """Whether a car of the own lane is where the driver is (t,)."""
        lane = np.clip(self.place - 1, 0, NUM_LANES - 1)
        own = self.lanes[np.arange(len(lane)), lane]
        return (self.place == lane + 1) & (own == DISTANCES.index(0))


def write_highway_film(path: Path, drives: Mapping[str, tuple[Drive, Drive]]) -> None:
    """A new film, style after style: the demonstration above, and what was learned below."""
    write_film(path, (frame for name, both in drives.items() for frame in frames(name, both)), 30)


def frames(name: str, both: tuple[Drive, Drive]) -> Iterator[Picture]:
    """The frames of one style."""
    collides = [drive.collides for drive in both]
    tracks = [(_eased(drive.place), [_smooth(drive.lanes[:, lane]) for lane in range(NUM_LANES)]) for drive in both]
    for frame in range((len(both[0].place) - 1) * FRAMES_A_TICK):
        picture = Image.new("RGB", SIZE_PX, NIGHT)
        draw = ImageDraw.Draw(picture)
        write(draw, (28, 18), name, 32, bold=True)
        write(draw, (SIZE_PX[0] - 28, 28), "red: a collision", 18, colour=DIM, anchor="ra")
        for top_px, hits, (place, lanes), colour in zip(_TOPS_PX, collides, tracks, _OWN, strict=True):
            _draw_road(draw, top_px, frame)
            for lane, ahead in enumerate(lanes):
                _draw_car(draw, top_px, lane + 1.0, ahead[frame], _TRAFFIC)
            seen = hits[: frame // FRAMES_A_TICK + 1]
            _draw_car(draw, top_px, place[frame], 0.0, _HIT if seen[-1] else colour)
            what = "demonstrated" if colour == _OWN[0] else "learned"
            write(draw, (28, top_px - 32), what, 20, colour=colour, bold=True)
            share = f"{100.0 * seen.mean():.0f} % of the time in a collision so far"
            write(draw, (SIZE_PX[0] - 28, top_px - 30), share, 18, colour=DIM, anchor="ra")
        yield np.asarray(picture)


def _eased(place: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The place at each frame, changes drawn out as a car would make them."""
    padded = np.pad(place.astype(np.float64), _EASED_TICKS // 2, mode="edge")
    eased = np.convolve(padded, np.full(_EASED_TICKS, 1.0 / _EASED_TICKS), mode="valid")
    return np.interp(_frame_ticks(len(place)), np.arange(len(place)), eased)


def _smooth(lane: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How far ahead a lane's nearest car is at each frame, in car lengths; NaN where there is none."""
    ticks, ahead = _frame_ticks(len(lane)), np.full((len(lane) - 1) * FRAMES_A_TICK, np.nan)
    changes = np.flatnonzero(np.diff(lane)) + 1
    for same in np.split(np.arange(len(lane)), changes[lane[changes] <= lane[changes - 1]]):
        own = same[lane[same] < len(DISTANCES)]
        if len(own) == 0:
            continue
        _, first = np.unique(lane[own], return_index=True)
        entered = own[first]
        here = (ticks >= own[0]) & (ticks <= own[-1])
        middle = 0.5 - np.array(DISTANCES, dtype=np.float64)[lane[entered]]  # half a length later it is there
        ahead[here] = np.interp(ticks[here], entered, middle)
    return ahead


def _frame_ticks(num_ticks: int) -> npt.NDArray[np.float64]:
    return np.arange((num_ticks - 1) * FRAMES_A_TICK) / FRAMES_A_TICK


def _draw_road(draw: ImageDraw.ImageDraw, top_px: int, frame: int) -> None:
    height_px = _STRIP_PX * len(PLACES)
    draw.rectangle((0, top_px, SIZE_PX[0], top_px + height_px), fill=_VERGE)
    draw.rectangle((0, top_px + _STRIP_PX, SIZE_PX[0], top_px + height_px - _STRIP_PX), fill=ROAD)
    shift_px = int(5.0 * _LENGTH_PX * frame / (FRAMES_A_TICK * _TICKS_A_SECOND)) % (2 * _LENGTH_PX)
    for line in range(2, NUM_LANES + 1):
        row_px = top_px + line * _STRIP_PX
        for left_px in range(-shift_px, SIZE_PX[0], 2 * _LENGTH_PX):
            draw.rectangle((left_px, row_px - 1, left_px + _LENGTH_PX, row_px + 1), fill=HAIR)


def _draw_car(draw: ImageDraw.ImageDraw, top_px: int, place: float, ahead: float, colour: Colour) -> None:
    if np.isnan(ahead):
        return
    left_px, row_px = _OWN_PX + ahead * _LENGTH_PX, top_px + place * _STRIP_PX
    draw.rounded_rectangle((left_px, row_px + 13, left_px + _LENGTH_PX - 8, row_px + _STRIP_PX - 13), 7, fill=colour)
