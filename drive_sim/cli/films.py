"""What the commands share that film a screen without a display: the arguments, their checks, and the picture's size."""

from argparse import ArgumentParser
from pathlib import Path

from drive_sim.cli.outputs import check_new_file
from drive_sim.errors import InputError, one_of

FILMS = (".mp4", ".gif")
_SIZE_PX, _GIF_PX = (960, 540), (640, 360)


def add_film(command: ArgumentParser) -> None:
    """`headless` and `film`."""
    command.add_argument("--headless", action="store_true", help="no window: make --film")
    command.add_argument("--film", type=Path, metavar="FILE", help="--headless: a new .mp4 or .gif")


def checked_film(film: Path | None, *, headless: bool) -> Path | None:
    """The film that was asked for, a new file; None for a window. Raises InputError for what cannot be made."""
    if headless != (film is not None):
        raise InputError("--headless and --film FILE belong together; without both a window opens")
    if film is not None:
        check_new_file(film, "--film")
        one_of("kind of film", film.suffix.lower(), FILMS)
    return film


def film_size_px(film: Path, wanted_px: tuple[int, int] | None) -> tuple[int, int]:
    """How large its pictures are, where nothing else is wanted: smaller in a GIF, which is no film format."""
    return wanted_px or (_GIF_PX if film.suffix.lower() == ".gif" else _SIZE_PX)
