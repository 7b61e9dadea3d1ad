"""The labels of a moved view: an arc on the ground for each law, and a table of what each says."""

import numpy as np

from drive_sim.app.canvas import (
    BODY,
    FAINT,
    ORANGE,
    POLICY_COLOURS,
    PURPLE,
    SHADE,
    SKY,
    SMALL,
    YELLOW,
    Box,
    Canvas,
    Colour,
)
from drive_sim.app.ground_arc import ground_arc
from drive_sim.data.augment import Law
from drive_sim.data.moved_view import MovedView

LAW_COLOURS: dict[Law, Colour] = {
    "pursuit": SKY,
    "pomerleau": ORANGE,
    "two-second": PURPLE,
    "two-second-pose": YELLOW,
}
LAW_NAMES: dict[Law, str] = {
    "pursuit": "Exact arc",
    "pomerleau": "Pomerleau",
    "two-second": "Back in 2 s",
    "two-second-pose": "... straight",
}
_ALONG_M = np.linspace(2.5, 22.0, 40)
_EXPERT_WIDTH, _OUTLINE = 15.0, 1.0
_LAW_WIDTHS: dict[Law, float] = {"pursuit": 9.0, "pomerleau": 3.0, "two-second": 3.5, "two-second-pose": 3.5}
"""What lies on what is narrower, so that all are seen where they agree."""
_ROW = 22.5
_WIDE = 330.0
"""From this width on the table is written larger."""


def draw_label_arcs(canvas: Canvas, box: Box, view: MovedView) -> None:
    """What each law says to steer in this view; below them, broad, what the expert would."""
    camera = view.frame.camera
    if view.expert_per_m is not None:
        points = ground_arc(box, view.expert_per_m, camera, _ALONG_M)
        canvas.lines(points, SHADE, width=_EXPERT_WIDTH + 2 * _OUTLINE)
        canvas.lines(points, POLICY_COLOURS["expert"], width=_EXPERT_WIDTH)
    for law, colour in LAW_COLOURS.items():
        points, width = ground_arc(box, view.labels[law], camera, _ALONG_M), _LAW_WIDTHS[law]
        canvas.lines(points, SHADE, width=width + 2 * _OUTLINE)
        canvas.lines(points, colour, width=width)


def draw_labels(canvas: Canvas, box: Box, view: MovedView) -> None:
    """The table: the curvature that each law asks for, and how far that is from the expert's own."""
    canvas.panel(box)
    inner, has_expert = box.inside(), view.expert_per_m is not None
    size = BODY if inner.width > _WIDE else SMALL
    columns = inner.right - (0.28 * inner.width if has_expert else 0.0), inner.right
    top = inner.top - 2.0
    canvas.text("What to steer", (inner.left, top), size=SMALL, colour=FAINT)
    canvas.text("1/m", (columns[0], top), size=SMALL, colour=FAINT, anchor="topright")
    if has_expert:
        canvas.text("error", (columns[1], top), size=SMALL, colour=FAINT, anchor="topright")
    for name, colour, label_per_m, error_per_m in _rows(view):
        top += _ROW
        canvas.fill(Box(inner.left, top + 9.0, 18.0, 5.0), colour, rounding=2.0)
        canvas.text(name, (inner.left + 26.0, top), size=size)
        canvas.text(_signed(label_per_m), (columns[0], top), size=size, bold=True, anchor="topright")
        if error_per_m is not None:
            canvas.text(_signed(error_per_m), (columns[1], top), size=size, anchor="topright")
    canvas.paragraph(_unmoved(view), inner._replace(top=top + _ROW + 4.0), size=SMALL, colour=FAINT)


def _rows(view: MovedView) -> list[tuple[str, Colour, float, float | None]]:
    """Name, colour, label, and how far that is from the expert's."""
    laws = [(LAW_NAMES[law], LAW_COLOURS[law], view.labels[law], view.label_error_per_m(law)) for law in LAW_COLOURS]
    if view.expert_per_m is None:
        return laws
    return [("The expert", POLICY_COLOURS["expert"], view.expert_per_m, None), *laws]


def _unmoved(view: MovedView) -> str:
    """What was commanded before the move."""
    driven = f"unmoved: driven {_signed(view.frame.driven_per_m)}"
    if view.expert_before_per_m is None:
        return f"{driven}; no expert knows this road"
    return f"{driven}, expert {_signed(view.expert_before_per_m)}"


def _signed(curvature_per_m: float) -> str:
    # What rounds to zero has no sign.
    return f"{round(curvature_per_m, 4) + 0.0:+.4f}"
