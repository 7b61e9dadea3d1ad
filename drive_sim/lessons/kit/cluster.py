"""The same parts on a cluster: Dask's `distributed` hands them to its workers, and again where a worker is lost.

    dask scheduler --host 127.0.0.1                                on one machine, and on each that shall work:
    dask worker tcp://127.0.0.1:8786 --nworkers auto --nthreads 1
    python run_sim.py lesson NAME --cluster tcp://127.0.0.1:8786

`local` as the address starts a cluster of processes on this machine, which listens on the loopback interface only.
Whoever lets a scheduler listen elsewhere lets all who reach it run code: see Dask's own page on security.
"""

import os
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from drive_sim.errors import InputError
from drive_sim.lessons.kit.executors import MOST_WORKERS, PartExecutor
from drive_sim.lessons.kit.parts import Part, run_part
from drive_sim.records import Json

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
_PATIENCE_S = 10.0
"""For a scheduler to answer."""


@contextmanager
def dask_cluster(address: str, num_parts: int) -> Iterator[PartExecutor]:
    """An executor on the cluster whose scheduler listens at an address; `local` starts one here.

    Raises InputError where Dask is not installed, nobody answers, or there is no worker.
    """
    with ExitStack() as stack:
        client = _connect(address, num_parts, stack)
        executor = client.get_executor(pure=False)
        stack.callback(executor.shutdown, wait=False)
        from distributed import KilledWorker  # noqa: PLC0415 - it is installed, since there is a client

        lost = (KilledWorker, CancelledError)  # the latter where the scheduler is gone
        yield PartExecutor(lambda part: executor.submit(_run_quietly, part), lambda: iter(()), lost)


def check_cluster(address: str) -> None:
    """Raise InputError where `dask_cluster` would: before anything is made, and not after it."""
    with ExitStack() as stack:
        _check_installed()
        if address != LOCAL:
            _connect(address, 1, stack)


def _check_installed() -> None:
    if find_spec("distributed") is None:
        raise InputError("--cluster takes Dask's distributed: pip install 'drive-sim[cluster]'")


def _connect(address: str, num_parts: int, stack: ExitStack) -> "Client":
    _check_installed()
    from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra, and a second to import

    if address == LOCAL:
        num_workers = min(os.cpu_count() or 1, MOST_WORKERS, num_parts)
        here = {"host": "127.0.0.1", "dashboard_address": None, "n_workers": num_workers, "threads_per_worker": 1}
        return stack.enter_context(Client(stack.enter_context(LocalCluster(**here))))
    try:
        client = stack.enter_context(Client(address, timeout=_PATIENCE_S))
    except (OSError, ValueError):
        start = "start one: dask scheduler --host 127.0.0.1"
        raise InputError(f"--cluster {address}: no Dask scheduler answers there; {start}") from None
    if not client.scheduler_info()["workers"]:
        start = f"start some: dask worker {address} --nworkers auto --nthreads 1"
        raise InputError(f"--cluster {address}: the scheduler has no workers; {start}")
    return client


def _run_quietly(part: Part) -> Json:
    """In a worker: run a part; only its end is reported.

    Raises InputError where the numerical libraries may take several threads, since then numbers may differ.
    """
    if os.environ.get("OMP_NUM_THREADS") != "1":
        raise InputError("a worker must have OMP_NUM_THREADS=1, so that the same seed gives the same numbers")
    return run_part(part, lambda _share, _note: None)
