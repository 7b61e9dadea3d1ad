"""Writes a student's folder."""

from pathlib import Path

from drive_sim.assignments.assignment import Assignment
from drive_sim.files import write_text


def write_folder(assignment: Assignment, folder: Path, *, solved: bool = False) -> list[Path]:
    """Write an assignment's files into a folder that is there; returns their paths.

    Raises InputError where one is there already or cannot be written.
    """
    paths = []
    for name, text in assignment.files(solved=solved).items():
        write_text(folder / name, text)
        paths.append(folder / name)
    return paths
