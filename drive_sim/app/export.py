"""What a person exports from any screen: a picture of it, a film of the last minute, the recording, the models.

Everything is a new file in `take-home` beside the runs, written in a thread, the film in a process: no frame waits.
"""

import zipfile
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pygame
from PIL import Image

from drive_sim import files
from drive_sim.app.background_work import last_line
from drive_sim.app.canvas import VERMILION
from drive_sim.app.film_worker import FilmTask, make_film
from drive_sim.app.session import Session
from drive_sim.errors import InputError
from drive_sim.lessons.kit.workers import any_working, receive, start_workers
from drive_sim.report.shots import Shot

FOLDER = "take-home"
KEYS = {
    pygame.K_F12: "picture",
    pygame.K_F10: "film",
    pygame.K_F9: "recording",
    pygame.K_F8: "models",
}
"""What each key saves."""
_SHORTEST_S = 1.0

Write = Callable[[Path], None]
"""Writes a new file of that name."""


def save(key: int, session: Session, surface: pygame.Surface) -> Thread | None:
    """Save what this key is for; a line on the screen says where it is, or what is missing.

    Returns the thread that writes. The process that is asked to end waits for it, so nothing asked for is lost.
    """
    kind = KEYS[key]
    if kind == "picture":
        size_px, pixels = surface.get_size(), pygame.image.tobytes(surface, "RGB")
        return _write(session, "picture", ".png", lambda path: _save_picture(path, size_px, pixels))
    if kind == "film":
        return _export_film(session)
    folders = _folders(kind, session)
    if not folders:
        session.say(_MISSING[kind])
        return None
    return _write(session, kind, ".zip", lambda path: _save_zip(path, folders))


_MISSING = {
    "film": "There is nothing to film yet: drive or watch for a moment",
    "recording": "There is no recording yet: drive, and record with R",
    "models": "There is no model yet: drive, record, and train with T",
}


def _export_film(session: Session) -> Thread | None:
    duration_s = session.frame_history.duration_s
    if duration_s < _SHORTEST_S:
        session.say(_MISSING["film"])
        return None
    if session.film is not None and session.film.is_alive():
        session.say("A film is being made already")
        return None
    shots = session.frame_history.shots()
    session.say(f"The film of the last {duration_s:.0f} s is being made; drive on")
    session.film = _write(session, "film", ".mp4", lambda path: _save_film(path, shots))
    return session.film


def _folders(kind: str, session: Session) -> dict[str, Path]:
    """What goes into a zip file, by the name that it has in there; what is not there (any more) is left out."""
    recording = {session.recording.name: session.recording} if session.recording else {}
    folders = recording if kind == "recording" else session.models | session.live_models
    return {name: folder for name, folder in folders.items() if folder.is_dir()}


def _write(session: Session, stem: str, suffix: str, write: Write) -> Thread:
    thread = Thread(target=_written, args=(session, stem, suffix, write), name=f"take-home {stem}")
    thread.start()
    return thread


def _written(session: Session, stem: str, suffix: str, write: Write) -> None:
    """In the thread; whatever goes wrong becomes a line on the screen."""
    try:
        path = write_numbered(session.runs / FOLDER, stem, suffix, write)
        session.say(f"Saved: {path}")
    except InputError as error:
        session.say(str(error), VERMILION)
    except Exception as error:
        session.say(f"The {stem} could not be saved: {last_line(error)}", VERMILION)


def write_numbered(folder: Path, stem: str, suffix: str, write: Write) -> Path:
    """Write the first free one of `stem-001`, `stem-002`, ... and return it.

    It takes its name when it is whole, and no name that is taken: another window may write into the same folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{stem}-", dir=folder) as unnamed:
            part = Path(unnamed) / f"{stem}{suffix}"
            write(part)
            for number in count(1):
                path = folder / f"{stem}-{number:03d}{suffix}"
                try:
                    files.take_name(part, path)
                except FileExistsError:
                    continue
                return path
    except OSError as error:
        raise files.input_error_from(error, folder) from None
    raise AssertionError("unreachable")


def _save_picture(path: Path, size_px: tuple[int, int], pixels: bytes) -> None:
    with files.whole_file(path) as part:
        Image.frombytes("RGB", size_px, pixels).save(part, "PNG")


def _save_zip(path: Path, folders: Mapping[str, Path]) -> None:
    with files.whole_file(path) as part, zipfile.ZipFile(part, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for name, folder in folders.items():
            for file in sorted(file for file in folder.rglob("*") if file.is_file()):
                out.write(file, f"{name}/{file.relative_to(folder).as_posix()}")


def _save_film(path: Path, shots: tuple[Shot, ...]) -> None:
    with start_workers({"film": (make_film, FilmTask(path, shots))}) as makers:
        while any_working(makers):
            list(receive(makers, None))
