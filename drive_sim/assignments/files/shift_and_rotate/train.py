"""Trains a small network on thirty seconds of the expert, seen from places nobody drove: python train.py [FOLDER]."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import shift_and_rotate

from drive_sim.assignments.moved_pictures import moved
from drive_sim.assignments.road_course import cloned, thirty_seconds
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.policies.model_folder import save_model

MAX_SHIFT_M, MAX_TURN_RAD = 1.5, np.radians(8.0)
NUM_VIEWS = 6
"""Of each picture."""
NUM_STEPS = 600
"""Of gradient descent."""
ARC_LENGTH_M = 9.0


def moved_views(demos: Demonstrations, rng: np.random.Generator) -> Demonstrations:
    """Every picture once from another place, with what your law says is to be steered there."""
    shift_m = rng.uniform(-MAX_SHIFT_M, MAX_SHIFT_M, len(demos))
    turn_rad = rng.uniform(-MAX_TURN_RAD, MAX_TURN_RAD, len(demos))
    pictures, _ = moved(demos.images, demos.camera, shift_and_rotate.source_homographies, shift_m, turn_rad)
    label = shift_and_rotate.corrected_curvature(demos.curvature_per_m, shift_m, turn_rad, ARC_LENGTH_M)
    return replace(demos, images=pictures, curvature_per_m=label)


def train(folder: Path, seed: int) -> None:
    """Learn from the drive and from its moved views, and write the model as a new folder."""
    rng = np.random.default_rng(seed)
    demos = thirty_seconds(seed)
    seen = demos
    for _ in range(NUM_VIEWS):
        seen = seen + moved_views(demos, rng)
    print(f"{len(demos)} pictures were driven; the network learns from {len(seen)}", flush=True)
    policy = cloned(seen, rng, NUM_STEPS)
    save_model(folder, policy, {"num_views": NUM_VIEWS}, {"seed": seed})
    print(f"the model is in {folder}; see it drive: python -m drive_sim watch {folder}")


if __name__ == "__main__":
    wanted = Path(sys.argv[1] if len(sys.argv) > 1 else "model")
    if wanted.exists():
        sys.exit(f"{wanted} is there and nothing is overwritten; name another folder: python train.py FOLDER")
    try:
        train(wanted, seed=0)
    except NotImplementedError as missing:
        sys.exit(f"not written yet: {missing}; run python -m pytest first")
