"""CarRacing-v3 of Gymnasium, ready for our learners: what a driver sees of the road, at a driver's rate.

    env = make_env()
    task = make_task(UntilLost(env), PursuitExpert(), fit, keep_pictures=True)        `car_racing_expert`

Box2D, in which it is driven, is no dependency of ours: `pip install box2d`; the pygame that we have does.
"""

from dataclasses import replace
from typing import Annotated, Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.wrappers import FrameStackObservation, RepeatAction, TransformObservation

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.gym.base_learners import FlatPolicy
from drive_sim.gym.spaces import AnyEnv
from drive_sim.learn import convolutional

SIDE_PX, ROAD_PX, BAR_PX = 84, 76, 12
"""What is shown of the 96x96 pixels: 84 columns, as every convolution of "small" and "nature-cnn" reads to the edge, 76
rows of road, to just behind the car, and 8 of speed. The lowest 12 of CarRacing are its bar: score and gauges."""
GAUGE_COLUMNS, SHADE_PER_HEIGHT = slice(12, 14), 75.0
"""Where the bar shows the speed, and the shade for each pixel of its height, which is 21 m/s."""
LOST_STEPS = 5
"""So many steps without any wheel on the road, 0.3 s where an action is kept for 3, are no cut corner."""
MIRRORED_ACTION, NUM_EPOCHS = np.array([-1.0, 1.0, 1.0]), 15.0
"""What a mirrored picture turns an action by, and how often each picture is read."""
Picture = Annotated[npt.NDArray[np.uint8], "h w 3"]
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


class UntilLost(gymnasium.Wrapper[Any, Any, Any, Any]):
    """An episode ends, too, where no wheel has touched the road for `LOST_STEPS` steps: for learning, not for scores.

    A clone that is lost in the grass stays there, and labels of it teach nothing about the road.
    """

    _steps_off = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode, on the road."""
        self._steps_off = 0
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """The same step, the last one where the road is lost."""
        seen, reward, terminated, truncated, info = self.env.step(action)
        world: Any = self.env.unwrapped
        self._steps_off = 0 if any(wheel.tiles for wheel in world.car.wheels) else self._steps_off + 1
        return seen, reward, terminated, truncated or self._steps_off >= LOST_STEPS, info


def make_env(*, action_repeat: int = 3, num_frames: int = 1, **settings: Any) -> AnyEnv:
    """CarRacing-v3 without its zoom, each action kept for `action_repeat` of its 50 steps a second.

    Pictures are 84x84 RGB, the bar below turned into one shade, the speed (`with_speed`), which of a single picture
    of the road nobody can tell; `num_frames` above 1 gives so many on end. Kept for 3 steps, 2,400 labels are eight
    laps. Actions stay steering in [-1, 1], right positive, gas and brake in [0, 1]; the reward, its own, is summed.
    `settings` are CarRacing's (`render_mode`, `domain_randomize`). Raises InputError where Box2D is missing.
    """
    try:
        env: AnyEnv = gymnasium.make("CarRacing-v3", **settings)
    except gymnasium.error.DependencyNotInstalled:
        raise InputError("CarRacing-v3 is driven in Box2D, which is not installed; pip install box2d") from None
    env = TransformObservation(ZoomedIn(env), with_speed, spaces.Box(0, 255, (SIDE_PX, SIDE_PX, 3), np.uint8))
    env = RepeatAction(env, action_repeat)
    return env if num_frames == 1 else FrameStackObservation(env, num_frames)


def with_speed(picture: Picture) -> Picture:
    """The road (84, 84, 3) of a picture (96, 96, 3), over rows of one grey: the height of the bar's gauge of speed.

    The gauge is two columns wide, which a network with few labels overlooks. Score and other gauges are left out.
    """
    height_px = picture[-BAR_PX:, GAUGE_COLUMNS].mean(axis=(1, 2)).sum() / 255.0
    shown = np.full((SIDE_PX, SIDE_PX, 3), min(255, round(SHADE_PER_HEIGHT * height_px)), np.uint8)
    margin = (picture.shape[1] - SIDE_PX) // 2
    shown[:ROAD_PX] = picture[:ROAD_PX, margin : margin + SIDE_PX]
    return shown


def fit(data: Transitions, rng: np.random.Generator) -> FlatPolicy:
    """The base learner of this world: the network "small" from labels and their mirror images, left for right.

    A mirrored picture is one of a mirrored track, on which the wheel turns the other way, gas and brake as before.
    """
    mirrored = replace(data, observation=data.observation[..., ::-1, :], action=data.action * MIRRORED_ACTION)
    return convolutional.fit(convolutional.Config("small", num_epochs=NUM_EPOCHS), data + mirrored, rng)
