"""Speed of the roads: lane poses, points on lanes, and making roads."""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.track import Tracks, lane_advance, lane_pose, nearest_s, point_on_lane

NUM_CARS = 1024
NUM_ROADS = 20


def main() -> list[dict[str, object]]:
    kind = ROAD_KINDS["two-lane"]
    rng = np.random.default_rng(0)
    tracks = Tracks.stack([make_circuit(rng, kind=kind) for _ in range(NUM_ROADS)])
    track_idx = np.arange(NUM_CARS) % NUM_ROADS
    s_m = rng.uniform(0.0, 2000.0, NUM_CARS)
    poses = point_on_lane(tracks, track_idx, s_m, rng.uniform(-1.0, 1.0, NUM_CARS))
    tick_before_m = s_m - 12.0 / 10.0
    per_car_ns = 1e9 / NUM_CARS
    return [
        _row(
            "lane_pose, a tick of 1.2 m",
            per_car_ns,
            "ns/car",
            100,
            lambda: lane_pose(tracks, track_idx, poses, tick_before_m),
        ),
        _row(
            "lane_pose, a substep of 0.2 m",
            per_car_ns,
            "ns/car",
            100,
            lambda: lane_pose(tracks, track_idx, poses, s_m - 0.2),
        ),
        _row("point_on_lane", per_car_ns, "ns/car", None, lambda: point_on_lane(tracks, track_idx, s_m, 0.0)),
        _row("lane_advance of 9 m", per_car_ns, "ns/car", None, lambda: lane_advance(tracks, track_idx, s_m, 9.0)),
        _row("nearest_s", 1e6 / NUM_CARS, "us/car", None, lambda: nearest_s(tracks, track_idx, poses), repeats=10),
        _row("make_circuit of 2 km", 1e3, "ms", 50, lambda: make_circuit(rng, kind=kind), repeats=50),
    ]


def _row(
    what: str, scale: float, unit: str, bar: float | None, work: Callable[[], object], repeats: int = 200
) -> dict[str, object]:
    work()
    times_s = []
    for _ in range(repeats):
        start_s = time.perf_counter()
        work()
        times_s.append(time.perf_counter() - start_s)
    return {"what": what, "median": round(scale * median(times_s), 1), "unit": unit, "bar": bar}


if __name__ == "__main__":
    for row in main():
        print(row)
