"""The same parts on a Dask cluster of two real worker processes on loopback, one of which is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from drive_sim.errors import InputError
from drive_sim.lessons.kit import runner
from drive_sim.lessons.kit.cluster import dask_cluster
from drive_sim.lessons.kit.progress import Finished, Progress
from tests.lessons.kit.test_runner import run, same
from tests.lessons.kit.toy_lesson import LESSON, Config

distributed = pytest.importorskip("distributed")
ROOT = Path(__file__).parents[3]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command: str, *arguments: str) -> subprocess.Popen[bytes]:
    module = f"distributed.cli.dask_{command}"
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=os.environ | ONE_THREAD,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The scheduler's address, and its two workers."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    worker = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path / "dask")]
    started = [start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")]
    started += [start("worker", address, "--host", "127.0.0.1", *worker) for _ in range(2)]
    try:
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_of_two_workers_one_is_killed_and_the_result_is_the_same(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
):
    address, workers = cluster
    config = Config(num_seeds=3, nap_s=0.5)
    _, here = run(tmp_path / "here", config)
    shares: dict[str, list[float]] = {}
    there: Finished | None = None
    for news in runner.run(LESSON, config, tmp_path / "there", executor=partial(dask_cluster, address)):
        if isinstance(news, Progress):
            shares.setdefault(news.stage, []).append(news.share)
            workers[0].send_signal(signal.SIGKILL)  # as soon as the first part is finished
        else:
            there = news
    assert there is not None
    assert same(there.result) == same(here.result)
    assert 0.0 < shares["clone"][0] < 1.0
    assert shares["dagger"][-1] == 1.0


@pytest.mark.slow
def test_a_cluster_of_this_machine_listens_on_loopback_only(tmp_path: Path):
    config = Config(nap_s=0.5)
    _, here = run(tmp_path / "here", config)
    story = runner.run(LESSON, config, tmp_path / "there", executor=partial(dask_cluster, "local"))
    next(story)
    assert listening() <= {"127.0.0.1"}
    *_, there = story
    assert isinstance(there, Finished)
    assert same(there.result) == same(here.result)


def listening() -> set[str]:
    """Where this process and its children listen."""
    import psutil

    me, found = psutil.Process(), set[str]()
    for process in [me, *me.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # one that has just ended listens nowhere
            found |= {c.laddr.ip for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN}
    assert found, "nobody listens, so nothing was looked at"
    return found


def test_a_cluster_that_does_not_answer_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("drive_sim.lessons.kit.cluster._PATIENCE_S", 0.5)
    begin_s = time.monotonic()
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://", "127.0.0.1:99999"):
        with pytest.raises(InputError, match="no Dask scheduler answers there; start one"):
            run(tmp_path / address.replace("/", "-"), Config(), executor=partial(dask_cluster, address))
    assert time.monotonic() - begin_s < 30.0


def test_a_worker_that_may_take_several_threads_is_refused(monkeypatch: pytest.MonkeyPatch):
    from drive_sim.lessons.kit.cluster import _run_quietly

    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with pytest.raises(InputError, match="OMP_NUM_THREADS=1"):
        _run_quietly(LESSON.parts(replace(Config(), num_seeds=1))[0])
