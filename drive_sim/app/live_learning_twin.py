"""One of the twins that learn behind a driver, as the window knows it: what it has told, and what it drove itself."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from drive_sim.app.canvas import POLICY_COLOURS, Colour
from drive_sim.app.live_learning_messages import NewExemplars, TwinLearned
from drive_sim.arrays import Images, PerCar
from drive_sim.learn.live import Asked, Weights
from drive_sim.sim.vehicle import VehicleParams

NETWORK_LABELS = {"alvinn": "ALVINN", "small": "CNN"}
_TWINS = {"views": ("with views", "shift-rotate"), "alone": ("frames alone", "plain")}
"""What a twin is called after its network, and under which name the window knows its kind (a colour, a film's row)."""
ERROR_TICKS, VIRTUAL_TICKS = 100, 300
"""The error and the virtual car are told over so many of the last ticks: ten seconds, half a minute."""
READY_TICKS = 150
"""It is ready when its virtual car has gone on for so long without being put back."""


@dataclass(slots=True)
class AloneDrive:
    """What a twin has driven since it was let go: control ticks, and how often it went more than 1 m off its lane."""

    num_ticks: int = 0
    num_left: int = 0
    is_off: bool = False


@dataclass(slots=True)
class LiveTwin:
    """What is known of a twin; `take_in` what it tells."""

    network: str
    name: str
    asked: deque[Asked] = field(default_factory=lambda: deque(maxlen=VIRTUAL_TICKS))
    errors_deg: list[float] = field(default_factory=list)
    """The root mean square error of each second, front wheels' angle, before it was learned from."""
    num_learned: int = 0
    num_on: int = 0
    """For so many ticks its virtual car has not been put back."""
    weights: Weights | None = None
    """As they are after `num_learned` ticks; None before the first."""
    pictures: Images = field(default_factory=lambda: np.empty((0, 1, 1, 3), np.uint8))
    curvature_per_m: PerCar = field(default_factory=lambda: np.empty(0))
    newest: frozenset[int] = frozenset()
    """Places in the buffer that the last tick has filled."""
    driven: AloneDrive = field(default_factory=AloneDrive)
    num_let_go: int = 0

    @property
    def label(self) -> str:
        """What the screen calls it."""
        return f"{NETWORK_LABELS[self.network]}, {_TWINS[self.name][0]}"

    @property
    def kind(self) -> str:
        """The name of policies of its kind, "shift-rotate" or "plain"."""
        return _TWINS[self.name][1]

    @property
    def colour(self) -> Colour:
        """Its own, as policies of its kind have it everywhere."""
        return POLICY_COLOURS[self.kind]

    @property
    def last(self) -> Asked | None:
        """What it said last."""
        return self.asked[-1] if self.asked else None

    @property
    def error_deg(self) -> float | None:
        """Root mean square of the last ten seconds' errors, each before it was learned from; the wheels' angle."""
        return _rms_deg([*self.asked][-ERROR_TICKS:]) if self.asked else None

    @property
    def num_put_back(self) -> int:
        """How often its virtual car had to be put back in the last half minute."""
        return sum(answer.virtual.was_put_back for answer in self.asked)

    @property
    def is_ready(self) -> bool:
        """Its virtual car has gone on for long enough."""
        return self.num_on >= READY_TICKS

    def take_in(self, told: TwinLearned, ticks_a_second: int) -> None:
        """A tick more was learned from."""
        self.asked.append(told.asked)
        self.num_learned += 1
        self.num_on = 0 if told.asked.virtual.was_put_back else self.num_on + 1
        if self.num_learned % ticks_a_second == 0:
            self.errors_deg.append(_rms_deg([*self.asked][-ticks_a_second:]))
        self.weights = told.weights
        self._put(told.exemplars)

    def _put(self, new: NewExemplars) -> None:
        missing = int(new.places.max()) + 1 - len(self.pictures)
        if missing > 0:
            blank = np.zeros((missing, *new.pictures.shape[1:]), np.uint8)
            self.pictures = np.concatenate([self.pictures, blank]) if len(self.pictures) else blank
            self.curvature_per_m = np.append(self.curvature_per_m, np.zeros(missing))
        self.pictures[new.places] = new.pictures
        self.curvature_per_m[new.places] = new.curvature_per_m
        self.newest = frozenset(new.places.tolist())


def wheel_deg(curvature_per_m: float) -> float:
    """The front wheels' angle that drives a curvature, left positive."""
    return float(np.degrees(VehicleParams().wheel_angle_rad(np.array(curvature_per_m))))


def _rms_deg(asked: list[Asked]) -> float:
    return wheel_deg(float(np.sqrt(np.mean([answer.error_per_m**2 for answer in asked]))))
