"""What a process takes that runs somebody else's file: it sets its own limits before it opens the file.

Windows has no such limits. A Mac holds the time, and of the memory only a part.
"""

import math
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has none
    resource = None

CAN_LIMIT = resource is not None
NOBODY = 65534
"""Whom a system's administrator becomes for it."""


def limit_this_process(memory_mb: int) -> None:
    """From here on so much memory; no new process, no file written, no core dumped, and nobody's privileges."""
    if resource is None:
        return
    become_nobody()
    used_bytes = _address_space_bytes()
    limits = {"CORE": 0, "FSIZE": 0, "NPROC": 0, "NOFILE": 64}
    if used_bytes is not None:
        limits["AS"] = used_bytes + memory_mb * 2**20
    for kind, most in limits.items():
        number = getattr(resource, f"RLIMIT_{kind}", None)
        if number is not None:
            with suppress(ValueError, OSError):  # one that is lower already stays
                resource.setrlimit(number, (most, most))


def allow_time(cpu_s: float) -> None:
    """From now on so many seconds of a processor, whatever was used before: a busy machine does not use them up."""
    if resource is None:
        return
    most_s = math.ceil(time.process_time() + cpu_s)
    _, hard_s = resource.getrlimit(resource.RLIMIT_CPU)
    if hard_s != resource.RLIM_INFINITY:
        most_s = min(most_s, hard_s)
    resource.setrlimit(resource.RLIMIT_CPU, (most_s, hard_s))


def become_nobody() -> bool:
    """Give up an administrator's privileges; returns whether there were any to give up, and it could.

    It cannot where nobody else may read this Python, or the folder that this process stands in.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not can_become_nobody():
        return False
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except OSError:
        return False
    return True


def can_become_nobody() -> bool:
    """Whether somebody without privileges could go on: what is imported late has to be readable."""
    needed = {Path(entry).resolve() for entry in (sys.prefix, sys.base_prefix, *sys.path) if Path(entry).exists()}
    return all(part.stat().st_mode & 1 for path in needed for part in (path, *path.parents) if part.is_dir())


def _address_space_bytes() -> int | None:
    """How much this process has mapped; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
