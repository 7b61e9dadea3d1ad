"""A small basin in the watching screen: from where whoever drives finds back, at the place where it was asked for."""

import math

from drive_sim.app.basin_picture import BasinPicture, draw_car, point_of
from drive_sim.app.basin_search import BasinSearch
from drive_sim.app.canvas import FAINT, HAIR, PADDING, SMALL, Box, Canvas
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.evaluate.basin import BasinConfig
from drive_sim.sim.track import Track

_CONFIG = BasinConfig(sides=(5, 11, 21))
_TITLE = 22.0


class BasinOverlay:
    """Laid on where `is_on`; another driver, or another lane to be kept, is searched anew, where the car is then."""

    def __init__(self) -> None:
        self._search: BasinSearch | None = None
        self._picture = BasinPicture()
        self._track: Track | None = None

    @property
    def is_on(self) -> bool:
        """It is shown."""
        return self._search is not None

    def toggle(self, rollout: LiveRollout) -> str:
        """Show it, or hide it; what there is to say about that."""
        if self.is_on:
            self.close()
            return "The road's map is back"
        self._begin(rollout)
        return "From where it finds back in calm air, left on the left, turned left above; J: the whole screen"

    def draw(self, canvas: Canvas, box: Box, rollout: LiveRollout) -> None:
        """Take in what was found since the last frame, and draw it with the car's own place."""
        is_other = self._track is not rollout.car.track
        if self._search is None or is_other or rollout.driver.name not in self._search.maps:
            self._begin(rollout)
        search = self._search
        assert search is not None
        search.poll()
        known = search.maps[rollout.driver.name]
        canvas.panel(box)
        share = known.share_within(_CONFIG.most_off_m, _CONFIG.most_turned_deg)
        words = search.error or ("cars drive ahead" if math.isnan(share) else f"finds back: {100.0 * share:.0f} %")
        words = canvas.fitting(words, box.width - 2 * PADDING, size=SMALL)
        canvas.text(words, (box.centre[0], box.top + 14.0), size=SMALL, colour=FAINT, anchor="center")
        side = box.height - _TITLE - PADDING
        inner = Box(box.centre[0] - side / 2, box.top + _TITLE, side, side)
        self._picture.draw(canvas, inner, known, search.shown.get(rollout.driver.name), search.bend_per_m, arrows=False)
        canvas.frame(inner, HAIR, width=1.0, rounding=0.0)
        lane = rollout.car.observation.lane
        place = point_of(_CONFIG, inner, float(lane.offset_m[0]), float(lane.heading_rad[0]))
        draw_car(canvas, place, [], rollout.active_colour)

    def close(self) -> None:
        """Nobody searches any more."""
        if self._search is not None:
            self._search.close()
        self._search = None

    def _begin(self, rollout: LiveRollout) -> None:
        self.close()
        car = rollout.car
        self._track = car.track
        s_m = float(car.observation.lane.s_m[0])
        self._search = BasinSearch([rollout.driver], car.track, car.scene, s_m, _CONFIG)
