"""Speed of the camera: cars on 8 two-lane roads, texture and dashes on; the costliest scene has everything at once."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import numpy as np

from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks, point_on_lane

NUM_ROADS = 8
NUM_CARS = 24
SMALL, SQUARE, SCREEN = Camera(), Camera().resized(96, 96), Camera().resized(960, 540)
LOW_SQUARE = replace(SQUARE, horizon_px=24.0)
FIRST_PICTURE = """
import time; start = time.perf_counter()
import numpy as np
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Tracks
one = np.zeros(1, dtype=np.int64)
render(Tracks.stack([make_straight(100.0)]), Scenes.stack([Scene()]), Camera(), np.zeros((1, 3)), one, one)
print(time.perf_counter() - start)
"""


def main() -> list[dict[str, object]]:
    """Rows of medians; one thread unless a row says otherwise."""
    rng = np.random.default_rng(0)
    tracks = Tracks.stack([make_circuit(rng, kind=ROAD_KINDS["two-lane"]) for _ in range(NUM_ROADS)])
    day = Scenes.stack([make_scene("day", rng) for _ in range(NUM_ROADS)])
    worst = Scenes.stack([replace(make_scene("rain", rng), shadow=0.8) for _ in range(NUM_ROADS)])
    index = np.arange(NUM_CARS) % NUM_ROADS
    poses = point_on_lane(tracks, index, rng.uniform(0.0, 2000.0, NUM_CARS), rng.uniform(-0.5, 0.5, NUM_CARS))

    def pictures_per_s(camera: Camera, scenes: Scenes, cars: int, threads: int = 1) -> float:
        noise_seed = None if scenes is day else 1
        subject = tracks, scenes, camera, poses[:cars], index[:cars], index[:cars]
        out = render(*subject)
        # One thread's own clock does not count what other processes take.
        clock = time.thread_time if threads == 1 else time.perf_counter
        return cars / _seconds(lambda: render(*subject, noise_seed=noise_seed, num_threads=threads, out=out), clock)

    return [
        _row("66x200, day", pictures_per_s(SMALL, day, NUM_CARS), 10_000),
        _row("66x200, fog, rain, shadows and noise", pictures_per_s(SMALL, worst, NUM_CARS), 7_500),
        _row("66x200, day, one car a call", pictures_per_s(SMALL, day, 1), None),
        _row("96x96, day", pictures_per_s(SQUARE, day, NUM_CARS), 19_000),
        _row("96x96, fog, rain, shadows and noise", pictures_per_s(SQUARE, worst, NUM_CARS), 14_250),
        _row("96x96, day, horizon at a quarter", pictures_per_s(LOW_SQUARE, day, NUM_CARS), None),
        _row("960x540, day, two threads", pictures_per_s(SCREEN, day, 1, threads=2), 60),
        _row("960x540, fog, rain, shadows and noise, two threads", pictures_per_s(SCREEN, worst, 1, threads=2), 60),
        {"what": "first picture, nothing compiled", "median": _first_picture_s(), "unit": "s", "bar": None},
    ]


def _row(what: str, pictures_per_s: float, bar: float | None) -> dict[str, object]:
    return {"what": what, "median": pictures_per_s, "unit": "pictures/s", "bar": bar}


def _seconds(draw: Callable[[], object], clock: Callable[[], float], budget_s: float = 2.0) -> float:
    """Median seconds of a call over as many calls as fit the budget."""
    times_s, end_s = [], time.perf_counter() + budget_s
    while not times_s or time.perf_counter() < end_s:
        start_s = clock()
        draw()
        times_s.append(clock() - start_s)
    return median(times_s)


def _first_picture_s() -> float:
    """Importing, compiling and drawing one picture in a process that finds no compiled kernels."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        run = subprocess.run(
            [sys.executable, "-c", FIRST_PICTURE], env=environment, capture_output=True, text=True, check=True
        )
    return float(run.stdout)
