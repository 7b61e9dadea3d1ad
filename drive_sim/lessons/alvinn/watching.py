"""What ALVINN on the fly watches, and how it learns: as published, and with one thing or another changed.

Frames, weights, draws of motions and the order within a pass come from the same streams for all variants: only what is
named differs.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn.alvinn import ALONE, LATER, PUBLISHED, Config, FrameRound, train
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import Conditions
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks

METHODS = {
    "alvinn": PUBLISHED,
    "alvinn-alone": ALONE,
    "alvinn-oldest": replace(PUBLISHED, eviction="oldest"),
    "alvinn-smear": replace(PUBLISHED, fill="smear"),
    "alvinn-narrow": replace(PUBLISHED, max_shift_m=0.6),
    "alvinn-later": LATER,
}
LATER_FIELDS = {
    "4 hidden units instead of 5": ("num_hidden",),
    "the hill exp(−d²/10), found again by a fit": ("hill", "rule"),
    "shifts of at most 0.6 m instead of 1.25 m": ("max_shift_m",),
    "the target 2.5 s of travel ahead, 30 m, instead of 7 m": ("lookahead_s",),
    "no view whose way back is tighter than 20 m": ("least_radius_m",),
    "what leaves the buffer keeps its mean straight": ("eviction",),
}
"""What changed later, one by one."""
_LATER_BUT_NEAR = replace(LATER, lookahead_s=PUBLISHED.lookahead_s)
ONE_BY_ONE = {
    **{what: replace(PUBLISHED, **{of: getattr(LATER, of) for of in fields}) for what, fields in LATER_FIELDS.items()},
    "all of these, but the target 7 m ahead": _LATER_BUT_NEAR,
    "all of these, but 7 m ahead and shifts up to 1.25 m": replace(_LATER_BUT_NEAR, max_shift_m=PUBLISHED.max_shift_m),
}
BEND_VIEWS = {
    "±1.25 m, ±6°": PUBLISHED,
    "±0.3 m, ±3°": replace(PUBLISHED, max_shift_m=0.3, max_turn_rad=float(np.radians(3.0))),
    "no views: every frame alone, kept": ALONE,
}
"""What is learned from in a long bend: views as published, from nearer by, none."""
RULES = {
    "alike": "1991: what is most alike leaves",
    "straight": "later: the mean stays straight",
    "oldest": "no rule: the oldest leaves",
}
IN_BEND = {
    f"{views}; {RULES[rule]}": replace(config, eviction=rule)
    for views, config in BEND_VIEWS.items()
    for rule in (("alike",) if config is ALONE else RULES)
}
"""What is run in the bend. Of the frames alone the buffer holds every one, so no rule acts: they are run once."""
VARIANTS = {name: {name: config} for name, config in METHODS.items()} | {"one by one": ONE_BY_ONE, "bend": IN_BEND}
"""What each stage of the lesson learns with."""
_LEARNING, _IN_THE_BEND = 53, 59
"""Second words of seeds: the learners' (one for all, so that they draw alike) and the drive's through the bend."""


def watch(config: Config, demos: Demonstrations, seed: int, num_frames: int) -> Iterator[FrameRound]:
    """The rounds of a learner that watches so many frames."""
    rng = np.random.default_rng([seed, _LEARNING])
    return train(replace(config, num_frames=num_frames), ImitationTask(demos), rng)


def drive_frames(seed: int, conditions: Conditions, num_frames: int) -> Demonstrations:
    """What the expert shows on the demonstration road of a seed, through ALVINN's camera, long enough for the frames.

    A longer drive begins as a shorter one.
    """
    return demonstrate(seed, conditions, num_ticks=num_frames * PUBLISHED.ticks_per_frame, camera=ALVINN_CAMERA)


def drive_into_bend(
    seed: int, conditions: Conditions, num_before: int, num_in_bend: int, radius_m: float
) -> Demonstrations:
    """As many frames as `drive_frames` shows, and then others of a bend to the left that does not end."""
    _, scene = make_demonstration_world(seed, conditions=conditions)
    bend = Tracks.stack([make_circle(radius_m)])
    config = EnvConfig(ALVINN_CAMERA, conditions.vehicle, conditions.demonstration)
    env = DriveEnv(bend, Scenes.stack([scene]), config, np.random.default_rng([seed, _IN_THE_BEND]))
    num_ticks, rng = num_in_bend * PUBLISHED.ticks_per_frame, np.random.default_rng(seed)
    before = drive_frames(seed, conditions, num_before)
    return before + rollout.collect(env, PursuitExpert(bend), num_ticks, rng)
