"""docs/onnx.md's lines for a PyTorch network that wants floats, channels first, as they stand there."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from drive_sim import cli
from drive_sim.policies.confined_onnx import load_confined_onnx
from tests.policies.test_onnx import pictures

DOCS = Path(__file__).resolve().parents[2] / "docs" / "onnx.md"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the exporter that needs no further package
def test_a_network_of_pytorch_drives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    layers = (torch.nn.Conv2d(3, 8, 5, 4), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.AvgPool2d(4))
    net = torch.nn.Sequential(*layers, torch.nn.Flatten(), torch.nn.Linear(384, 1), torch.nn.Tanh()).eval()
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip() and "import" not in line]) <= 13
    exec(code, {"net": net})
    driver = load_confined_onnx(Path("mine.onnx"))
    seen = pictures(driver.camera)
    with torch.no_grad():
        steering = net(torch.as_tensor(seen).permute(0, 3, 1, 2).float() / 255.0)[:, 0].numpy()
    np.testing.assert_allclose(driver.predict(seen), -0.12 * steering, atol=1e-6)
    assert cli.main(["evaluate", "mine.onnx", "--suite", "train", "--distance", "0.02"]) == 0
    typed = [
        "grade",
        "mine.onnx",
        "--num-roads",
        "1",
        "--films",
        "0",
        "--seed",
        "987654321987654321",
        "--out",
        "graded",
    ]
    assert cli.main(typed) == 0
