"""Recording and reading: rows a second through to the disk, pictures a second back into memory."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.data.crop import network_crop
from drive_sim.data.recording import EpisodeInfo, RecordingWriter, Row, load_recording
from drive_sim.sim.camera import Camera

NUM_ROWS = 600
REPEATS = 5
INFO = EpisodeInfo(Camera())


def record(folder: Path, pictures: np.ndarray) -> list[float]:
    """Record a minute; how long each row took, the one in ten that goes to the disk included."""
    row_s = []
    with RecordingWriter(folder, INFO) as writer:
        for tick in range(NUM_ROWS):
            row = Row(tick, tick / 10, pictures[tick % len(pictures)], 0.01, 0.0, 12.0, 1.0, 2.0, 0.1, "human")
            start_s = time.perf_counter()
            writer.append(row)
            row_s.append(time.perf_counter() - start_s)
    return row_s


def median_s(call: Callable[[], object]) -> float:
    times_s = []
    for _ in range(REPEATS):
        start_s = time.perf_counter()
        call()
        times_s.append(time.perf_counter() - start_s)
    return statistics.median(times_s)


def main() -> list[dict[str, Any]]:
    pictures = np.random.default_rng(0).integers(0, 256, (50, 66, 200, 3), dtype=np.uint8)
    large = np.random.default_rng(0).integers(0, 256, (160, 320, 3), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as place:
        runs = [record(Path(place) / str(run), pictures) for run in range(REPEATS)]
        folder = Path(place) / "0"
        read_s = median_s(lambda: load_recording(folder).demonstrations())
        open_s = median_s(lambda: list(load_recording(folder).episodes[0].image_batches()))
    whole_s = statistics.median(sum(run) for run in runs)
    worst_s = statistics.median(max(run) for run in runs)
    crop = network_crop(320, 160)
    crop_s = median_s(lambda: [crop.picture(large) for _ in range(50)]) / 50
    return [
        {"what": "record 66x200, synced once a second", "median": NUM_ROWS / whole_s, "unit": "rows/s", "bar": None},
        {"what": "the longest that one row holds up a window", "median": worst_s * 1e3, "unit": "ms", "bar": None},
        {"what": "read a minute into memory", "median": NUM_ROWS / read_s, "unit": "rows/s", "bar": None},
        {"what": "open a minute, memory-mapped", "median": open_s * 1e3, "unit": "ms", "bar": None},
        {"what": "crop 320x160 to 66x200", "median": 1 / crop_s, "unit": "pictures/s", "bar": None},
    ]
