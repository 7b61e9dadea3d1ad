"""The Udacity lap: learn from its first rows, answer for its last ones."""

from dataclasses import replace
from pathlib import Path

import pytest

from drive_sim.errors import InputError
from drive_sim.learn import bc
from drive_sim.lessons import udacity_lap

QUICK = udacity_lap.Config(seeds=(0,), training=bc.Config(network="small", num_steps=2, batch_size=8, device="cpu"))


@pytest.mark.slow
def test_every_row_is_used_and_both_are_asked(shared_data: Path) -> None:
    found = udacity_lap.run(shared_data / "udacity-lap", QUICK)
    assert (found["rows"], found["skipped"]) == (800, [])
    assert set(found["methods"]) == {"plain", "shift-rotate"}
    assert found["camera"]["difference_ratio"] < 0.42
    assert all(len(figures["correlation"]) == 1 for figures in found["methods"].values())


def test_a_log_that_is_too_short_is_refused(shared_data: Path) -> None:
    with pytest.raises(InputError, match="800 rows; it takes 900"):
        udacity_lap.run(shared_data / "udacity-lap", replace(QUICK, num_training=700))
