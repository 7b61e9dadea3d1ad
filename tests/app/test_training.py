"""Training beside the window: it never stops a frame, says what is wrong, and leaves nothing half-written."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app.augmented_views import draw_augmented_views
from drive_sim.app.canvas import Box, Canvas
from drive_sim.app.training import Training
from drive_sim.app.training_view import draw_training
from drive_sim.data.recording import EpisodeInfo, RecordingWriter, Row
from drive_sim.policies.model_folder import load_model
from drive_sim.sim.camera import Camera

CAMERA = Camera()
NUM_STEPS = 3
PATIENCE_S = 300.0
"""For processes that load torch on a machine that may be busy."""


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("training_worker", ("pygame",)),
        ("training", ("pygame", "torch")),
        ("film_worker", ("pygame", "av")),
        ("reward_worker", ("pygame", "torch", "scipy.optimize")),
    ],
)
def test_a_process_beside_the_window_loads_no_window_and_the_window_no_learner(
    module: str, absent: tuple[str, ...]
) -> None:
    code = f"import sys, drive_sim.app.{module}; print(*sorted(set(sys.modules) & set({absent})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def record(folder: Path, num_ticks: int, *, driver: str = "human", intervention: bool = False) -> Path:
    rng = np.random.default_rng(num_ticks)
    with RecordingWriter(folder, EpisodeInfo(CAMERA)) as writer:
        for tick in range(num_ticks):
            image = rng.integers(0, 256, (CAMERA.height_px, CAMERA.width_px, 3), dtype=np.uint8)
            wheel_per_m = 0.02 * np.sin(tick / 5.0)
            writer.append(
                Row(tick, tick / 10, image, wheel_per_m, 0.0, 12.0, 0.0, 0.0, 0.0, driver, intervention=intervention)
            )
    return folder


def settled(training: Training) -> Training:
    deadline_s = time.perf_counter() + PATIENCE_S
    while training.is_running and time.perf_counter() < deadline_s:
        training.poll()
        time.sleep(0.02)
    training.wait(PATIENCE_S)
    return training


@pytest.mark.slow
def test_a_pair_learns_and_one_of_it_learns_on_from_a_takeover(tmp_path: Path) -> None:
    first, takeover = record(tmp_path / "first", 40), record(tmp_path / "takeover", 10, intervention=True)
    pair = settled(Training([first], tmp_path / "models", seed=0, num_steps=NUM_STEPS))
    assert (pair.error, pair.is_done, pair.share) == (None, True, 1.0)
    assert pair.models == {name: tmp_path / "models" / name for name in ("plain", "shift-rotate")}
    assert all(curve[-1][0] == NUM_STEPS and curve[-1][1] > 0.0 for curve in pair.curves.values())
    assert "20 s" in pair.warning

    again = settled(
        Training(
            [first, takeover],
            tmp_path / "retrained",
            seed=0,
            names=("plain",),
            start_from={"plain": pair.models["plain"]},
            num_steps=NUM_STEPS,
        )
    )
    assert (again.error, again.is_retraining) == (None, True)
    metrics = json.loads((again.models["plain"] / "metrics.json").read_text())
    assert (metrics["num_frames"], metrics["num_taken_over"]) == (50, 10)
    assert (again.models["plain"] / metrics["data"][1]).resolve() == takeover.resolve()
    config = json.loads((again.models["plain"] / "config.json").read_text())
    assert config["training"]["shift_rotate"] is None
    assert load_model(again.models["plain"]).camera == CAMERA


@pytest.mark.slow
def test_too_little_driving_is_said_in_one_line(tmp_path: Path) -> None:
    training = settled(Training([record(tmp_path / "short", 5)], tmp_path / "models", seed=0, names=("plain",)))
    assert training.error is not None
    assert "drive for at least 20 s" in training.error
    assert not training.is_running
    assert not (tmp_path / "models").exists()


def test_cancelling_leaves_nothing_and_waits_for_nobody(tmp_path: Path) -> None:
    training = Training([record(tmp_path / "first", 40)], tmp_path / "models", seed=0)
    start_s = time.perf_counter()
    training.cancel()
    assert time.perf_counter() - start_s < 0.1
    training.wait(PATIENCE_S)
    assert (training.is_running, training.is_done, training.models) == (False, False, {})
    assert not list(tmp_path.glob("models/*"))


@pytest.mark.parametrize("size_px", [(640, 360), (960, 540), (1600, 900)])
def test_a_training_is_drawn_at_every_size_and_in_every_state(size_px: tuple[int, int], tmp_path: Path) -> None:
    pygame.display.init()
    pygame.font.init()
    canvas = Canvas(pygame.Surface(size_px))
    training = Training([tmp_path / "missing"], tmp_path / "models", seed=0, names=("plain", "shift-rotate"))
    training.cancel()
    training.num_steps = dict.fromkeys(training.names, 20)
    box = Box(20.0, 20.0, 430.0, 130.0)
    pictures = []
    for error_per_m in (0.05, 0.01, 1e-6, 0.0):
        draw_training(canvas, box, training)
        pictures.append(pygame.image.tobytes(canvas.surface, "RGB"))
        for name in training.names:
            training.curves[name].append((len(pictures) * 5, error_per_m))
    training.error = "there is no such recording"
    draw_training(canvas, box, training)
    pictures.append(pygame.image.tobytes(canvas.surface, "RGB"))
    assert len(set(pictures)) == len(pictures)
    training.wait(PATIENCE_S)
    pygame.quit()


def test_views_are_told_the_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Driven straight on: seen from the left one steers right, and the other way round."""
    pygame.display.init()
    pygame.font.init()
    words: list[str] = []
    text = Canvas.text

    def note(canvas: Canvas, written: str, *args: object, **settings: object) -> Box:
        words.append(written)
        return text(canvas, written, *args, **settings)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Canvas, "text", note)
    picture = np.zeros((CAMERA.height_px, CAMERA.width_px, 3), np.uint8)
    draw_augmented_views(Canvas(pygame.Surface((960, 540))), Box(20.0, 20.0, 430.0, 76.0), picture, 0.0, CAMERA)
    told = dict(zip(words[::2], words[1::2], strict=True))
    assert told == {
        "1.5 m left": "steer right",
        "8° left": "steer right",
        "as driven": "straight on",
        "8° right": "steer left",
        "1.5 m right": "steer left",
    }
    pygame.quit()
