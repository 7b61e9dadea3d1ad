"""A training that has failed says so: a loss that is no number stops it, and names the step."""

from collections.abc import Sequence

import numpy as np

from drive_sim.errors import InputError


class DivergedError(InputError):
    """The loss is no number any more; rounds that came before are as good as they were."""


def check_losses(losses: Sequence[float], first_step: int) -> None:
    """Raise DivergedError at the first loss, those of `first_step` and the steps after it, that is not finite."""
    known = np.isfinite(losses)
    if not known.all():
        at = int(np.argmin(known))
        raise DivergedError(
            f"the loss of training step {first_step + at} is {losses[at]:g}: look for commands that nobody drove, "
            "or, in Python, give the learner's Config a lower learning_rate"
        )
