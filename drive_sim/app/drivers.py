"""Who can drive: the expert and models, each with its name, its colour and what it has done so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from drive_sim.app.canvas import POLICY_COLOURS, POLICY_LABELS, SKY, SPARE_COLOURS, TAUGHT_LABELS, Colour
from drive_sim.app.model_discovery import driver_names, taken_over_ticks
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.tally import Tally
from drive_sim.app.training import RETRAINED
from drive_sim.arrays import Images
from drive_sim.checkout import driver_path
from drive_sim.errors import InputError
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.base import Policy
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.frames import num_frames
from drive_sim.policies.measurements import goes_by_sight
from drive_sim.policies.named_driver import load_folder_or_onnx
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import Tracks

EXPERT = "expert"
_TICKS_A_SECOND = 10


@dataclass(slots=True)
class PolicyDriver:
    """A driver with its name; `folder` is the model's and `camera` what it sees through (None both: the expert;
    None the camera: what drives by the lane pose)."""

    name: str
    policy: Policy
    folder: Path | None = None
    label: str = ""
    colour: Colour = SKY
    camera: Camera | None = None
    tally: Tally = field(default_factory=Tally)

    def sees(self, car: SingleCar) -> Images:
        """What its own camera in a car sees now (1, h, w, 3); the car's usual one's pictures where it has none."""
        images = car.observation.images
        assert images is not None
        return images if self.camera in (None, car.env.config.camera) else car.env.view(self.camera)

    def shown(self, car: SingleCar) -> Observation:
        """What it drives by where a tick begins, and where it sees two frames, what its own camera saw before."""
        seen = replace(car.observation, images=self.sees(car))
        if num_frames(self.policy) == 1 or self.camera in (None, car.env.config.camera):
            return seen
        return replace(seen, images_before=car.env.view_before(self.camera))

    def on(self, tracks: Tracks) -> Self:
        """Itself, for these roads: the expert and a reward's policy know the road and the lane that they drive."""
        if isinstance(self.policy, PursuitExpert) and self.policy.tracks is not tracks:
            self.policy = PursuitExpert(tracks)
        elif isinstance(self.policy, RewardPolicy) and self.policy.tracks is not tracks:
            self.policy = self.policy.on(tracks)
        return self

    @property
    def goes_by_sight(self) -> bool:
        """It cannot be told where to drive."""
        return goes_by_sight(self.policy, self.camera)

    @property
    def reward(self) -> RewardPolicy | None:
        """What it likes, where it drives by that; None for other kinds of driver."""
        return self.policy if isinstance(self.policy, RewardPolicy) else None

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
            driver = make_expert(tracks) if name == EXPERT else load_driver(driver_path(name), drivers)
            drivers.append(driver.on(tracks))
        except InputError as error:
            complaints.append(str(error))
    return drivers or [make_expert(tracks)], complaints


def load_driver(folder: Path, others: Sequence[PolicyDriver] = ()) -> PolicyDriver:
    """The driver of a model's folder or ONNX file, with a name and (as long as there are some) a colour of its own.

    Raises InputError where the folder is broken, or where it is not known through what camera the model sees.
    """
    use_one_thread()
    policy = load_folder_or_onnx(folder)
    if policy.camera is None and not isinstance(policy, RewardPolicy | SteeringPolicy):
        raise InputError(f"{folder} says no camera that it sees through; give a model of `train` or `demo`")
    taken = {driver.name for driver in others}
    name = next(known for known in driver_names(folder) if known not in taken)
    worn = {driver.colour for driver in others}
    spare = next(
        (colour for colour in SPARE_COLOURS if colour not in worn), SPARE_COLOURS[len(others) % len(SPARE_COLOURS)]
    )
    return PolicyDriver(name, policy, folder, _label(folder, name), POLICY_COLOURS.get(name, spare), policy.camera)


def _label(folder: Path, name: str) -> str:
    """What a screen calls it; what has learned on from a person says from how much."""
    ticks = taken_over_ticks(folder)
    if not ticks:
        return POLICY_LABELS.get(name, name)
    root = folder.name.removesuffix(RETRAINED)
    return f"{TAUGHT_LABELS.get(root, POLICY_LABELS.get(root, root))} + your {ticks / _TICKS_A_SECOND:.0f} s"
