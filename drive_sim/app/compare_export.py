"""A comparison without a display: driven to its end, and kept as numbers, a picture and a film."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygame
from PIL import Image

from drive_sim.app.canvas import Canvas
from drive_sim.app.compare import CompareScreen
from drive_sim.app.compare_facts import clamp_words
from drive_sim.app.comparison import Comparison
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToCompare
from drive_sim.app.session import Session
from drive_sim.arrays import Picture
from drive_sim.errors import InputError
from drive_sim.evaluate.cost_curves import CostCurve
from drive_sim.evaluate.unaided import COSTS
from drive_sim.files import whole_file, write_json
from drive_sim.report.video import filmed
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

FILM_HZ, FRAMES_A_PICTURE = 30, 2
_PATIENCE_S = 0.05
Show = Callable[[str, float, str], None]


@dataclass(frozen=True, slots=True)
class Export:
    """What is kept: in what size, whether with a film, and whether DAgger is taught first where it is not there."""

    size_px: tuple[int, int] = (1600, 900)
    has_film: bool = True
    teaches_dagger: bool = False


World = tuple[Track, Scene]


def export_comparison(
    models: tuple[str, ...] | None, seed: int, world: World | None, folder: Path, export: Export, show: Show
) -> dict[str, Any]:
    """Drive it all, write result.json, picture.png and film.mp4 into a folder, and return the result.

    Raises InputError where a model cannot drive.
    """
    pygame.font.init()
    canvas = Canvas(pygame.Surface(export.size_px, depth=24))
    session = Session(folder.parent, seed, Roads(seed, *((None, None) if world is None else world)))
    screen = CompareScreen(
        session, ToCompare(models), export.size_px, teaches_dagger=export.teaches_dagger, has_window=False
    )
    try:
        _drive(screen, show)
        result = result_of(screen.comparison)
        write_json(folder / "result.json", result)
        if export.has_film:
            num = screen.comparison.num_frames / FRAMES_A_PICTURE
            for number, _ in enumerate(filmed(folder / "film.mp4", _frames(screen, canvas), FILM_HZ), start=1):
                show("film", min(number / num, 0.999), f"{number / FILM_HZ:.0f} s")
        _save_picture(screen, canvas, folder / "picture.png")
        show("film", 1.0, "")
    finally:
        screen.close()
        session.close()
    return result


def result_of(comparison: Comparison) -> dict[str, Any]:
    """For JSON, a policy each: its batch's costs with 95 % bands (bootstrap over roads), and who left the road."""
    task = comparison.task
    policies = {
        policy.name: {
            "label": policy.label,
            "model": None if policy.folder is None else str(policy.folder),
            "cars": driven.num_cars,
            "ticks": driven.num_ticks,
            "left_road": driven.num_left_road,
            "off_road_at_the_end": driven.num_off_now,
            "costs": {name: _cost(curve) for name, curve in driven.curves.items()},
            "limit": {name: clamp_words([policy], comparison.batches, name) for name in COSTS},
            "winds_left_road": comparison.fans[policy.name].num_left(task.fan_ticks),
        }
        for policy in comparison.policies
        if (driven := comparison.batches.get(policy.name)) is not None
    }
    start = {"road": task.track.name, "s_m": task.start.s_m, "offset_m": 0.0, "winds": task.num_winds}
    return {"seed": task.seed, "roads": task.num_roads, "start": start, "policies": policies}


def _cost(curve: CostCurve) -> dict[str, Any]:
    known = math.isfinite(curve.exponent)
    return {
        "total": curve.total.round(6).tolist(),
        "low": curve.low.round(6).tolist(),
        "high": curve.high.round(6).tolist(),
        "exponent": curve.exponent if known else None,
        "exponent_interval": [curve.exponent_low, curve.exponent_high] if known else None,
        "exponent_of_ticks": list(curve.window),
        "at_its_limit_from_tick": curve.clamped_from,
    }


def _drive(screen: CompareScreen, show: Show) -> None:
    """Until everybody has driven, DAgger too where it is taught."""
    comparison = screen.comparison
    while not (comparison.is_done and not screen.is_learning):
        screen.listen()
        if comparison.complaints:
            raise InputError(comparison.complaints[0])
        share = comparison.num_batch_ticks / comparison.task.batch_ticks
        show("drive", min(share, 0.999), screen.status.learning if screen.is_learning else "")
        time.sleep(_PATIENCE_S)
    show("drive", 1.0, f"{len(comparison.policies)} policies")


def _frames(screen: CompareScreen, canvas: Canvas) -> Iterator[Picture]:
    """From the start to the end of the fan; the curves keep time with it."""
    comparison = screen.comparison
    for frame in range(comparison.num_frames):
        comparison.frame = frame
        screen.stage.advance(comparison)
        if frame % FRAMES_A_PICTURE == 0:
            screen.draw_for_film(canvas)
            yield pygame.surfarray.array3d(canvas.surface).swapaxes(0, 1)


def _save_picture(screen: CompareScreen, canvas: Canvas, path: Path) -> None:
    """The stage at the end, all curves whole."""
    screen.comparison.frame = screen.comparison.num_frames - 1
    for _ in range(300):
        screen.stage.advance(screen.comparison)
    screen.draw_for_film(canvas)
    with whole_file(path) as part:
        Image.fromarray(pygame.surfarray.array3d(canvas.surface).swapaxes(0, 1)).save(part, "PNG")
