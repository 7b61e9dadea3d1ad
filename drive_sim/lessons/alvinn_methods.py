"""ALVINN on the fly as it was published, the same with one thing changed, and what each of them learns from.

    alvinn          fifteen views of a frame, up to 1.25 m and 6 degrees away; a buffer of 200 with the rule of 1991
    alvinn-alone    no views: the buffer keeps every frame, once; as many patterns are shown a frame as it could hold,
                    in pass after pass, so that no fewer steps are taken than with views
    alvinn-oldest   no rule: first in, first out
    alvinn-smear    what a view shows beside the old picture is the picture's smeared edge, as ALVINN first had it
    alvinn-narrow   shifts of at most 0.6 m, as later
    alvinn-later    everything as later

Frames, weights, draws of motions and the order within a pass come from the same streams for all: only what is named
differs.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.lessons.thirty_seconds import demonstrate
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import Conditions
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks

if TYPE_CHECKING:
    from drive_sim.learn import alvinn

METHODS = ("alvinn", "alvinn-alone", "alvinn-oldest", "alvinn-smear", "alvinn-narrow", "alvinn-later")
_ALONE: dict[str, Any] = {"num_views": 1, "steps_per_frame": 200}
_CHANGES: dict[str, dict[str, Any]] = {
    "alvinn": {},
    "alvinn-alone": _ALONE,
    "alvinn-oldest": {"eviction": "oldest"},
    "alvinn-smear": {"fill": "smear"},
    "alvinn-narrow": {"max_shift_m": 0.6},
}
LATER_FIELDS: dict[str, tuple[str, ...]] = {
    "hidden": ("num_hidden",),
    "hill": ("hill", "rule"),
    "shift": ("max_shift_m",),
    "ahead": ("lookahead_s",),
    "radius": ("least_radius_m",),
    "rule": ("eviction",),
}
"""What changed later, one by one."""
ONE_BY_ONE: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in LATER_FIELDS},
    "all but ahead": tuple(name for name in LATER_FIELDS if name != "ahead"),
    "all but ahead and shift": tuple(name for name in LATER_FIELDS if name not in ("ahead", "shift")),
}
"""Which of the later changes are made to the settings of 1991."""
BEND_VIEWS: dict[str, dict[str, Any]] = {
    "wide": {},
    "narrow": {"max_shift_m": 0.3, "max_turn_rad": float(np.radians(3.0))},
    "alone": _ALONE,
}
"""What is learned from in a long bend: views as published, from nearer by, none."""
RULES = ("alike", "straight", "oldest")
BEND_CASES = tuple((views, rule) for views in BEND_VIEWS for rule in RULES if views != "alone" or rule == RULES[0])
"""What is run in the bend. Of the frames alone the buffer holds every one, so no rule acts: they are run once."""
_LEARNING, _IN_THE_BEND = 53, 59
"""Second words of seeds: the learners' (one for all, so that they draw alike) and the drive's through the bend."""


def settings(method: str) -> "alvinn.Config":
    """How one of METHODS learns. Raises KeyError for another."""
    from drive_sim.learn import alvinn  # noqa: PLC0415 - torch loads only where a network learns

    return alvinn.LATER if method == "alvinn-later" else replace(alvinn.PUBLISHED, **_CHANGES[method])


def settings_with(*later: str) -> "alvinn.Config":
    """The settings of 1991 with these of LATER_FIELDS as they were later."""
    from drive_sim.learn import alvinn  # noqa: PLC0415 - as above

    names = [field for name in later for field in LATER_FIELDS[name]]
    return replace(alvinn.PUBLISHED, **{name: getattr(alvinn.LATER, name) for name in names})


def settings_in_bend(views: str, rule: str) -> "alvinn.Config":
    """The settings of 1991 with one of BEND_VIEWS and one of RULES."""
    return replace(settings("alvinn"), **BEND_VIEWS[views], eviction=rule)


def learning_rng(seed: int) -> np.random.Generator:
    """The stream that every learner of this seed draws from."""
    return np.random.default_rng([seed, _LEARNING])


def drive_frames(seed: int, conditions: Conditions, num_frames: int) -> Demonstrations:
    """What the expert shows on the demonstration road of a seed, through ALVINN's camera, long enough for the frames.

    A longer drive begins as a shorter one.
    """
    from drive_sim.policies.alvinn import ALVINN_CAMERA  # noqa: PLC0415 - as above

    return demonstrate(
        seed, conditions, num_ticks=num_frames * settings("alvinn").ticks_per_frame, camera=ALVINN_CAMERA
    )


def drive_into_bend(
    seed: int, conditions: Conditions, num_before: int, num_in_bend: int, radius_m: float
) -> Demonstrations:
    """As many frames as `drive_frames` shows, and then others of a bend to the left that does not end."""
    before = drive_frames(seed, conditions, num_before)
    assert before.camera is not None
    _, scene = make_demonstration_world(seed, conditions=conditions)
    roads, config = (
        Tracks.stack([make_circle(radius_m)]),
        EnvConfig(before.camera, conditions.vehicle, conditions.demonstration),
    )
    env = DriveEnv(roads, Scenes.stack([scene]), config, np.random.default_rng([seed, _IN_THE_BEND]))
    num_ticks = num_in_bend * settings("alvinn").ticks_per_frame
    return before + rollout.collect(env, PursuitExpert(roads), num_ticks, np.random.default_rng(seed))
