"""The saliency lesson's page: maps beside the true markings, their scores, and how the command answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from drive_sim import files
from drive_sim.arrays import Picture
from drive_sim.data.augment import ShiftRotate
from drive_sim.lessons.saliency_2017_findings import KIND_LABELS, LABELS, Parts
from drive_sim.lessons.saliency_2017_reading import reading
from drive_sim.lessons.saliency_maps import MAPS
from drive_sim.report import page, saliency_figures
from drive_sim.sim.camera import Camera
from drive_sim.sim.markings import EDGE_M

COLOUR = (255, 60, 190)
"""As in the window: nothing on a road has it."""
_DIMMED = 0.55
ANSWERS = ("vbp", "gradient", "truth", "random")
"""The maps whose pixels are moved in the figure."""
COLUMNS = {"truth": "true markings", "vbp": "VisualBackProp", "gradient": "gradient", "vbp-untrained": "untrained"}


def write_page(config: Any, found: Parts, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    text = page.render_page(
        "saliency_2017.html.j2",
        result=result,
        config=config,
        quick=config.quick,
        kinds=result["methods"],
        kind_labels=KIND_LABELS,
        labels=LABELS,
        maps=MAPS,
        columns=COLUMNS,
        reading={kind: reading(of) for kind, of in result["methods"].items()},
        rows={kind: _rows(parts) for kind, parts in found.items()},
        figures=_figures(config, result),
        label_per_m_px=label_slope_per_m_px(),
        edge_m=EDGE_M,
        looks={},
    )
    files.write_text(folder / "report.html", text)


def label_slope_per_m_px() -> float:
    """What shift-and-rotate's label asks of a picture moved by a pixel, which is nearly the view after a small turn."""
    return 2.0 / ShiftRotate().arc_length_m / Camera().focal_px


def _figures(config: Any, result: Mapping[str, Any]) -> dict[str, Markup]:
    kinds = result["methods"]
    said: dict[str, Any] = {"labels": LABELS, "kind_labels": KIND_LABELS}
    drawn = {
        "scores": saliency_figures.plot_scores(kinds, (*MAPS, "truth"), within_px=config.within_px, **said),
        "answers": saliency_figures.plot_answers(
            kinds, ANSWERS, config.shifts_px, label_per_m_px=label_slope_per_m_px(), **said
        ),
        "carried": saliency_figures.plot_carried(kinds, MAPS, config.shares, **said),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}


def _rows(parts: Any) -> list[dict[str, str]]:
    """The first views of the first seed: each as it is, and marked by the truth and by maps."""
    shown = {name: np.array(values, dtype=np.uint8) for name, values in parts[0]["shown"].items()}
    rows = []
    for i, image in enumerate(shown["images"]):
        marked = {name: page.picture_uri(marks_on(image, shown[name][i])) for name in COLUMNS}
        rows.append({"view": page.picture_uri(image), **marked})
    return rows


def marks_on(image: Picture, marks: npt.NDArray[np.uint8]) -> Picture:
    """A dimmed picture (h, w, 3) with marks (h, w) of 0 to 255 glowing on it."""
    glow = marks[..., None] / 255.0 * np.array(COLOUR)
    return np.maximum(_DIMMED * image, glow).astype(np.uint8)
