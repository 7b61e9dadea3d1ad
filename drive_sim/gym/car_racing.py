"""CarRacing-v3 of Gymnasium, ready for our learners: what a driver sees of the road, at a driver's rate.

    env = make_env()
    task = make_task(env, PursuitExpert(), "pilotnet")                `car_racing_expert`

Box2D, in which it is driven, is no dependency of ours: `pip install box2d`; the pygame that we have does.
"""

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.wrappers import FrameStackObservation, RepeatAction, TransformObservation

from drive_sim.errors import InputError
from drive_sim.gym.spaces import AnyEnv

PICTURE_PX, BAR_PX = 96, 12
"""The lowest rows of its 96x96 pictures are no road: the score, and bars for speed, wheels and steering."""
ZOOM_S = 1.0
"""So long the camera draws near when an episode begins."""


class ZoomedIn(gymnasium.Wrapper[Any, Any, Any, Any]):
    """An episode begins with the camera where it will stay. No time passes, and nothing is earned or lost."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode, and look again once the camera's clock is put to where it has arrived."""
        _, info = self.env.reset(seed=seed, options=options)
        world: Any = self.env.unwrapped
        world.t = ZOOM_S
        # As its own reset looks: a step without an action, of a car that stands.
        return world.step(None)[0], info


def make_env(*, action_repeat: int = 2, num_frames: int = 2, **settings: Any) -> AnyEnv:
    """CarRacing-v3 without its bar and zoom, each action kept for `action_repeat` of its 50 steps a second.

    Pictures are 84x96 RGB, `num_frames` of them on end (one alone without a frame axis): of one nobody can tell the
    speed. Actions stay steering in [-1, 1], right positive, gas and brake in [0, 1]; the reward, its own, is summed.
    `settings` are CarRacing's (`render_mode`, `domain_randomize`). Raises InputError where Box2D is missing.
    """
    try:
        env: AnyEnv = gymnasium.make("CarRacing-v3", **settings)
    except gymnasium.error.DependencyNotInstalled:
        raise InputError("CarRacing-v3 is driven in Box2D, which is not installed; pip install box2d") from None
    road = spaces.Box(0, 255, (PICTURE_PX - BAR_PX, PICTURE_PX, 3), np.uint8)
    env = TransformObservation(ZoomedIn(env), lambda picture: picture[:-BAR_PX], road)
    env = RepeatAction(env, action_repeat)
    return env if num_frames == 1 else FrameStackObservation(env, num_frames)
