"""Pages in one file: a template, numbers as people write them, and pictures and films inside as data."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image

from drive_sim.arrays import Picture
from drive_sim.report import style
from drive_sim.report.numbers import counted, number, rate, signed

_LEAST_REM_AN_INCH = 3.9
"""A figure is drawn no smaller: its words are then half as high as the text's, at least."""


def render_page(template: str, folders: Sequence[Path] = (), **content: Any) -> str:
    """An HTML page of a template in one of the folders, or in `report/templates`.

    What is not Markup is escaped, what is missing is an error.
    """
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folders), PackageLoader("drive_sim.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"counted": counted, "number": number, "rate": rate, "signed": signed}
    return environment.get_template(template).render(**content)


def inline_svg(figure: Figure, name: str) -> Markup:
    """A figure as an element of the page, in the page's own type and colours.

    Where the page is too narrow for its words to be read, it scrolls in a box of its own.
    """
    least_rem = _LEAST_REM_AN_INCH * figure.get_figwidth()
    svg = style.svg_text(figure, name).replace("<svg ", f'<svg style="min-width: {least_rem:.1f}rem" ', 1)
    return Markup(f'<div class="scroll">{svg}</div>')


def picture_uri(picture: Picture, kind: Literal["png", "jpeg"] = "png") -> str:
    """A picture as a data URI: PNG to the bit, JPEG small."""
    buffer = io.BytesIO()
    settings: dict[str, Any] = {"quality": 85} if kind == "jpeg" else {"optimize": True}
    Image.fromarray(picture).save(buffer, format=kind, **settings)
    return _data_uri(buffer.getvalue(), f"image/{kind}")


def film_uri(path: Path) -> str:
    """A film as a data URI."""
    return _data_uri(path.read_bytes(), "video/mp4")


def _data_uri(content: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"
