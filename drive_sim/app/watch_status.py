"""What the watching screen shows at one moment: made by the screen each frame, drawn by its panels."""

from dataclasses import dataclass

from drive_sim.app.close_up import CloseUp
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.reward_overlay import RewardDriver, RewardOverlay
from drive_sim.app.reward_panel import RewardStatus
from drive_sim.app.saliency_overlay import SaliencyOverlay
from drive_sim.app.training import Training


@dataclass(frozen=True, slots=True, eq=False)
class WatchStatus:
    """The rollout, what its network looks at or its driver likes, what a person does beside, and the training."""

    rollout: LiveRollout
    saliency: SaliencyOverlay
    liking: RewardOverlay
    reward_driver: RewardDriver
    close_up: CloseUp | None
    """Shown instead of the map, while the car is dragged."""
    training: Training | None
    has_wheel: bool
    """A person drives."""
    is_paused: bool

    @property
    def reward(self) -> RewardStatus | None:
        """What is said of the reward that is painted; None where none is asked for."""
        return RewardStatus.of(self.liking, self.reward_driver)
