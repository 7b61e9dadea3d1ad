"""Pictures of other people's recordings, whose files may be anything.

Pillow reads them and not OpenCV: it says a picture's size before it decodes it, writes nothing on the terminal by
itself, and tells a file that was cut short; the pixels are the same to the bit.
"""

import io
import warnings
from pathlib import Path

import numpy as np

from drive_sim.arrays import Picture
from drive_sim.errors import InputError
from drive_sim.files import read_bytes

FORMATS = ("JPEG", "PNG", "BMP")
MOST_PIXELS, MOST_BYTES = 4096 * 4096, 2**26
# It warns of a size that is refused below, and of damaged notes beside the pixels. Pictures are read in threads, which
# share these filters.
warnings.filterwarnings("ignore", module=r"PIL\b")
_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"


def read_picture(path: Path) -> Picture:
    """The RGB pixels (h, w, 3) of a JPEG, PNG or BMP file.

    Raises InputError where it is none, cut short, or too large to be a camera's.
    """
    content = read_bytes(path, MOST_BYTES)
    # A decoder may fill what is missing with grey; a JPEG that was written to its end says so there.
    if content.startswith(_JPEG_START) and _JPEG_END not in content[-64:]:
        raise InputError("the picture is cut short")
    return decoded_picture(content)


def decoded_picture(content: bytes) -> Picture:
    """The RGB pixels (h, w, 3) of a file's content. Raises InputError where it is no picture of a camera."""
    from PIL import Image  # noqa: PLC0415 - only who reads other people's pictures needs it

    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        width_px, height_px = image.size
        if width_px * height_px > MOST_PIXELS:
            raise InputError(f"the picture is {width_px}x{height_px}, larger than a camera's")
        return np.array(image.convert("RGB"))
    except InputError:
        raise
    except Exception:  # each format has errors of its own
        raise InputError("the file is not a picture, or it is damaged") from None
