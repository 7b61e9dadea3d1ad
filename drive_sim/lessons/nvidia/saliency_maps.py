"""Views of roads that nobody has seen, and maps of what counts in them: of a network, and of controls that know less.

    vbp                  VisualBackProp of the trained network
    gradient             how much each pixel changes the trained network's command
    vbp-untrained        VisualBackProp of the same network before it learned
    gradient-untrained   the same network's gradient then
    contrast             how much the picture itself changes there: no network at all
    usual                where markings usually lie, whatever the picture shows
    centre               the middle of the picture
    random               blobs of noise

All are smoothed alike, over 4 x 4 pixels.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter

from drive_sim.arrays import Images, Masks
from drive_sim.evaluate.saliency_scores import Maps
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import Conditions
from drive_sim.sim.markings import Markings
from drive_sim.sim.render import render
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import point_on_lane

if TYPE_CHECKING:
    from drive_sim.policies.neural import NeuralPolicy

MAPS = ("vbp", "gradient", "vbp-untrained", "gradient-untrained", "contrast", "usual", "centre", "random")
CONTROLS = MAPS[2:]
MOST_OFFSET_M, MOST_HEADING_RAD = 0.5, float(np.radians(3.0))
"""Views are from so far beside the lane and so far askew, at most: where a good driver is."""
_VIEWS = 71
"""First word of the views' seed: the same views for all networks."""
_NUM_USUAL = 200
_BLOB_PX = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """n pictures of roads, and which of their pixels are lines or edges."""

    images: Images
    truth: Masks


def make_views(suite_name: str, conditions: Conditions, num_views: int, num_roads: int) -> Views:
    """Views from anywhere on the first roads of a suite; each shows at least one marking."""
    suite = make_suite(suite_name, num_roads=num_roads, conditions=conditions)
    rng = np.random.default_rng([_VIEWS, num_views])
    road = rng.integers(num_roads, size=num_views)
    s_m = suite.tracks.length_m[road] * rng.random(num_views)
    poses = point_on_lane(suite.tracks, road, s_m, rng.uniform(-MOST_OFFSET_M, MOST_OFFSET_M, num_views))
    poses[:, 2] += rng.uniform(-MOST_HEADING_RAD, MOST_HEADING_RAD, num_views)
    images = render(suite.tracks, suite.scenes, Camera(), poses, road, road, noise_seed=int(rng.integers(2**31)))
    return Views(images, Markings.of(suite.tracks, suite.scenes).mask(Camera(), poses, road, road))


def maps_of(
    policy: "NeuralPolicy", untrained: "NeuralPolicy", views: Views, conditions: Conditions, rng: np.random.Generator
) -> dict[str, Maps]:
    """All MAPS (n, h, w) of some views. `conditions` says on which kind of road markings usually lie where."""
    from drive_sim.policies.saliency import gradient_saliency, visual_back_prop, without_grid  # noqa: PLC0415

    images, shape = views.images, views.images.shape[:3]
    _, height, width = shape
    row, column = np.mgrid[:height, :width]
    off_centre = ((column - (width - 1) / 2) / (width / 4)) ** 2 + ((row - (height - 1) / 2) / (height / 4)) ** 2
    grey = images.astype(np.float64).mean(axis=-1)
    usual = make_views("train", conditions, _NUM_USUAL, 10).truth.mean(axis=0)
    maps: dict[str, Maps] = {
        "vbp": visual_back_prop(policy, images),
        "gradient": gradient_saliency(policy, images),
        "vbp-untrained": visual_back_prop(untrained, images),
        "gradient-untrained": gradient_saliency(untrained, images),
        "contrast": np.hypot(*np.gradient(grey, axis=(1, 2))),
        "usual": np.broadcast_to(usual, shape),
        "centre": np.broadcast_to(np.exp(-off_centre), shape),
        "random": gaussian_filter(rng.standard_normal(shape), (0, _BLOB_PX, _BLOB_PX)),
    }
    return {name: without_grid(values) for name, values in maps.items()}
