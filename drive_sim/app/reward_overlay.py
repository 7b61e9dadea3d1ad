"""What whoever drives likes, painted on the road ahead in the window's view."""

import numpy as np
import numpy.typing as npt
import pygame

from drive_sim.app.canvas import Canvas
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.policies.reward_policy import RewardPolicy
from drive_sim.report.paint import OfPlace, coat_of, liking
from drive_sim.sim.camera import Camera
from drive_sim.sim.ground_view import ground_view

_SMALL_PX = (160, 90)
"""The coat is painted this small and stretched: a frame has a few milliseconds for it."""


class RewardOverlay:
    """The paint of one rollout's road; it is laid on where `is_on` and the driver has a reward."""

    def __init__(self) -> None:
        self.is_on = False
        self._of: RewardPolicy | None = None
        self._of_place: OfPlace | None = None

    def toggle(self, rollout: LiveRollout) -> str:
        """Lay it on, or take it off; what there is to say about that."""
        if rollout.driver.reward is None:
            return "Only a driver that `reward` has read from a recording has a reward to paint"
        self.is_on = not self.is_on
        return "Painted on the road: what the driver likes" if self.is_on else "The road is as it is"

    def draw(self, canvas: Canvas, rollout: LiveRollout) -> None:
        """Paint the road ahead as the window shows it, from the pose between two control ticks."""
        policy = rollout.driver.reward
        if not self.is_on or policy is None:
            return
        if policy is not self._of:
            self._of, self._of_place = policy, liking(policy.reward, rollout.car.track)
        assert self._of_place is not None
        size_px, car = canvas.surface.get_size(), rollout.car
        width_px = _SMALL_PX[0]
        camera = Camera().resized(width_px, max(2, round(width_px * size_px[1] / size_px[0])))
        view = ground_view(car.tracks, 0, camera, car.state.poses[0], float(car.observation.lane.s_m[0]))
        coat, opacity = coat_of(view, self._of_place)
        layer = pygame.transform.smoothscale(_layer(coat, opacity), size_px)
        canvas.surface.blit(layer, (0, 0), special_flags=pygame.BLEND_PREMULTIPLIED)


def _layer(coat: npt.NDArray[np.uint8], opacity: npt.NDArray[np.float64]) -> pygame.Surface:
    """A coat (h, w, 3) and its opacity (h, w) as a surface with an alpha of its own."""
    pixels = np.dstack([coat, (255.0 * opacity + 0.5).astype(np.uint8)])
    # In the window's own order of bytes, and multiplied already, it is laid on several times as fast.
    return pygame.image.frombuffer(pixels.tobytes(), pixels.shape[1::-1], "RGBA").convert_alpha().premul_alpha()
