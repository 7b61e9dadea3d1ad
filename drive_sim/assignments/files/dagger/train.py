"""Trains a small network with your dagger.py, on roads with an expert beside: python train.py [FOLDER]."""

import sys
from pathlib import Path

import dagger
import numpy as np

from drive_sim.assignments.road_course import make_road_task
from drive_sim.policies.model_folder import save_model

CONFIG = dagger.Config(num_rounds=6, ticks_per_round=150, growth=1.3)
"""150 pictures in the first round and in the second, then 1.3 times as many in each."""

NUM_STEPS = 300
"""Of gradient descent, for each fit of the network."""


def train(folder: Path, seed: int) -> None:
    """Run all rounds, and write the last policy's model as a new folder."""
    metrics = {}
    policy = None
    for latest in dagger.train(CONFIG, make_road_task(NUM_STEPS), np.random.default_rng(seed)):
        policy, metrics = latest.policy, latest.metrics
        print(f"round {metrics['round']}: {metrics['num_labels']} pictures are labelled", flush=True)
    save_model(folder, policy, CONFIG, metrics | {"seed": seed})
    print(f"the model is in {folder}; see it drive: python -m drive_sim watch {folder}")


if __name__ == "__main__":
    wanted = Path(sys.argv[1] if len(sys.argv) > 1 else "model")
    if wanted.exists():
        sys.exit(f"{wanted} is there and nothing is overwritten; name another folder: python train.py FOLDER")
    try:
        train(wanted, seed=0)
    except NotImplementedError as missing:
        sys.exit(f"not written yet: {missing}; run python -m pytest first")
