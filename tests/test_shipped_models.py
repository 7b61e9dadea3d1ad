"""The models that ship: found by name, small, told where they come from, and able to drive."""

import json

import pytest

from drive_sim.cli_inputs import SHIPPED_MODELS, model_folder
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.model_folder import load_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.suites import make_suite

NAMES = sorted(path.parent.name for path in SHIPPED_MODELS.glob("*/config.json"))


def test_pilotnet_and_alvinn_ship():
    assert {"alvinn", "pilotnet"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_found_by_its_name_is_small_and_says_its_seed(name: str):
    folder = model_folder(name)
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_500_000
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["seed"] == 0
    assert not str(metrics["commit"]).endswith("-dirty")


@pytest.mark.parametrize(("name", "num_weights"), [("pilotnet", 252_219), ("alvinn", 960 * 5 + 5 + 5 * 30 + 30)])
def test_what_ships_drives_a_road_that_it_never_saw(name: str, num_weights: int):
    policy = load_model(model_folder(name))
    assert isinstance(policy, NeuralPolicy | AlvinnPolicy)
    assert sum(weights.numel() for weights in policy.network.parameters()) == num_weights
    report = evaluate(policy, make_suite("held-out", num_roads=1), EvalConfig(camera=policy.camera))
    assert report.interventions.sum() == 0
    assert report.distance_m[0] >= 2000.0
