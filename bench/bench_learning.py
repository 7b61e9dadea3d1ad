"""Speed of learning on one core: the loop with the augmenter beside the loop without, and networks at work."""

import time
from dataclasses import replace
from statistics import median

import numpy as np
import torch

from drive_sim.arrays import Images
from drive_sim.data.augment import ShiftRotate
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.frame_stack import for_frames
from drive_sim.learn import bc
from drive_sim.policies.compute import has_bf16, prepare_device
from drive_sim.policies.frames import num_frames_of
from drive_sim.policies.networks import NETWORKS
from drive_sim.sim.camera import Camera

NUM_BLOCKS, STEPS_PER_BLOCK = 15, 6
BATCH_SIZES = (1, 20, 64)
PRECISIONS = ("fp32", "bf16") if has_bf16(prepare_device("cpu")) else ("fp32",)


def main() -> list[dict[str, object]]:
    torch.set_num_threads(1)
    noise = _noise(300)
    rows = []
    for network in NETWORKS:
        demos = for_frames(noise, num_frames_of(network))
        for precision in PRECISIONS:
            config = bc.Config(network=network, precision=precision, device="cpu")
            rows += _training(config, demos) + _inference(config, demos)
    return rows


def _noise(n: int) -> Demonstrations:
    rng = np.random.default_rng(0)
    images: Images = rng.integers(0, 256, (n, 66, 200, 3), dtype=np.uint8)
    return Demonstrations(images, rng.normal(0.0, 0.02, n), np.full(n, 12.0), camera=Camera())


def _training(config: bc.Config, demos: Demonstrations) -> list[dict[str, object]]:
    """Frames a second without any augmenter and with it, in turns, so that a busy machine slows both."""
    bare = replace(config, shift_rotate=None, photometric=None)
    loops = {"bare": _Loop(bare, demos), "augmented": _Loop(replace(config, shift_rotate=ShiftRotate()), demos)}
    times_s = {name: [] for name in loops}
    for block in range(-1, NUM_BLOCKS):  # the first one warms up, and compiles
        for name, loop in loops.items():
            block_s = loop.block_s()
            times_s[name] += [block_s] if block >= 0 else []
    frames = STEPS_PER_BLOCK * config.batch_size
    what = f"{config.network} {config.precision}: train"
    share = median(a / b for a, b in zip(times_s["bare"], times_s["augmented"], strict=True))
    return [
        {"what": what, "median": frames / median(times_s["bare"]), "unit": "frames/s", "bar": None},
        {
            "what": f"{what}, augmented",
            "median": frames / median(times_s["augmented"]),
            "unit": "frames/s",
            "bar": None,
        },
        {"what": f"{what}, augmented / not", "median": 100.0 * share, "unit": "%", "bar": 85},
    ]


class _Loop:
    """A training loop that can be run a block of steps at a time."""

    def __init__(self, config: bc.Config, demos: Demonstrations) -> None:
        weights_rng, *batch_rngs = np.random.default_rng(0).spawn(4)
        self._policy = bc.make_policy(config, demos, weights_rng)
        self._optimiser = bc.make_optimiser(config, self._policy)
        self._batches = bc.minibatches(replace(config, num_steps=10**9), demos, *batch_rngs)

    def block_s(self) -> float:
        start_s = time.perf_counter()
        for _ in range(STEPS_PER_BLOCK):
            bc.descend(self._policy, self._optimiser, next(self._batches))
        return time.perf_counter() - start_s


def _inference(config: bc.Config, demos: Demonstrations) -> list[dict[str, object]]:
    policy = bc.make_policy(config, demos, np.random.default_rng(0))
    rows = []
    for n in BATCH_SIZES:
        images = demos.images[:n]
        times_s = []
        for _ in range(5 + max(10, 200 // n)):
            start_s = time.perf_counter()
            policy.predict(images)
            times_s.append(time.perf_counter() - start_s)
        what = f"{config.network} {config.precision}: drive, batches of {n}"
        rows.append({"what": what, "median": n / median(times_s[5:]), "unit": "frames/s", "bar": None})
    return rows
