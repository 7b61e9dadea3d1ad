"""The radar: how near the car is to where its driver's training pictures were taken, said in plain words.

What a model was shown is read in a thread, once a model; no frame waits for it.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from drive_sim.app.canvas import GREEN, INK, ORANGE, VERMILION, YELLOW, Colour
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.training_places import TrainingPlaces, read_training_places
from drive_sim.errors import InputError
from drive_sim.evaluate.familiarity import WORDS, LanePlaces, lane_places, word_for

_COLOURS: dict[str, Colour] = dict(zip(WORDS, (GREEN, YELLOW, ORANGE, VERMILION), strict=True))
_TRAIL_TICKS = 40


@dataclass(frozen=True, slots=True, eq=False)
class RadarReading:
    """Where the car is (3,), and how far from the nearest training picture; which share of them is near."""

    place: LanePlaces
    distance_m: float
    share_near: float
    is_warning: bool = True
    """What is unfamiliar is steered worse; not so where moved views were shown."""

    @property
    def words(self) -> tuple[str, Colour]:
        """How familiar that place is, and in which colour it is said."""
        word = word_for(self.share_near)
        return word.capitalize(), _COLOURS[word] if self.is_warning else INK


@dataclass(frozen=True, slots=True, eq=False)
class RadarStatus:
    """What the panel shows: where training pictures were taken, where the car was and is; or why not."""

    colour: Colour
    places: TrainingPlaces | None
    reading: RadarReading | None
    trail: Sequence[LanePlaces]
    says: str
    """In place of a reading, in one line."""


class Radar:
    """Follows a rollout; `is_on`: its panel is shown, and what is not known yet is read."""

    def __init__(self) -> None:
        self.is_on = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="radar")
        self._places: dict[Path, Future[TrainingPlaces]] = {}
        self._trail: deque[LanePlaces] = deque(maxlen=_TRAIL_TICKS)
        self._reading: RadarReading | None = None
        self._num_placed = 0
        self._tick: tuple[int, Path | None] = (-1, None)

    def toggle(self) -> str:
        """Show it, or not; what there is to say about that."""
        self.is_on = not self.is_on
        return "The radar shows where training pictures were taken" if self.is_on else "The radar is off"

    def follow(self, rollout: LiveRollout) -> None:
        """Once a frame; a reading is taken once a tick."""
        now = rollout.num_ticks, rollout.driver.folder
        if not self.is_on or now == self._tick:
            return
        place = lane_places(rollout.car.observation.lane)
        if rollout.car.num_placed != self._num_placed:
            self._num_placed = rollout.car.num_placed
            self._trail.clear()
        self._trail.append(place)
        places = self._known(rollout.driver.folder)
        if isinstance(places, TrainingPlaces):
            self._tick = now
            known = places.familiarity
            distance_m, share = float(known.distance_m(place)[0]), float(known.share_near(place)[0])
            self._reading = RadarReading(place, distance_m, share, not places.has_views)

    def status(self, rollout: LiveRollout) -> RadarStatus:
        """What the panel shows of whoever's turn it is."""
        driver = rollout.driver
        found = self._known(driver.folder)
        places = found if isinstance(found, TrainingPlaces) else None
        reading = self._reading if places is not None and self._tick[1] == driver.folder else None
        says = found if isinstance(found, str) else ""
        return RadarStatus(driver.colour, places, reading, tuple(self._trail), says)

    def wait(self) -> None:
        """Wait until what is being read has been read, for scripts and tests."""
        for future in self._places.values():
            future.exception()

    def close(self) -> None:
        """Nothing more is read."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _known(self, folder: Path | None) -> TrainingPlaces | str:
        """What a model was shown, or one line on why that is not known (yet)."""
        if folder is None:
            return "The expert was shown nothing: it knows the road"
        if folder not in self._places:
            self._places[folder] = self._thread.submit(read_training_places, folder)
        if not self._places[folder].done():
            return "Reading what it was shown ..."
        try:
            return self._places[folder].result()
        except InputError as error:
            return str(error)


def what_it_says(places: TrainingPlaces) -> str:
    """From how many frames the distance is; or, where moved views were made of them, that it says little."""
    # Rank correlation with its errors: 0.11 (0.00 to 0.22) with moved views, 0.41 (0.23 to 0.59) without.
    return "its errors hardly depend on this" if places.has_views else f"{len(places.shown)} frames"
