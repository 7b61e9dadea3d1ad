"""What a sitting at the window has made, said and returned."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.cli.command import Result
from drive_sim.cli.display import times
from drive_sim.cli.options import program
from drive_sim.errors import InputError

if TYPE_CHECKING:
    from drive_sim.app.session import Session


def watched(session: Session) -> Result:
    """What each model did that was watched, and what else was made."""
    for name, score in session.scores.items():
        print(f"{name}: {times('intervention', score.interventions)} in {score.distance_km:.2f} km")
    return {"scores": {name: asdict(score) for name, score in session.scores.items()}, **made(session)}


def made(session: Session) -> Result:
    """What the sitting has left on the disk."""
    folder, seconds = session.recording, 0.0
    if folder is not None:
        seconds = recorded_s(folder)
        print(f"{seconds:.1f} s recorded in {folder}\nlearn from it: {program()} train {folder}")
    models = {name: str(path) for name, path in session.models.items()}
    if models:
        print(f"let what has learned drive: {program()} watch {' '.join(models.values())}")
    return {"folder": None if folder is None else str(folder), "seconds": seconds, "models": models}


def recorded_s(folder: Path) -> float:
    """How many seconds of driving a recording holds, without what was dropped."""
    from drive_sim.data.recording import load_recording

    try:
        return load_recording(folder).duration_s
    except InputError:  # nothing was written yet
        return 0.0
