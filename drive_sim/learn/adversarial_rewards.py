"""What a step earns by a discriminator (Ho and Ermon 2016): all that is asked of it is to fall with C (see `gail.py`).

    survival   -log C                never negative: to go on pays whatever C says, so it suits tasks of staying alive
    penalty    log(1 - C)            never positive: to end pays, so it suits tasks of getting somewhere
    logit      log((1 - C) / C)      their sum: either sign, 0 at C = 1/2

Its sign decides what an end is worth. -log C is what theta's side of the objective says by itself. Each can be flipped,
to see what the wrong sign learns.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import softplus

from drive_sim.data.transitions import PerStep

REWARDS: dict[str, Callable[[Tensor], Tensor]] = {
    "survival": lambda z: softplus(-z),
    "penalty": lambda z: -softplus(z),
    "logit": lambda z: -z,
    "flipped-survival": lambda z: -softplus(-z),
    "flipped-penalty": softplus,
    "flipped-logit": lambda z: z,
}
"""Of the discriminator's logit z = log(C / (1 - C)), so that nothing is lost where C is nearly 0 or 1."""


def rewards(name: str, z: Tensor) -> PerStep:
    """What each step earns (n,), by a name of REWARDS, from its logit z (n,)."""
    with torch.no_grad():
        return REWARDS[name](z).numpy()
