"""Files that a part has made, inside of what it found: so a part returns one value, on whatever machine it runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from drive_sim import files


@dataclass(frozen=True, slots=True)
class Attachments:
    """Files by their names; in JSON they are text, in base 64."""

    content: dict[str, bytes]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """All files of a folder that has no folders in it."""
        return cls({path.name: path.read_bytes() for path in sorted(folder.iterdir())})

    def write(self, folder: Path) -> None:
        """Write them into a folder, each whole; one that is there already stays.

        Raises InputError where the file system refuses.
        """
        for name, content in self.content.items():
            if not (folder / name).exists():
                files.write_bytes(folder / name, content)
