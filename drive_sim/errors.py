"""The one exception that means "the user's input is at fault", and names held against those that are known."""

from collections.abc import Sequence
from difflib import get_close_matches


class InputError(ValueError):
    """Bad input: the message is one line that says what is wrong, where, and what to do.

    The command line prints it and exits with code 2; a traceback is shown with `--debug` only.
    """


def one_of(what: str, name: str, known: Sequence[str]) -> str:
    """The name itself. Raises InputError with the nearest known names where it is none of them."""
    if name in known:
        return name
    near = get_close_matches(name, known, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
    raise InputError(f"unknown {what} '{name}': {hint}")


NO_MEMORY = ("bad_alloc", "allocate", "alloc failed", "out of memory", "bfc_arena")
"""What libraries say where there is too little memory, without a MemoryError."""
