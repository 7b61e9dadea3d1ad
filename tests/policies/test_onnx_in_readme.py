"""README's lines of plain onnxruntime, as they stand there, drive as the model does."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.checkout import model_folder
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.policies.model_folder import load_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.onnx_export import export_onnx
from drive_sim.sim.observation import Observation
from drive_sim.sim.suites import Suite, make_suite
from drive_sim.sim.vehicle import Command

README = Path(__file__).resolve().parents[2] / "README.md"


class Lines:
    """Drives by README's function, a picture at a time, and keeps what was seen and done."""

    def __init__(self, curvature_per_m: Any) -> None:
        self.curvature_per_m, self.seen, self.done = curvature_per_m, [], []

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        assert observation.images is not None
        done = [self.curvature_per_m(picture) for picture in observation.images]
        self.seen.append(observation.images)
        self.done.append(done)
        return Command.steer(done)


@pytest.fixture(scope="module")
def suite() -> Suite:
    return make_suite("held-out", num_roads=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pilotnet", "first-drive-shift-rotate", "alvinn"])
def test_ten_lines_drive(name: str, suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = README.read_text(encoding="utf-8").split("**In your own program.**")[1]
    (code,) = re.findall(r"```python\n(.*?)```", text.split("\n\n`make setup`")[0], re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10 and "drive_sim" not in code
    policy = load_model(model_folder(name), device="cpu")
    export_onnx(policy, tmp_path / "driver.onnx")
    monkeypatch.chdir(tmp_path)
    made: dict[str, Any] = {}
    exec(code, made)
    driver = Lines(made["curvature_per_m"])
    report = evaluate(driver, replace(suite, distance_m=300.0), EvalConfig(camera=policy.camera))
    assert report.interventions.sum() == 0 and (report.distance_m >= 300.0).all()
    if isinstance(policy, NeuralPolicy):
        policy = replace(policy, precision="fp32")
    at_home = np.concatenate([policy.predict(images) for images in driver.seen])  # pyright: ignore[reportAttributeAccessIssue]
    np.testing.assert_allclose(np.concatenate(driver.done), np.clip(at_home, -0.12, 0.12), atol=2e-6)
