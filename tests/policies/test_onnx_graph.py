"""An ONNX file runs only what `export` writes: no loop, no weight elsewhere, nothing that is no number."""

from pathlib import Path

import pytest

from drive_sim.errors import InputError
from drive_sim.policies.networks import make_network
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.policies.onnx_export import export_onnx
from drive_sim.policies.onnx_policy import load_onnx
from drive_sim.sim.camera import Camera
from tests.fuzz.model_edits import GRAPHS, change_graph


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "valid.onnx"
    return export_onnx(NeuralPolicy(make_network("small", 66, 200), "small", Camera()), path)


@pytest.mark.parametrize("kind", [kind for kind in GRAPHS if kind != "dropped node"])
def test_what_no_export_writes_is_refused_before_it_runs(kind: str, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(exported.read_bytes())
    change_graph(tmp_path, "a.onnx", kind)
    with pytest.raises(InputError) as refused:
        load_onnx(tmp_path / "a.onnx")
    assert "a.onnx" in str(refused.value) and "\n" not in str(refused.value)
