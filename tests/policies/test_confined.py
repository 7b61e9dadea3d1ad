"""A confined driver steers as it does at home, and is ended where it asks for more than it may have."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from multiprocessing import Pipe
from pathlib import Path

import numpy as np
import pytest
import torch

from drive_sim.errors import InputError
from drive_sim.policies import confined as confined_module
from drive_sim.policies.child import ANSWER, IMPORTED, READY, REFUSED
from drive_sim.policies.confined import ConfinedPolicy, Limits, confined
from drive_sim.policies.confined_child import Needs, Question
from drive_sim.policies.model_folder import save_model
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.submission import SubmissionError, taken_in
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from tests.policies.hostile_onnx import CAMERA, write_memory, write_no_numbers, write_steering, write_time


def seen_by(camera: Camera, num: int = 3) -> Observation:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (num, camera.height_px, camera.width_px, 3), dtype=np.uint8)
    return Observation(images, np.full(num, 12.0), None, None)  # pyright: ignore[reportArgumentType]


def ask(path: Path, limits: Limits) -> None:
    with taken_in(path, 10) as taken, confined(taken, limits) as driver:
        driver.act(seen_by(driver.camera), np.random.default_rng(0))


def test_a_question_arrives_as_it_was_asked() -> None:
    seen = seen_by(CAMERA)
    assert seen.images is not None
    asked = Question.from_bytes(Question(seen.images, seen.speed_mps, 2**63).to_bytes(), Needs(CAMERA))
    np.testing.assert_array_equal(asked.images, seen.images)
    np.testing.assert_array_equal(asked.speed_mps, seen.speed_mps)
    assert asked.seed == 2**63


def test_limits_are_some() -> None:
    with pytest.raises(InputError, match="must be positive"):
        Limits(time_s=0.0)


@contextmanager
def child_that_says(*messages: bytes, code: str = "", stays: bool = False) -> Iterator[ConfinedPolicy]:
    """A driver whose process is ours: it says what the test says, and is gone, or `stays` and is silent."""
    ours, theirs = Pipe()
    for message in messages:
        theirs.send_bytes(message)
    if not stays:
        theirs.close()
    with subprocess.Popen([sys.executable, "-c", code]) as process, ours:
        yield ConfinedPolicy("a.onnx", process, ours, Limits())


LOADED = (IMPORTED, READY + json.dumps(asdict(Needs(CAMERA))).encode())


@pytest.mark.parametrize(
    "message",
    [
        ANSWER + bytes(16),
        ANSWER + bytes(23),
        ANSWER + np.full(3, np.inf).tobytes(),
        READY + b"{}",
        b"",
        b"\x80\x04pickled",
    ],
)
def test_what_a_child_says_is_never_trusted(message: bytes) -> None:
    with (
        child_that_says(*LOADED, message) as driver,
        pytest.raises(SubmissionError, match=r"^a\.onnx: [^\n]+$"),
    ):
        driver.act(seen_by(CAMERA), np.random.default_rng(0))


@pytest.mark.parametrize("said", [b"", b"{}", b"[1]", b'{"width_px": "many"}'])
def test_a_camera_that_is_none_is_refused(said: bytes) -> None:
    with pytest.raises(SubmissionError, match="its camera"), child_that_says(IMPORTED, READY + said):
        pass


def test_where_no_driver_starts_nobody_is_graded() -> None:
    with pytest.raises(InputError, match="no driver can be started here") as refused, child_that_says(REFUSED + b"no"):
        pass
    assert not isinstance(refused.value, SubmissionError)


def test_a_grade_knows_no_limit_of_the_clocks() -> None:
    assert {field.name for field in fields(Limits)} == {"time_s", "memory_mb"}


def test_a_busy_machine_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined_module, "PATIENCE", 0.0)
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    for code, stays, said in (("", True, "no answer within 0 s"), (killed, False, "its process was killed")):
        with child_that_says(*LOADED, code=code, stays=stays) as driver, pytest.raises(InputError, match=said) as ended:
            driver.act(seen_by(CAMERA), np.random.default_rng(0))
        assert not isinstance(ended.value, SubmissionError)


@pytest.mark.slow
def test_it_steers_as_at_home(tmp_path: Path) -> None:
    camera = Camera(width_px=25, height_px=19, focal_px=14.0, horizon_px=5.0)
    torch.manual_seed(0)
    policy = NeuralPolicy(make_network("thumbnail", 19, 25), "thumbnail", camera, precision="fp32")
    save_model(tmp_path / "model", policy, {}, {})
    seen, rng = seen_by(camera), np.random.default_rng(0)
    with taken_in(tmp_path / "model", 10) as taken, confined(taken, Limits()) as driver:
        assert driver.camera == camera
        np.testing.assert_allclose(
            driver.act(seen, rng).curvature_per_m, policy.act(seen, rng).curvature_per_m, atol=1e-7
        )


@pytest.mark.slow
def test_who_asks_for_too_much_is_ended(tmp_path: Path) -> None:
    for path, limits, said in (
        (write_memory(tmp_path / "memory.onnx"), Limits(memory_mb=512), "more than 512 MB of memory"),
        (write_time(tmp_path / "long.onnx"), Limits(time_s=1.0), "more than 1 s of a processor"),
        (write_no_numbers(tmp_path / "none.onnx"), Limits(), "no numbers"),
    ):
        with pytest.raises(SubmissionError, match=said) as refused:
            ask(path, limits)
        assert str(refused.value).startswith(f"{path.name}: ") and "\n" not in str(refused.value)


@pytest.mark.slow
def test_a_camera_is_on_the_car(tmp_path: Path) -> None:
    for number, (camera, said) in enumerate(
        [(Camera(height_m=50.0), "height_m is 50"), (Camera(width_px=2000, height_px=1000), "2000x1000 pixels")]
    ):
        with pytest.raises(SubmissionError, match=said):
            ask(write_steering(tmp_path / f"{number}.onnx", camera=camera), Limits())
