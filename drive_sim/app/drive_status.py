"""What the driving screen shows at one moment: made by the screen each frame, drawn by its panels."""

from dataclasses import dataclass

from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.knob_drawer import KnobDrawer
from drive_sim.app.lap_counter import LapsKept
from drive_sim.app.live_learning_status import LiveStatus
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.recorder import Recorder
from drive_sim.app.reward_overlay import PERSON, RewardOverlay
from drive_sim.app.reward_panel import RewardStatus
from drive_sim.app.single_car import CarState, SingleCar
from drive_sim.app.time_machine import TimeMachine
from drive_sim.app.training import Training


@dataclass(frozen=True, slots=True, eq=False)
class DriveMoment:
    """The car where a control tick begins, how its wheel is held, and what a lap counter keeps."""

    car: CarState
    wheel_per_m: float
    laps: LapsKept


@dataclass(frozen=True, slots=True, eq=False)
class DriveStatus:
    """The car and who drives it, its past, the recording (None: not begun), the training, and what is asked for."""

    rollout: LiveRollout
    time: TimeMachine
    human: HumanDriver
    recorder: Recorder | None
    training: Training | None
    """The one that runs now."""
    liking: RewardOverlay
    drawer: KnobDrawer
    road_name: str
    live: LiveStatus | None
    """What learns live; None where nothing does."""
    has_models: bool
    """The session has networks that could drive."""
    has_started: bool
    """The car no longer waits for the first key."""
    is_paused: bool

    @property
    def car(self) -> SingleCar:
        """The one that is driven."""
        return self.rollout.car

    @property
    def recorded_s(self) -> float:
        """How much is recorded and not dropped."""
        return 0.0 if self.recorder is None else self.recorder.recorded_s

    @property
    def off_road_s(self) -> float:
        """How much of that was driven off the road's surface."""
        return 0.0 if self.recorder is None else self.recorder.off_road_s

    @property
    def reward(self) -> RewardStatus | None:
        """What is said of the reward that is painted; None where none is asked for."""
        return RewardStatus.of(self.liking, PERSON)
