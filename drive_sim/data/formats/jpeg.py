"""Pictures as JPEG files that lose little: quality 95, colour at full resolution."""

import io
from pathlib import Path

from drive_sim.arrays import Picture
from drive_sim.files import input_error_from

QUALITY = 95


def jpeg_bytes(picture: Picture) -> bytes:
    """An RGB picture (h, w, 3) as the bytes of a JPEG file."""
    from PIL import Image  # noqa: PLC0415 - only who writes other people's formats needs it

    into = io.BytesIO()
    Image.fromarray(picture).save(into, format="JPEG", quality=QUALITY, subsampling=0)
    return into.getvalue()


def write_jpeg(path: Path, picture: Picture) -> None:
    """Write a new JPEG file. Raises InputError where the file system refuses."""
    try:
        path.write_bytes(jpeg_bytes(picture))
    except OSError as error:
        raise input_error_from(error, path) from None
