"""Speed of the camera: cars on eight roads, one core; each kind of scene; and the screen's size on two."""

import time
from statistics import median

import numpy as np

from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import SCENE_KINDS, Scenes, make_scene
from drive_sim.sim.track import Tracks, point_on_lane

NUM_CARS, NUM_ROADS = 32, 8
SMALL, SQUARE, SCREEN = Camera(), Camera().resized(96, 96), Camera().resized(960, 540)
BARS = {SMALL: 10_000, SQUARE: 19_000}
COSTLIEST_SHARE = 0.75


def main() -> list[dict[str, object]]:
    rng = np.random.default_rng(0)
    kinds = [ROAD_KINDS[name] for name in ("path", "two-lane")] * (NUM_ROADS // 2)
    tracks = Tracks.stack([make_circuit(rng, kind=kind, length_m=1500.0) for kind in kinds])
    rows = []
    for camera, bar in BARS.items():
        for kind in SCENE_KINDS:
            least = bar if kind == "day" else COSTLIEST_SHARE * bar
            rows.append(_row(f"{_size(camera)}, {kind}, with noise", least, _rate(tracks, camera, kind, NUM_CARS, 1)))
    rows.append(_row(f"{_size(SCREEN)}, day, one car, two threads", 60, _rate(tracks, SCREEN, "day", 1, 2)))
    return rows


def _size(camera: Camera) -> str:
    return f"{camera.height_px}x{camera.width_px}"


def _row(what: str, bar: float, rate: float) -> dict[str, object]:
    return {"what": what, "median": rate, "unit": "frames/s", "bar": bar}


def _rate(tracks: Tracks, camera: Camera, kind: str, num_cars: int, num_threads: int) -> float:
    """Median pictures a second, texture, dashes and sensor noise on."""
    rng = np.random.default_rng(1)
    scenes = Scenes.stack([make_scene(kind, rng) for _ in range(NUM_ROADS)])
    index = np.arange(num_cars) % NUM_ROADS
    poses = point_on_lane(tracks, index, rng.uniform(0.0, 1400.0, num_cars), rng.uniform(-0.5, 0.5, num_cars))
    poses[:, 2] += rng.normal(0.0, 0.05, num_cars)
    out = render(tracks, scenes, camera, poses, index, index, noise_seed=0, num_threads=num_threads)
    seconds = []
    for seed in range(60):
        start_s = time.perf_counter()
        render(tracks, scenes, camera, poses, index, index, noise_seed=seed, num_threads=num_threads, out=out)
        seconds.append(time.perf_counter() - start_s)
    return num_cars / median(seconds)
