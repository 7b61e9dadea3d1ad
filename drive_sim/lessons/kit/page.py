"""A lesson's page: the frame that is the same for all of them, filled in with what this one found."""

from pathlib import Path

from drive_sim import files
from drive_sim.lessons.kit.lesson import ConfigT, Lesson, ResultT, verdict
from drive_sim.lessons.kit.parts import PartResults
from drive_sim.records import Json
from drive_sim.report import page
from drive_sim.report.style import LOOKS

FRAME = Path(__file__).parent


def write_page(
    lesson: Lesson[ConfigT, ResultT], config: ConfigT, found: PartResults, result: ResultT, told: Json, path: Path
) -> None:
    """Write the page, one file; `told` is what result.json holds."""
    of = lesson.page
    text = page.render_page(
        of.template.name,
        (of.template.parent, FRAME),
        lesson=lesson,
        config=config,
        result=result,
        headline=told["headline"],
        columns=of.columns,
        told=told,
        looks=LOOKS,
        rows=of.rows(config, result),
        verdict=verdict,
        claims=[*told["claims"], *told["time_claims"]],
        figures={name: page.inline_svg(figure, name) for name, figure in of.figures(config, found, result).items()},
        **of.facts(config, result),
        **of.media(config, found, result, path.parent),
    )
    files.write_text(path, text)
