"""Nothing calls home: commands work without a network, open no socket to one, and write in their own folders."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drive_sim import cli
from tests.cli.small_commands import RECORDED, SMALL_COMMANDS, SmallCommand
from tests.fuzz.valid import make_log

ROOT = Path(__file__).resolve().parents[2]
CACHES = {"matplotlib", "numba"}
"""Folders of libraries' own caches in a home's `.cache`; Matplotlib makes its `.config` too."""
_EVERYTHING = """
from pathlib import Path
from tests.cli.test_network import refuse_networks, run_all
refuse_networks()
run_all(Path.cwd())
"""


def is_of_networks(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether an audited event of Python is about a network: pairs of sockets between our own processes are not."""
    if event == "socket.__new__":
        return arguments[1] in (socket.AF_INET, socket.AF_INET6)
    return event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")


def refuse_networks() -> None:
    """From now on the process fails where it asks for one."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        assert not is_of_networks(event, arguments), f"{event} {arguments}"

    sys.addaudithook(refuse)


def run_all(folder: Path) -> None:
    """Run every command in a folder; each must end well and make what it says."""
    for command in RECORDED:
        _run(command, folder)
    make_log(folder)
    for command in SMALL_COMMANDS:
        _run(command, folder)


def _run(command: SmallCommand, folder: Path) -> None:
    assert cli.main(command.typed.split()) == 0, command.typed
    missing = [name for name in command.makes if not (folder / name).exists()]
    assert not missing, (command.typed, missing)


def has_empty_network() -> bool:
    """Whether the system lends a network without anything in it."""
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.call([unshare, "-rn", "true"]) == 0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "home").mkdir()
    yield tmp_path / "home"
    found = {path.relative_to(tmp_path / "home") for path in (tmp_path / "home").rglob("*") if path.is_file()}
    strange = [path for path in found if path.parts[:1] != (".cache",) or path.parts[1] not in CACHES]
    assert not strange, "a library writes into the home"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="networks are lent by Linux")
def test_every_command_works_without_a_network_and_leaves_the_home_alone(tmp_path: Path, home: Path) -> None:
    """Native libraries are held by the empty network and the watched home, Python's by an audit of sockets."""
    if not has_empty_network():
        pytest.skip("this kernel does not let `unshare -rn` make an empty network")
    (tmp_path / "work").mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = ["unshare", "-rn", sys.executable, "-c", _EVERYTHING]
    done = subprocess.run(command, cwd=tmp_path / "work", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_command_of_ours_asks_python_for_a_socket(
    empty_folder: Path, model: Path, recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The audit in this very process, of commands that the other tests have warmed already."""
    asked: list[str] = []
    is_watching = [True]

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if is_watching and is_of_networks(event, arguments):
            asked.append(f"{event} {arguments}")

    sys.addaudithook(note)
    try:
        assert cli.main(["export", str(model), "small.onnx"]) == 0
        assert cli.main(["evaluate", "small.onnx", "--suite", "train", "--distance", "0.02"]) == 0
        assert cli.main(["watch", "expert", "--frames", "2"]) == 0
        assert cli.main(["record", "--seconds", "0.2"]) == 0
    finally:
        is_watching.clear()
    assert not asked
