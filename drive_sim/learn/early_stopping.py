"""Early stopping: learning ends where what is held out is predicted no better any more (Prechelt 1998)."""

from collections.abc import Iterator

from drive_sim.learn.base import PolicyT, Round, better_round


def until_no_better(rounds: Iterator[Round[PolicyT]], patience: int) -> Iterator[Round[PolicyT]]:
    """The rounds until `patience` in a row were worse on what is held out than the best before them."""
    best, num_worse = None, 0
    for latest in rounds:
        best = better_round(best, latest)
        num_worse = 0 if best is latest else num_worse + 1
        yield latest
        if num_worse == patience:
            return
