"""What a network looks at, shown over its own picture and over the road: VisualBackProp, once a control tick."""

import numpy as np
import numpy.typing as npt
import pygame

from drive_sim.app.canvas import Canvas, as_surface
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.arrays import Picture
from drive_sim.policies.saliency import visual_back_prop, without_grid
from drive_sim.sim.camera import Camera

COLOUR = (255, 60, 190)
"""Nothing on a road has it, and it brightens what it lies on, so that colour-blind eyes see it too."""
PLACES = ("picture", "picture and road", "nowhere")
_DIMMED, _ON_ROAD, _AFTER_FRAMES = 0.6, 0.6, 2
"""How bright the picture is under the marks, and the marks on the road; after a tick's first frame comes the second
one, since the first has the network's own work to do."""


class SaliencyOverlay:
    """Marks of the driver's network; `place` says over what."""

    def __init__(self) -> None:
        self.place = PLACES[0]
        self.picture: Picture | None = None
        """The network's picture with its marks, or as it is."""
        self.activity: npt.NDArray[np.float64] | None = None
        """How active each of the driver's units is (u,), where it is an ALVINN."""
        self._marks: Picture | None = None
        self._tick, self._frames = -1, 0
        self._layer: pygame.Surface | None = None

    @property
    def has_marks(self) -> bool:
        """Marks are shown somewhere."""
        return self.place != PLACES[-1]

    def next_place(self) -> str:
        """Show the marks elsewhere."""
        self.place = PLACES[(PLACES.index(self.place) + 1) % len(PLACES)]
        self._tick = -1
        return self.place

    def follow(self, rollout: LiveRollout) -> None:
        """Once a frame; works on one of them in a tick."""
        if rollout.num_ticks != self._tick:
            self._tick, self._frames = rollout.num_ticks, 0
        self._frames += 1
        if self._frames == _AFTER_FRAMES or self.picture is None:
            self._compute(rollout)

    def draw_on_road(self, canvas: Canvas) -> None:
        """Brighten what the network looks at in the window's view."""
        if self.place != "picture and road" or self._marks is None:
            return
        width_px, height_px = canvas.surface.get_size()
        scale = width_px / self._marks.shape[1]
        if self._layer is None:
            height, width = self._marks.shape[:2]
            # First small: on the large picture the steps of the network's layers would be seen as a grid.
            small = pygame.transform.smoothscale(
                as_surface((_ON_ROAD * self._marks).astype(np.uint8)), (width // 4, height // 4)
            )
            self._layer = pygame.transform.smoothscale(small, (width_px, round(scale * height)))
        top_px = Camera().resized(width_px, height_px).horizon_px - scale * (Camera().horizon_px + 0.5)
        canvas.surface.blit(self._layer, (0, round(top_px)), special_flags=pygame.BLEND_RGB_ADD)

    def _compute(self, rollout: LiveRollout) -> None:
        images, network = rollout.driver.sees(rollout.car), rollout.driver.network
        self._layer = self._marks = None
        self.picture = images[0]
        self.activity = None if rollout.driver.alvinn is None else rollout.driver.alvinn.activity(images)[0]
        if network is not None and self.place != "nowhere":
            share = without_grid(visual_back_prop(network, images))[0]
            marks = (share[..., None] * np.array(COLOUR, np.float32)).astype(np.uint8)
            self.picture = np.maximum((_DIMMED * images[0]).astype(np.uint8), marks)
            # Another camera's marks would lie elsewhere on the road than what they mark.
            self._marks = marks if rollout.driver.camera == Camera() else None
