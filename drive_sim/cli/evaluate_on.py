"""`evaluate --on RECORDING`: what models command for its pictures, beside what its driver did."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli import display
from drive_sim.cli.command import Result
from drive_sim.cli.recordings import demonstrations
from drive_sim.cli.terminal import tell
from drive_sim.cli.train_preparation import picked_rows
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from drive_sim.evaluate.agreement import Agreement


def compared(
    models: Sequence[str], recording: Path, rows: tuple[int, int] | None, camera_file: Path | None, seed: int
) -> Result:
    """Hold each model against the recorded driver, and show the figures as a table."""
    from drive_sim.evaluate.agreement import agreement, check_same_camera
    from drive_sim.policies.named_driver import EXPERT, load_driver

    demos, notes = demonstrations([recording], camera_file, needs_geometry=False)
    demos = picked_rows(demos, rows)
    for line in notes:
        tell(line)
    found: dict[str, Agreement] = {}
    for name in dict.fromkeys(models):
        if name == EXPERT:
            raise InputError(
                "expert reads where the car is on its road, and a recording shows pictures; name a network"
            )
        policy, camera = load_driver(name)
        check_same_camera(name, camera, demos)
        found[name] = agreement(policy, demos, seed=seed)
    print(_table(found))
    return {"recording": str(recording), "rows": rows, "seed": seed, "models": {n: asdict(a) for n, a in found.items()}}


def _correlation(of: Agreement) -> str:
    if not math.isfinite(of.correlation):
        return "- (one of them never steers otherwise)"
    interval = f"{of.correlation_low:.2f} to {of.correlation_high:.2f}"
    return f"{of.correlation:.2f} ({interval})" if math.isfinite(of.correlation_low) else f"{of.correlation:.2f}"


def _table(found: dict[str, Agreement]) -> str:
    heads = ("model", "rows", "correlation with the driver (95 %)", "error 1/m", "always straight", "of it")
    lines = [
        (
            name,
            f"{of.num_rows}",
            _correlation(of),
            f"{of.rmse_per_m:.4f}",
            f"{of.straight_rmse_per_m:.4f}",
            f"{of.rmse_per_m / of.straight_rmse_per_m:.2f}" if of.straight_rmse_per_m else "-",
        )
        for name, of in found.items()
    ]
    return display.columns([heads, *lines])
