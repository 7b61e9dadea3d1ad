"""What the soak counts, and what it holds against the bars."""

import subprocess
import sys

import psutil

from tests.endurance.soak import Sample, growths, sample


def test_memory_may_grow_by_three_percent_and_files_not_at_all() -> None:
    def samples(growth: float, files: int) -> list[Sample]:
        return [Sample(s, 100.0 + growth * s, 90.0, 5 + files * (s >= 500), 3, 1 + s % 2, s / 2) for s in range(600)]

    assert all(growth.is_met for growth in growths(samples(0.005, 0), 600.0))
    missed = [growth.name for growth in growths(samples(0.01, 1), 600.0) if not growth.is_met]
    assert missed == ["memory_mb", "num_files"]


def test_children_count() -> None:
    alone = sample(psutil.Process(), 0.0)
    child = subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], stdin=-1, stdout=-1)
    assert child.stdout is not None and child.stdout.readline()
    both = sample(psutil.Process(), 1.0)
    child.communicate()
    assert both.num_processes == alone.num_processes + 1
    assert both.memory_mb > both.main_memory_mb
