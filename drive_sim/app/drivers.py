"""Who can drive: the expert and models, each with its name, its colour and what it has done so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drive_sim.app.canvas import POLICY_COLOURS, POLICY_LABELS, PURPLE, SKY, Colour
from drive_sim.app.session import Score, Session
from drive_sim.checkout import model_folder
from drive_sim.errors import InputError
from drive_sim.evaluate import autonomy_percent
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.base import Policy
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.model_folder import load_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import Tracks

EXPERT = "expert"
BIN_M, NUM_BINS = 0.2, 6
"""Steering errors are kept by how far off the lane they were made, in bins so wide."""
_SPARE_COLOURS = (SKY, PURPLE)


@dataclass(slots=True)
class Tally:
    """What a driver has done: distance, time, interventions, and its errors by its distance from the lane.

    An error is how far its command was from the expert's at the same place, in 1/m.
    """

    distance_m: float = 0.0
    elapsed_s: float = 0.0
    interventions: int = 0
    error_sum_per_m: list[float] = field(default_factory=lambda: [0.0] * NUM_BINS)
    error_count: list[int] = field(default_factory=lambda: [0] * NUM_BINS)

    def add_error(self, offset_m: float, error_per_m: float) -> None:
        """At this offset its command was so far from the expert's; farther out than the last bin it does not count."""
        number = int(abs(offset_m) / BIN_M)
        if number < NUM_BINS:
            self.error_sum_per_m[number] += abs(error_per_m)
            self.error_count[number] += 1

    def mean_errors(self, least: int = 3) -> list[tuple[float, float]]:
        """Offset (the bin's middle, m) and mean error (1/m) where it has been at least so many ticks."""
        return [
            ((number + 0.5) * BIN_M, total / count)
            for number, (total, count) in enumerate(zip(self.error_sum_per_m, self.error_count, strict=True))
            if count >= least
        ]

    @property
    def autonomy_percent(self) -> float | None:
        """NVIDIA's, as the batch code counts it; None before anything was driven."""
        return autonomy_percent(self.interventions, self.elapsed_s) if self.elapsed_s > 0.0 else None

    @property
    def score(self) -> Score:
        """As the session keeps it."""
        return Score(self.interventions, self.distance_m / 1000.0, self.autonomy_percent)


@dataclass(slots=True)
class PolicyDriver:
    """A driver with its name; `folder` is the model's and `camera` what it sees through (None both: the expert)."""

    name: str
    policy: Policy
    folder: Path | None = None
    label: str = ""
    colour: Colour = SKY
    camera: Camera | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def alvinn(self) -> AlvinnPolicy | None:
        """Its row of units, each with its activity; None for other kinds of driver."""
        return self.policy if isinstance(self.policy, AlvinnPolicy) else None

    @property
    def network(self) -> NeuralPolicy | None:
        """Its network, whose saliency can be shown; None for other kinds of driver."""
        return self.policy if isinstance(self.policy, NeuralPolicy) else None


def make_expert(tracks: Tracks) -> PolicyDriver:
    """The scripted expert as a driver; it knows these roads."""
    return PolicyDriver(EXPERT, PursuitExpert(tracks), None, POLICY_LABELS[EXPERT], POLICY_COLOURS[EXPERT])


def load_drivers(
    session: Session, models: Sequence[str] | None, tracks: Tracks
) -> tuple[list[PolicyDriver], list[str]]:
    """The drivers that a route names (None: the session's own models), and a line on each that cannot drive.

    Where no model is left, it is the expert.
    """
    names = tuple(map(str, session.models.values())) if models is None else models
    drivers: list[PolicyDriver] = []
    complaints: list[str] = []
    for name in dict.fromkeys(names):
        try:
            drivers.append(make_expert(tracks) if name == EXPERT else load_driver(model_folder(name), drivers))
        except InputError as error:
            complaints.append(str(error))
    return drivers or [make_expert(tracks)], complaints


def load_driver(folder: Path, others: Sequence[PolicyDriver] = (), name: str = "") -> PolicyDriver:
    """The driver of a model folder, with a name that none of the others has.

    Raises InputError where the folder is broken, or where it is not known through what camera the model sees.
    """
    use_one_thread()
    policy = load_model(folder)
    if policy.camera is None:
        raise InputError(f"{folder} says no camera that it sees through; give a model of `train` or `demo`")
    taken = {driver.name for driver in others}
    name = name or next(known for known in _names(folder) if known not in taken)
    spare = _SPARE_COLOURS[len(others) % len(_SPARE_COLOURS)]
    label, colour = POLICY_LABELS.get(name, name), POLICY_COLOURS.get(name, spare)
    return PolicyDriver(name, policy, folder, label, colour, policy.camera)


def _names(folder: Path) -> list[str]:
    """Longer and longer ones, and numbered ones at last."""
    parts = folder.resolve().parts
    longer = ["/".join(parts[-length:]) for length in range(1, len(parts))]
    return [*longer, *(f"{folder.name} ({number})" for number in range(2, 100))]
