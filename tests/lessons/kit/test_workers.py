"""Children are functions of a module, so that they can be spawned; these stay light."""

import errno
import os
import signal
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import psutil
import pytest

from drive_sim.errors import InputError
from drive_sim.lessons.kit.workers import Connection, any_working, receive, send, start_workers


def count_up(home: Connection, task: int) -> None:
    start = home.recv()
    for number in range(start, start + task):
        home.send(number)


def refuse(home: Connection, task: Path) -> None:
    raise InputError(f"{task} is full; free some space")


def stumble(home: Connection, task: int) -> None:
    raise ZeroDivisionError("by nothing")


def fill_up(home: Connection, task: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(task))


def die(home: Connection, task: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def linger(home: Connection, task: Path) -> None:
    try:
        home.send("here")
        time.sleep(60.0)
    finally:
        task.write_text("left in order")


def miss_the_first_word(home: Connection, task: Path) -> None:
    home.send("here")
    try:
        time.sleep(60.0)
    except SystemExit:  # as where C code has called back into Python
        time.sleep(60.0)


def measure(home: Connection, task: bytes) -> None:
    home.send(len(task))


def all_heard(jobs: dict[str, Any], start: Any = None) -> list[tuple[str, Any]]:
    news = []
    with start_workers(jobs) as children:
        for child in children:
            send(child, start)
        while any_working(children):
            news.extend(receive(children, None))
    return news


def test_children_work_side_by_side_and_are_heard_in_order():
    news = all_heard({"a": (count_up, 3), "b": (count_up, 2)}, start=10)
    assert [number for name, number in news if name == "a"] == [10, 11, 12]
    assert [number for name, number in news if name == "b"] == [10, 11]


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (refuse, InputError, "x is full"),
        (fill_up, OSError, "No space left"),
        (stumble, RuntimeError, "ZeroDivisionError: by nothing"),
        (die, RuntimeError, "ended with code -9"),
    ],
)
def test_a_childs_failure_is_its_parents(work: Any, error: type[Exception], words: str):
    with pytest.raises(error, match=words) as caught:
        all_heard({"a": (work, Path("x"))})
    assert "\n" not in str(caught.value)
    if work is stumble:
        assert "in stumble" in "".join(traceback.format_exception(caught.value)), "--debug shows where it was"


def test_children_end_with_their_parents_block_and_in_order(tmp_path: Path):
    with start_workers({"a": (linger, tmp_path / "note")}) as children:
        assert list(receive(children, None)) == [("a", "here")]
    assert not children[0].process.is_alive()
    assert (tmp_path / "note").read_text() == "left in order"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows ends a process at once")
def test_a_child_that_has_not_heard_it_is_asked_once_more(tmp_path: Path):
    with start_workers({"a": (miss_the_first_word, tmp_path)}) as children:
        assert list(receive(children, None)) == [("a", "here")]
    assert children[0].process.exitcode == 1, "it has left, and was not killed"


def test_a_worker_that_is_killed_as_it_starts_is_told_of_however_large_its_task() -> None:
    told: list[str] = []

    def start() -> None:
        with pytest.raises(RuntimeError, match="its process ended"):
            all_heard({"a": (measure, bytes(10**6))})
        told.append("killed")

    starting = threading.Thread(target=start, daemon=True)
    starting.start()
    while not (born := psutil.Process().children()) or not any("spawn_main" in " ".join(c.cmdline()) for c in born):
        time.sleep(0.001)
    for child in born:
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()
    starting.join(60.0)
    assert told == ["killed"]


def test_a_large_task_arrives_whole() -> None:
    assert all_heard({"a": (measure, bytes(10**6))}) == [("a", 10**6)]
