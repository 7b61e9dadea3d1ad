"""The recipes of the lesson on any road: all ingredients, all but one, and none."""

from dataclasses import dataclass, replace

import numpy as np

from drive_sim.sim.camera import Camera
from drive_sim.sim.domain_randomisation import Range, RoadDistribution


@dataclass(frozen=True, slots=True)
class Recipe:
    """The ingredients: the view in degrees, what roads are drawn from, how far views are shifted, who drives.

    `shift_m` of 0: nothing is shifted or turned. `num_rounds` of 1 is cloning of the kicked expert, of more DAgger; the
    labels and the steps are the same in all. Without `all_speeds` every car keeps cruising speed.
    """

    view_deg: float = 115.0
    width_m: Range = (3.0, 18.0)
    radius_m: Range = (8.0, 400.0)
    changing_share: float = 0.3
    flaring_share: float = 0.3
    loop_share: float = 0.2
    shift_m: float = 1.0
    num_rounds: int = 3
    all_speeds: bool = True

    @property
    def camera(self) -> Camera:
        """The car's camera with this view from side to side."""
        camera = Camera()
        return replace(camera, focal_px=0.5 * camera.width_px / np.tan(np.radians(0.5 * self.view_deg)).item())

    @property
    def roads(self) -> RoadDistribution:
        """What the roads are drawn from that are learned from; without loops none crosses itself."""
        return RoadDistribution(
            width_m=self.width_m,
            radius_m=self.radius_m,
            changing_share=self.changing_share,
            flaring_share=self.flaring_share,
            two_lane_share=0.0,
            may_cross=self.loop_share > 0.0,
            loop_share=self.loop_share,
        )


_ONE_WIDTH = {"width_m": (4.4, 4.4), "changing_share": 0.0, "flaring_share": 0.0}
_GENTLE = (33.0, 400.0)
ARMS = {
    "any-road": Recipe(),
    "view-84": Recipe(view_deg=84.0),
    "view-130": Recipe(view_deg=130.0),
    "narrow-roads": Recipe(**_ONE_WIDTH),
    "no-flares": Recipe(flaring_share=0.0, changing_share=0.0),
    "gentle-bends": Recipe(radius_m=_GENTLE),
    "no-crossings": Recipe(loop_share=0.0),
    "no-shift": Recipe(shift_m=0.0),
    "shift-2": Recipe(shift_m=2.0),
    "cloned": Recipe(num_rounds=1),
    "one-speed": Recipe(all_speeds=False),
    "first-drive": Recipe(84.0, **_ONE_WIDTH, radius_m=_GENTLE, loop_share=0.0, num_rounds=1, all_speeds=False),
}
DRIVERS = ("expert", *ARMS)
