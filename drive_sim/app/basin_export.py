"""Basins without a display: searched to their end, kept as numbers and as the picture that the window would show."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pygame
from PIL import Image

from drive_sim.app.basin import BasinScreen
from drive_sim.app.basin_panels import BOX_DEG, BOX_M
from drive_sim.app.basin_search import BasinSearch
from drive_sim.app.canvas import Canvas
from drive_sim.app.roads import Roads, World
from drive_sim.app.screen import ToBasin
from drive_sim.app.session import Session
from drive_sim.errors import InputError
from drive_sim.evaluate.basin import BasinConfig
from drive_sim.files import whole_file, write_json

_PATIENCE_S = 0.05
Show = Callable[[str, float, str], None]


@dataclass(frozen=True, slots=True)
class BasinExport:
    """What is searched and kept: how many poses a side, in how many winds (0: calm), and how large the picture is.

    `at_m`: the place on the road, by its arc length; None for the window's own.
    """

    side: int = BasinConfig().sides[-1]
    num_winds: int = 0
    at_m: float | None = None
    size_px: tuple[int, int] = (1600, 900)

    @property
    def config(self) -> BasinConfig:
        """The window's grids, as far as they are coarser and among the poses of the finest one."""
        fine = self.side - 1
        coarser = [side for side in BasinConfig().sides if side < self.side and fine % (side - 1) == 0]
        return BasinConfig(sides=(*coarser, self.side), num_winds=self.num_winds)


def export_basins(
    models: tuple[str, ...] | None, seed: int, world: World | None, folder: Path, export: BasinExport, show: Show
) -> dict[str, Any]:
    """Search, write result.json and picture.png into a folder, and return the result.

    Raises InputError where a model cannot drive, or where the road is shorter than `at_m`.
    """
    pygame.font.init()
    canvas = Canvas(pygame.Surface(export.size_px, depth=24))
    session = Session(folder.parent, seed, Roads(seed, *((None, None) if world is None else world)))
    config = replace(export.config, seed=seed)
    screen = BasinScreen(session, ToBasin(models), export.size_px, config=config, at_m=export.at_m, has_window=False)
    try:
        _finish(screen.search, show)
        result = result_of(screen)
        write_json(folder / "result.json", result)
        screen.draw_for_picture(canvas)
        with whole_file(folder / "picture.png") as part:
            Image.fromarray(pygame.surfarray.array3d(canvas.surface).swapaxes(0, 1)).save(part, "PNG")
    finally:
        screen.close()
        session.close()
    return result


def result_of(screen: BasinScreen) -> dict[str, Any]:
    """What was found, for JSON: rows are offsets, columns headings, both from the right to the left."""
    search, config = screen.search, screen.search.config
    offset_m, heading_rad = config.axes
    return {
        "road": screen.rollout.car.track.name,
        "at_m": search.s_m,
        "winds": config.num_winds,
        "drives_a_pose": config.num_drives,
        "seconds": config.num_ticks / 10.0,
        "within_m": config.within_m,
        "offset_m": offset_m.round(6).tolist(),
        "heading_deg": np.degrees(heading_rad).round(6).tolist(),
        "box": [BOX_M, BOX_DEG],
        "policies": {
            driver.name: {
                "label": driver.label,
                "model": None if driver.folder is None else str(driver.folder),
                "found_back_in_box": known.share_within(BOX_M, BOX_DEG),
                "found_back": known.found_back.mean() / config.num_drives,
                "found_back_drives": known.found_back.tolist(),
                "first_command_per_m": known.first_per_m.round(6).tolist(),
            }
            for driver in screen.rollout.drivers
            for known in [search.maps[driver.name]]
        },
    }


def _finish(search: BasinSearch, show: Show) -> None:
    """Wait for the processes, whose error is this one's."""
    while search.is_running:
        search.poll()
        show("search", min(search.done, 0.999), f"{search.side} x {search.side}" if search.side else "")
        time.sleep(_PATIENCE_S)
    if search.error:
        raise InputError(search.error)
    show("search", 1.0, f"{search.side} x {search.side} poses")
