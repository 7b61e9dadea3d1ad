"""Models that have learned nothing, for tests: quick to make, and it is known how they drive."""

from pathlib import Path

import numpy as np
import torch

from drive_sim.policies.alvinn import AlvinnPolicy, curvature_units, make_alvinn
from drive_sim.policies.model_folder import save_model
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera


def save_straight_driver(folder: Path, camera: Camera | None = None) -> Path:
    """A network that always steers straight on, and so leaves every bend."""
    torch.manual_seed(0)
    camera = camera or Camera()
    network = make_network("small", camera.height_px, camera.width_px)
    with torch.no_grad():
        for parameter in network.dense[-1].parameters():
            parameter.zero_()
    return save_model(folder, NeuralPolicy(network, "small", camera), {}, {})


def save_alvinn(folder: Path) -> Path:
    """One that has learned nothing yet."""
    network = make_alvinn(np.random.default_rng(0), 5, 30)
    return save_model(folder, AlvinnPolicy(network, curvature_units(30, 0.12), "centre-of-mass"), {}, {})
