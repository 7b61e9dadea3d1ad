"""ALVINN on the fly: a network learns to steer in minutes, by watching who drives (Pomerleau 1991, NIPS 3).

    for each frame, while a person drives:
        x, k_p <- what the camera sees, and the curvature that the person steers
        make 14 more views of x, shifted by s ~ U(-1.25 m, 1.25 m) and turned by t ~ U(-6 deg, 6 deg)
        label each with the curvature that still leads to where the person is going, l ahead:
            d_p = l^2 k_p / (1 + sqrt(1 - k_p^2 l^2))
            d   = cos(t) (d_p - s - l tan(t))               s and t are the car's, to the left
            k   = 2 d / (l^2 + d^2)
        put the fifteen into a buffer of 200; each takes the place of the pattern whose k is most like its own
        one pass of back-propagation over the buffer, a step after every pattern:
            h = f(W1 x + b1),  o = f(W2 h + b2),  f(a) = 1 / (1 + exp(-a))
            delta_o = (o - hill(k)) o (1 - o),  delta_h = (W2^T delta_o) h (1 - h)
            W2 <- W2 - eta delta_o h^T,  b2 <- b2 - eta delta_o,  W1 <- W1 - eta delta_h x^T,  b1 <- b1 - eta delta_h

A person keeps to the road, so the frames alone never show the way back to it: the shifted and turned views do. And a
person drives straight on for minutes, so a network that sees only the latest views forgets how to turn: the buffer
keeps what has become rare.

`PUBLISHED` are the settings of 1991, `LATER` those of the years after: 4 hidden units; hills exp(-d^2 / 10), found
again by a fit; shifts of at most 0.6 m; the target two to three seconds of travel ahead; no view whose way back is
tighter than 20 m; and what leaves the buffer is what keeps its mean steering straight. In both, what a view shows
beside the old picture is found straight ahead of it (also later; at first the picture's edge was smeared, and the
smear became the cue). eta, no momentum, and the units' range are ours; l = 7 m is that of 1989.
"""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from drive_sim.arrays import CarIndex, Images, PerCar
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.label_law import is_drivable, pomerleau_curvature
from drive_sim.data.shift_and_rotate import arc_length_of_travel
from drive_sim.data.warp import Fill, shift_rotate
from drive_sim.errors import InputError
from drive_sim.learn.alvinn_buffer import EVICTIONS, Patterns
from drive_sim.learn.back_propagation import back_propagate
from drive_sim.learn.base import ImitationTask, Need, Round
from drive_sim.learn.divergence import check_losses
from drive_sim.policies.alvinn import (
    AlvinnPolicy,
    curvature_units,
    hill,
    make_alvinn,
    retina,
)
from drive_sim.sim.camera import Camera

NEEDS: tuple[Need, ...] = ("demonstrations",)
MAX_CURVATURE_PER_M = 0.12
"""Of the outermost units: the tightest that our car can turn."""


@dataclass(frozen=True, slots=True)
class Config:
    """A frame every `ticks_per_frame` rows of the demonstrations, `num_frames` in all, and a pass after each.

    `lookahead_m` is the l of the labels, unless `lookahead_s` says how many seconds of travel it is. Views whose label
    is tighter than `least_radius_m` are dropped. `eviction` is one of EVICTIONS. With `steps_per_frame` so many
    patterns are shown after each frame, in as many passes as it takes, the last one cut short. `rule` finds the
    steering in the hill, see `AlvinnPolicy`.
    """

    num_frames: int = 50
    ticks_per_frame: int = 9
    num_hidden: int = 5
    num_units: int = 30
    hill: str = "published"
    rule: str = "centre-of-mass"
    num_views: int = 15
    max_shift_m: float = 1.25
    max_turn_rad: float = float(np.radians(6.0))
    lookahead_m: float = 7.0
    lookahead_s: float | None = None
    least_radius_m: float = 0.0
    fill: Fill = "heading"
    buffer_size: int = 200
    eviction: str = "alike"
    steps_per_frame: int | None = None
    learning_rate: float = 0.1

    def __post_init__(self) -> None:
        for name in ("num_frames", "ticks_per_frame", "num_views", "lookahead_m", "learning_rate"):
            if not getattr(self, name) > 0:
                raise InputError(f"alvinn: {name} must be positive, got {getattr(self, name)}")
        if self.steps_per_frame is not None and not self.steps_per_frame > 0:
            raise InputError(f"alvinn: steps_per_frame must be positive, or None, got {self.steps_per_frame}")
        if self.buffer_size < self.num_views:
            raise InputError(
                f"alvinn: a buffer of {self.buffer_size} does not hold the {self.num_views} views of a frame"
            )
        if self.eviction not in EVICTIONS:
            raise InputError(f"alvinn: eviction {self.eviction!r} is unknown; use one of {', '.join(EVICTIONS)}")


PUBLISHED = Config()
LATER = Config(
    num_hidden=4,
    hill="gaussian",
    rule="gaussian",
    max_shift_m=0.6,
    lookahead_s=2.5,
    least_radius_m=20.0,
    eviction="straight",
)
ALONE = replace(PUBLISHED, num_views=1, steps_per_frame=200)
"""No views: the buffer keeps every frame, once, and as many patterns are shown a frame as it could hold."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameRound(Round[AlvinnPolicy]):
    """A round on the fly: one frame more, and the buffer as it is now."""

    buffer: Patterns = field(kw_only=True)


class Learner:
    """One that learns on the fly, a frame at a time; `network` and `buffer` are as the last cycle has left them.

    Weights, motions and the order within a pass are drawn from three streams, so that two learners which differ in one
    of them share the others.
    """

    def __init__(self, config: Config, camera: Camera, rng: np.random.Generator) -> None:
        weights_rng, self._motion_rng, self._order_rng = rng.spawn(3)
        size_px = camera.height_px, camera.width_px
        self.config, self.camera, self.num_frames = config, camera, 0
        self.units = curvature_units(config.num_units, MAX_CURVATURE_PER_M)
        self.network = make_alvinn(weights_rng, config.num_hidden, config.num_units, *size_px)
        self.buffer = Patterns(np.empty((0, size_px[0] * size_px[1]), np.float32), np.empty(0), np.empty(0, np.int64))

    def cycle(self, frame: Demonstrations) -> float:
        """Learn from a frame (of one row): its views go into the buffer, which is shown once.

        Returns the mean squared error of an output unit. Raises DivergedError where that is no number.
        """
        images, curvature_per_m = views_of(self.config, frame, self._motion_rng)
        new = Patterns(retina(images), curvature_per_m, np.full(len(images), self.num_frames))
        self.buffer = self.buffer.put(new, self.config.buffer_size, self.config.eviction)
        order = order_of_showing(len(self.buffer), self.config.steps_per_frame, self._order_rng)
        targets = hill(self.buffer.curvature_per_m, self.units, self.config.hill)
        loss = back_propagate(self.network, self.buffer.inputs[order], targets[order], self.config.learning_rate)
        self.num_frames += 1
        check_losses([loss], self.num_frames)
        return loss

    @property
    def policy(self) -> AlvinnPolicy:
        """What drives by the network as it is now; later cycles change it."""
        return AlvinnPolicy(self.network, self.units, self.config.rule, self.camera)


def train(config: Config, task: ImitationTask[Demonstrations, Any], rng: np.random.Generator) -> Iterator[FrameRound]:
    """Learn from demonstrations as they are driven, a Round a frame.

    Raises InputError without a camera, and where there are fewer frames than asked for.
    """
    demos = task.require("alvinn", NEEDS).demonstrations
    frames, camera = frames_of(config, demos)
    learner = Learner(config, camera, rng)
    for i in range(config.num_frames):
        start_s = time.process_time()
        loss = learner.cycle(frames.rows(slice(i, i + 1)))
        policy = copy.deepcopy(learner.policy)
        metrics = {"step": i + 1, "num_steps": config.num_frames, "num_labels": i + 1, "num_views": len(learner.buffer)}
        metrics |= {"loss": loss, "cpu_s": time.process_time() - start_s}
        yield FrameRound(i, policy, metrics, buffer=learner.buffer)


def frames_of(config: Config, demos: Demonstrations) -> tuple[Demonstrations, Camera]:
    """The frames that are digitised, and their camera. Raises InputError where there are too few, or it is unknown."""
    frames = demos.rows(slice(None, None, config.ticks_per_frame))
    if demos.camera is None:
        raise InputError(f"{demos.where}: its camera is not known; give it, or fit it with `calibrate`")
    if len(frames) < config.num_frames:
        ticks = (config.num_frames - 1) * config.ticks_per_frame + 1
        raise InputError(f"{demos.where}: {len(demos)} rows, but {config.num_frames} frames take {ticks}; drive longer")
    return frames, demos.camera


def views_of(config: Config, frame: Demonstrations, rng: np.random.Generator) -> tuple[Images, PerCar]:
    """A frame (of one row) and its shifted and turned views (n, h, w, 3), with what to steer in each (n,).

    The frame itself comes first, its label as it was driven. Raises InputError for a look-ahead in seconds where the
    speed is not known.
    """
    assert frame.camera is not None
    shift, turn = rng.uniform(-1.0, 1.0, (2, config.num_views - 1))
    shift_m, turn_rad = np.append(0.0, config.max_shift_m * shift), np.append(0.0, config.max_turn_rad * turn)
    driven_per_m = float(frame.curvature_per_m[0])
    way_back_per_m = pomerleau_curvature(driven_per_m, shift_m, turn_rad, _lookahead_m(config, frame))
    label_per_m = np.where((shift_m != 0.0) | (turn_rad != 0.0), way_back_per_m, driven_per_m)
    kept = is_drivable(label_per_m, config.least_radius_m)
    kept[0] = True  # a person has driven it
    shift_m, turn_rad = shift_m[kept], turn_rad[kept]
    images = np.repeat(frame.images, len(shift_m), axis=0)
    return shift_rotate(images, frame.camera, shift_m, turn_rad, fill=config.fill), label_per_m[kept]


def order_of_showing(num_patterns: int, num_steps: int | None, rng: np.random.Generator) -> CarIndex:
    """Which pattern each step shows (n,): all of them once; with `num_steps` pass after pass, each in a new order."""
    num_steps = num_patterns if num_steps is None else num_steps
    num_passes = -(-num_steps // num_patterns)
    return np.concatenate([rng.permutation(num_patterns) for _ in range(num_passes)])[:num_steps]


def _lookahead_m(config: Config, frame: Demonstrations) -> float:
    if config.lookahead_s is None:
        return config.lookahead_m
    if not np.isfinite(frame.speed_mps[0]):
        raise InputError(f"{frame.where}: its speeds are not known; set lookahead_m instead of lookahead_s")
    return float(arc_length_of_travel(frame.speed_mps, config.lookahead_s, at_least_m=config.lookahead_m)[0])
