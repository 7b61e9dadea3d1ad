"""What every format of a recording comes down to: ticks with pictures and named columns, in unbroken drives."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, CarMask, Images, PerCar
from drive_sim.data.demonstrations import DEFAULT_TICK_S, Demonstrations
from drive_sim.data.recording_schema import DRIVERS, LIMITS, check_numbers
from drive_sim.errors import InputError
from drive_sim.geometry import FULL_LOCK_PER_M
from drive_sim.sim.camera import Camera

Column = npt.NDArray[Any]
Progress = Callable[[float], None]
"""Is told the share that is done."""
PAUSE_S = 1.0
"""Rows further apart than this, or backwards in time, belong to different drives."""
DEMONSTRATORS = ("expert", "human")
NUMBERS = (*LIMITS, "acceleration_mps2", "raw_throttle")
"""The columns of numbers that a drive may have; `recording_schema.MEANINGS` has their units and signs."""


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """n ticks of somebody's drives: pictures (n, h, w, 3) and columns (n,), which are named as a recording's are.

    `curvature_per_m` and `time_s` (seconds since the start of the tick's episode) are always there; a number that is
    not known is NaN. `episode` (n,) numbers the unbroken drives from 0; `facts` holds an object an episode of what is
    true of it (road, scene, vehicle), where that is known, else it is empty.
    """

    images: Images
    columns: Mapping[str, Column]
    episode: CarIndex
    source: str = ""
    images_left: Images | None = None
    images_right: Images | None = None
    has_sides: CarMask | None = None
    """Rows whose side pictures exist; None: all rows where `images_left` is there. Other rows' are black."""
    side_m: float | None = None
    camera: Camera | None = None
    full_lock_per_m: float = FULL_LOCK_PER_M
    """The curvature that a steering of 1 stands for where steering is written as a number from -1 to 1."""
    facts: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = field(default=())
    """What there is to say about how it was read, a line each."""

    def __post_init__(self) -> None:
        for name in ("curvature_per_m", "time_s"):
            if name not in self.columns:
                raise InputError(f"{self.source}: has no {name}; give a recording of a car that was steered")
        for name, column in {**self.columns, "episode": self.episode}.items():
            if len(column) != len(self.images):
                raise InputError(f"{self.source}: {len(self.images)} pictures, but {len(column)} rows of {name}")

    @classmethod
    def of(cls, demos: Demonstrations, notes: Sequence[str]) -> "Drive":
        """What a person has demonstrated."""
        time_s, episode = demos.time_s, demos.episode
        columns = {name: found for name in NUMBERS if (found := getattr(demos, name, None)) is not None}
        columns["time_s"] = DEFAULT_TICK_S * np.arange(len(demos)) if time_s is None else time_s
        return cls(
            demos.images,
            columns,
            np.zeros(len(demos), dtype=np.int64) if episode is None else episode,
            demos.source,
            demos.images_left,
            demos.images_right,
            demos.has_sides,
            demos.side_m,
            demos.camera,
            notes=notes,
        )

    def __len__(self) -> int:
        return len(self.images)

    def column(self, name: str, default: float = float("nan")) -> Column:
        """A column by its name, the default throughout where the drive has none."""
        found = self.columns.get(name)
        return np.full(len(self), default) if found is None else found

    @property
    def driver(self) -> npt.NDArray[np.str_]:
        """Who drove each row (n,): a person, where nothing says otherwise."""
        return np.asarray(self.columns.get("driver", np.full(len(self), "human")), dtype=np.str_)

    @property
    def intervention(self) -> CarMask:
        """Rows (n,) at which the car was put back, or at which a person has taken the wheel of a policy."""
        return np.asarray(self.columns.get("intervention", np.zeros(len(self))), dtype=bool)

    def episodes(self) -> list[slice]:
        """The unbroken drives, as slices of rows."""
        cuts = np.flatnonzero(np.diff(self.episode)) + 1
        return [slice(int(a), int(b)) for a, b in zip([0, *cuts], [*cuts, len(self)], strict=True)]

    @property
    def tick_s(self) -> float:
        """The usual time between two rows."""
        steps_s = np.concatenate([np.empty(0), *(np.diff(self.columns["time_s"][rows]) for rows in self.episodes())])
        steps_s = steps_s[steps_s > 0.0]
        return float(np.median(steps_s)) if len(steps_s) else DEFAULT_TICK_S

    def facts_of(self, number: int) -> Mapping[str, Any]:
        """What is true of an episode, by its place among `episodes`."""
        return self.facts[number] if number < len(self.facts) else {}

    def demonstrations(self, drivers: Collection[str] = DEMONSTRATORS) -> Demonstrations:
        """The rows that these drivers drove, as learners read them. Raises InputError where they drove none."""
        rows = np.isin(self.driver, list(drivers))
        if not rows.any():
            raise InputError(f"{self.source}: holds no rows driven by {' or '.join(drivers)}; record some")
        demos = Demonstrations(
            images=self.images,
            curvature_per_m=self.columns["curvature_per_m"],
            speed_mps=self.column("speed_mps"),
            camera=self.camera,
            expert_curvature_per_m=self._known("expert_curvature_per_m"),
            source=self.source,
            images_left=self.images_left,
            images_right=self.images_right,
            has_sides=self.has_sides,
            side_m=self.side_m,
            time_s=self.columns["time_s"],
            episode=self._unbroken(),
            raw_steering=self._known("raw_steering"),
            acceleration_mps2=self._known("acceleration_mps2"),
            lateral_goal=self._known("lateral_goal"),
        )
        return demos if rows.all() else demos.rows(rows)

    def seen_by(self, camera: Camera) -> Self:
        """The same drive, said to be seen by this camera."""
        return replace(self, camera=camera)

    def _known(self, name: str) -> PerCar | None:
        """A column, or None where nothing of it is known."""
        column = self.columns.get(name)
        return None if column is None or np.isnan(column).all() else column

    def _unbroken(self) -> CarIndex:
        """The episodes, broken where the driver changes, too."""
        driver, breaks = self.driver, np.zeros(len(self), dtype=bool)
        breaks[1:] = (driver[1:] != driver[:-1]) | (np.diff(self.episode) != 0)
        return np.cumsum(breaks)


def drivers(names: Iterable[object]) -> Column:
    """Who drove (n,), as a file says it; what is no driver's name is taken as a person's."""
    return np.array([name if name in DRIVERS else "human" for name in names], dtype="<U6")


def checked(drive: Drive) -> Drive:
    """The drive itself. Raises InputError, naming the row, where a number is one that nobody drove."""
    for name in LIMITS:
        if name in drive.columns:
            check_numbers(name, drive.columns[name], np.arange(len(drive)), drive.source)
    return drive


def unbroken(time_s: PerCar, breaks: CarMask | None = None) -> tuple[PerCar, CarIndex]:
    """Seconds since the start of each unbroken drive (n,), and its number (n,), from times in any one clock.

    A drive ends before a pause, a step backwards, and the rows that `breaks` (n,) marks as first ones.
    """
    gaps_s = np.diff(time_s, prepend=time_s[:1])
    starts = (gaps_s < 0.0) | (gaps_s > PAUSE_S)
    if breaks is not None:
        starts |= breaks
    starts[:1] = True
    episode = np.cumsum(starts) - 1
    return time_s - time_s[starts][episode], episode
