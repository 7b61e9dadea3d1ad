"""What an assignment is: a file of the project with gaps, and the files that stand beside it in a student's folder."""

from dataclasses import dataclass
from pathlib import Path

from drive_sim.assignments.gaps import Gap, with_gaps

PACKAGE = Path(__file__).resolve().parent.parent
_FILES = Path(__file__).resolve().parent / "files"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A student writes what is missing in `file`, which is the project's own `solution` (a path in the package).

    `beside`: the folders under `files/` with its README, its tests, what trains with it and what grades.
    """

    title: str
    file: str
    solution: str
    gaps: tuple[Gap, ...]
    beside: tuple[str, ...]

    def files(self, *, solved: bool = False) -> dict[str, str]:
        """The texts of a student's folder by their names; `solved` has the project's file as it is."""
        source = (PACKAGE / self.solution).read_text(encoding="utf-8")
        texts = {
            path.name: path.read_text(encoding="utf-8") for folder in self.beside for path in _texts(_FILES / folder)
        }
        return {self.file: source if solved else with_gaps(source, self.gaps)} | texts


def _texts(folder: Path) -> list[Path]:
    """The files of a folder that are written by hand."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".py", ".md", ".ini"))
