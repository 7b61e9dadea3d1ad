"""The page of the lesson on SMILe's mixture."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from drive_sim import files
from drive_sim.report import lesson_figures, page
from drive_sim.report.style import LOOKS

METHODS = ("smile", "dagger")


def write_page(config: Any, result: Mapping[str, Any], folder: Path) -> None:
    """The report in one file."""
    text = page.render_page(
        "smile.html.j2",
        result=result,
        config=config,
        quick=config.quick,
        looks=LOOKS,
        methods=METHODS,
        figures=_figures(result),
    )
    files.write_text(folder / "report.html", text)


def _figures(result: Mapping[str, Any]) -> dict[str, Markup]:
    mixture, members, weights = result["methods"]["smile"]["points"][-1], result["members"], result["weights"]
    drawn = {
        "falls": lesson_figures.plot_falls({name: result["methods"][name] for name in METHODS}, {}),
        "members": lesson_figures.plot_members(weights["without_expert"], members["alone"], mixture["mean"]),
        "shares": lesson_figures.plot_shares(weights),
        "remixed": lesson_figures.plot_remixed(result["remixed"]),
    }
    return {name: page.inline_svg(figure, name) for name, figure in drawn.items()}
