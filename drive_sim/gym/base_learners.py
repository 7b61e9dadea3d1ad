"""The base learners that a task in other people's worlds may name: what is fitted to the labels.

    "flat"          rows of numbers, whatever is seen, by a small network of two hidden layers
    "pilotnet"      pictures, by the network of NVIDIA (2016); "nature-cnn" by that of Mnih et al. (2015),
                    "small" and "thumbnail" by such as need a sixth of the work, or read pictures of 19x25

Each minimises the squared error of actions that are numbers, and the cross-entropy of actions that are chosen, of which
the policy then does the likeliest.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from gymnasium import spaces

from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError, one_of
from drive_sim.gym.spaces import Spaces, is_picture
from drive_sim.learn import classification, convolutional, regression
from drive_sim.policies.base import Actions, Actor
from drive_sim.policies.pixel_network import PIXEL_NETWORKS, check_readable
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.stochastic import Greedy

FlatPolicy = Actor[FlatObservation, Actions]
BaseLearner = Callable[[Transitions, np.random.Generator], FlatPolicy]
FITS = ("flat", *PIXEL_NETWORKS)


def base_learner(fit: str | BaseLearner, seen: Spaces) -> BaseLearner:
    """The base learner of that name; a callable is one itself.

    Raises InputError for an unknown name, and where pictures are to be read and none are seen.
    """
    if not isinstance(fit, str):
        return fit
    if one_of("fit", fit, FITS) == "flat":
        return fit_flat
    check_picture(fit, seen)
    return partial(convolutional.fit, convolutional.Config(fit))


def fit_flat(data: Transitions, rng: np.random.Generator) -> FlatPolicy:
    """By regression, or by classification where an action is chosen: the index of an action is no amount."""
    if data.num_actions is None:
        return regression.fit(regression.Config(), data, rng)
    return Greedy(classification.fit(regression.Config(), data, rng))


def check_picture(fit: str, seen: Spaces) -> None:
    """Raise InputError, saying how to wrap the environment, where a network of that name cannot read what is seen."""
    observation = seen.observation
    if not is_picture(observation):
        raise InputError(f"{seen.where}: fit={fit!r} reads one picture of bytes, and {_remedy(observation)}")
    try:
        check_readable(fit, observation.shape or ())
    except InputError as error:
        raise InputError(f"{seen.where}: {error}") from None


def _remedy(observation: spaces.Space) -> str:
    wrappers = "gymnasium.wrappers"
    if isinstance(observation, spaces.Dict):
        name = next((name for name, part in observation.spaces.items() if is_picture(part)), None)
        if name is not None:
            only = f"TransformObservation(env, lambda seen: seen[{name!r}], env.observation_space[{name!r}])"
            return f"it is {name!r} of several things seen; give it alone: {wrappers}.{only}"
    if isinstance(observation, spaces.Box) and len(observation.shape) in (2, 3, 4) and observation.dtype != np.uint8:
        to_bytes = "RescaleObservation(env, 0, 255), then DtypeObservation(env, np.uint8)"
        return f"{observation.dtype} are seen; make bytes of them: {wrappers}.{to_bytes}"
    return f"{observation} is seen; use fit='flat', or show a picture: {wrappers}.AddRenderObservation(env)"
