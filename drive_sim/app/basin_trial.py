"""One drive from a pose that somebody chose: did it find back, by the same rule as the map's."""

from dataclasses import dataclass, field

import numpy as np

from drive_sim.app.hud import offset_words
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.evaluate.basin import BasinConfig
from drive_sim.evaluate.unaided import recovered
from drive_sim.sim.track import LanePose


@dataclass(slots=True)
class BasinTrial:
    """From the moment at which the car is put there; `found_back` is None as long as nobody knows."""

    config: BasinConfig
    offset_m: float
    heading_rad: float
    found_back: bool | None = None
    lanes: list[LanePose] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Where it began."""
        turned_deg = float(np.degrees(self.heading_rad))
        side = "left" if turned_deg > 0 else "right"
        turned = "along it" if abs(turned_deg) < 0.05 else f"{abs(turned_deg):.1f}° to the {side}"
        beside = "the lane" if abs(self.offset_m) < 0.05 else offset_words(self.offset_m)
        return f"From {beside}, {turned}"

    @property
    def verdict(self) -> str:
        """What has come of it."""
        seconds = (len(self.lanes) - 1) / 10.0
        if self.found_back is None:
            return f"{max(0.0, seconds):.0f} s of {self.config.num_ticks / 10.0:.0f} s"
        if self.found_back:
            return "It found back"
        off_road = bool(self.lanes[-1].edge_m[0] < 0.0)
        return f"Lost: off the road after {seconds:.1f} s" if off_road else "Lost: not back on its lane"

    def follow(self, rollout: LiveRollout) -> None:
        """A control tick begins."""
        if self.found_back is not None:
            return
        self.lanes.append(rollout.car.observation.lane)
        if self.lanes[-1].edge_m[0] < 0.0:
            self.found_back = False
        elif len(self.lanes) > self.config.num_ticks:
            self.found_back = bool(recovered(self.lanes, self.config.within_m)[0])
