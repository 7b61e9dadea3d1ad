"""Experts in other people's worlds: any callable that answers with an action, and how it is asked.

    expert(env)                                  reads whatever stands in `env.unwrapped`
    expert(env, observation)                     is shown what the learner is shown, as the environment gave it
    expert(env, observation, episode_start)      is told as well whether an episode began just now, as those must be
                                                 that remember something (an integral, a plan, a recurrent state)

How many it takes is read off its signature: its positional arguments without a default. It is asked once a step,
whoever acts. Of a vectorised environment it answers for all n; `observation` is then theirs, `episode_start` a mask.
"""

import inspect
from collections.abc import Callable
from typing import Any

from drive_sim.errors import InputError

Expert = Callable[..., Any]
Ask = Callable[[Any, Any, Any], Any]
"""Asks an expert: an environment as it stands, what is seen in it, and whether an episode begins there."""
_ARGUMENTS = ("env", "observation", "episode_start")
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def asking(where: str, expert: Expert) -> Ask:
    """How an expert is asked. Raises InputError, naming the world, where it takes other arguments than those."""
    num = num_arguments(where, expert)
    return lambda *said: expert(*said[:num])


def num_arguments(where: str, expert: Expert) -> int:
    """How many of (env, observation, episode_start) an expert takes. Raises InputError where these are none of its."""
    wanted = (
        f"{where}: an expert is a callable: expert(env), expert(env, observation) or expert({', '.join(_ARGUMENTS)})"
    )
    if not callable(expert):
        raise InputError(f"{wanted}, and a {type(expert).__name__} was given")
    try:
        parameters = list(inspect.signature(expert).parameters.values())
    except (TypeError, ValueError):
        raise InputError(f"{wanted}; this one does not tell what it takes: put it into a function") from None
    if any(p.kind == inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return len(_ARGUMENTS)
    required = [p for p in parameters if p.default is inspect.Parameter.empty]
    num = sum(p.kind in _POSITIONAL for p in required)
    named = [p.name for p in required if p.kind == inspect.Parameter.KEYWORD_ONLY]
    # A class that was not made yet takes what its instances are made of.
    if not 1 <= num <= len(_ARGUMENTS) or named or inspect.isclass(expert):
        raise InputError(f"{wanted}, and this one is {_shown(expert)}")
    return num


def _shown(expert: Expert) -> str:
    name = getattr(expert, "__name__", type(expert).__name__)
    return f"{'the class ' if inspect.isclass(expert) else ''}{name}{inspect.signature(expert)}"
