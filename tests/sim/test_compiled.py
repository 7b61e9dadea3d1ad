"""Kernels work without a folder to be kept in, and on a disk that takes no more."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from numba.core import caching

from drive_sim.sim import compiled

ROOT = Path(__file__).resolve().parents[2]


def doubled(x: float) -> float:
    return 2.0 * x


def refuse(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_kept", True)


def test_what_is_compiled_is_kept() -> None:
    kernel = compiled.njit(nogil=True)(doubled)
    assert kernel(3.0) == 6.0
    assert kernel.stats.cache_path
    again = compiled.njit(nogil=True)(doubled)
    assert again(4.0) == 8.0
    assert sum(again.stats.cache_hits.values()) == 1
    assert compiled.is_kept


def test_without_a_place_kernels_work_and_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching._CacheLocator, "ensure_cache_path", refuse)
    kernel = compiled.njit(nogil=True)(doubled)
    assert kernel(3.0) == 6.0
    assert not compiled.is_kept


def test_a_full_disk_costs_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching.FunctionCache, "save_overload", refuse)
    monkeypatch.setattr(caching.FunctionCache, "load_overload", refuse)
    kernel = compiled.njit(nogil=True)(doubled)
    assert kernel(3.0) == 6.0
    assert not compiled.is_kept


@pytest.mark.slow
def test_a_command_says_where_kernels_could_be_kept(tmp_path: Path) -> None:
    code = (
        "import sys; from numba.core import caching; from tests.sim.test_compiled import refuse;"
        "caching._CacheLocator.ensure_cache_path = refuse;"
        "from drive_sim import cli; sys.exit(cli.main(['record', '--seconds', '0.2', '--out', sys.argv[1]]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "drive")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1].endswith("set NUMBA_CACHE_DIR to a folder that takes files")
