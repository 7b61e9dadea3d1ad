"""A drive of two unbroken parts with everything that a format may hold, and a tub as a car writes one."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drive_sim.data.formats.drive import Drive
from drive_sim.data.formats.jpeg import write_jpeg
from drive_sim.sim.camera import Camera

ROWS = 12
WriteTub = Callable[..., Path]


def pictures(num: int, height_px: int, width_px: int) -> np.ndarray:
    """Coloured ramps that move from row to row, with some noise."""
    rng = np.random.default_rng(7)
    place = np.linspace(0.0, 1.0, width_px)[None, None, :, None] + np.linspace(0.0, 0.5, height_px)[None, :, None, None]
    ramp = 110.0 + 90.0 * np.sin(3.0 * place + np.arange(num)[:, None, None, None] / 5.0 + np.arange(3.0))
    return np.clip(ramp + rng.normal(0.0, 2.0, ramp.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def drive() -> Drive:
    """Twelve rows, of which a person drives three; the second part begins after the car was put back."""
    rng = np.random.default_rng(3)
    place = np.arange(ROWS)
    by_hand = (place >= 2) & (place < 5)
    columns = {
        "curvature_per_m": rng.uniform(-0.12, 0.12, ROWS),
        "time_s": 0.1 * place,
        "speed_mps": rng.uniform(5.0, 15.0, ROWS),
        "acceleration_mps2": rng.normal(size=ROWS),
        "expert_curvature_per_m": rng.uniform(-0.1, 0.1, ROWS),
        "x_m": rng.normal(size=ROWS),
        "raw_throttle": rng.uniform(-1.0, 1.0, ROWS),
        "raw_steering": np.where(by_hand, rng.uniform(-1.0, 1.0, ROWS), np.nan),
        "driver": np.where(by_hand, "human", "policy"),
        "intervention": by_hand | (place == 8),
    }
    camera = Camera(64, 40, focal_px=35.0, horizon_px=12.0)
    return Drive(pictures(ROWS, 40, 64), columns, (place >= 8).astype(np.int64), "mine", camera=camera)


@pytest.fixture
def write_tub(tmp_path: Path) -> WriteTub:
    """Write a tub of rows (changes to what a plain one would say), as donkeycar lays it out."""

    def write(*rows: dict[str, object], deleted: tuple[int, ...] = (), a_catalog: int = 4) -> Path:
        folder = tmp_path / "tub"
        (folder / "images").mkdir(parents=True)
        lines: list[str] = []
        for i, changes in enumerate(rows):
            name = f"{i}_cam_image_array_.jpg"
            write_jpeg(folder / "images" / name, pictures(1, 30, 40)[0])
            plain = {"cam/image_array": name, "user/angle": 0.5, "user/throttle": 0.3, "user/mode": "user"}
            about = {"_index": i, "_session_id": "26-11-29_0", "_timestamp_ms": 1_700_000_000_000 + 50 * i}
            row = {key: value for key, value in {**plain, **about, **changes}.items() if value is not None}
            lines.append(str(changes["line"]) if "line" in changes else json.dumps(row))
        paths = [f"catalog_{number}.catalog" for number in range(-(-len(lines) // a_catalog))]
        for number, path in enumerate(paths):
            own = lines[number * a_catalog : (number + 1) * a_catalog]
            (folder / path).write_text("".join(f"{line}\n" for line in own))
        inputs = {"cam/image_array": "image_array", "user/angle": "float", "user/throttle": "float", "user/mode": "str"}
        catalogs = {"paths": paths, "current_index": len(lines), "max_len": a_catalog, "deleted_indexes": list(deleted)}
        about = [list(inputs), list(inputs.values()), {}, {"created_at": 1.7e9}, catalogs]
        (folder / "manifest.json").write_text("".join(f"{json.dumps(line)}\n" for line in about))
        return folder

    return write
