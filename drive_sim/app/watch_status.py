"""What the watching screen shows at one moment: made by the screen each frame, drawn by its panels."""

from dataclasses import dataclass

from drive_sim.app.close_up import CloseUp
from drive_sim.app.knob_drawer import KnobDrawer
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.radar import Radar
from drive_sim.app.reward_overlay import RewardDriver, RewardOverlay
from drive_sim.app.reward_panel import RewardStatus
from drive_sim.app.saliency_overlay import SaliencyOverlay
from drive_sim.app.time_machine import TimeMachine
from drive_sim.app.training import Training


@dataclass(frozen=True, slots=True, eq=False)
class WatchStatus:
    """The rollout and its past, what its network looks at or its driver likes, what a person does, and the training."""

    rollout: LiveRollout
    time: TimeMachine
    saliency: SaliencyOverlay
    liking: RewardOverlay
    radar: Radar
    reward_driver: RewardDriver
    drawer: KnobDrawer
    close_up: CloseUp | None
    """Shown instead of the map, while the car is dragged."""
    training: Training | None
    has_wheel: bool
    """A person drives."""
    is_paused: bool

    @property
    def ghost_offsets(self) -> list[tuple[float, float]]:
        """How many ticks ago the old future was how far off the lane, since the fork."""
        ghost, now = self.time.ghost, self.rollout.num_frames
        if ghost is None or self.time.looks_back:
            return []
        ticks_ago = (now - ghost.frames) / self.rollout.car.env.config.num_substeps
        return [pair for pair in zip(ticks_ago.tolist(), ghost.offsets_m.tolist(), strict=True) if pair[0] >= 0.0]

    @property
    def reward(self) -> RewardStatus | None:
        """What is said of the reward that is painted; None where none is asked for."""
        return RewardStatus.of(self.liking, self.reward_driver)
