"""Ridge regression: the exact minimum of the paper's cost."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import ridge, ridge_sums
from drive_sim.policies.linear import KART_CAMERA, LinearPolicy, lab_features
from drive_sim.sim.camera import Camera

CAMERA = replace(KART_CAMERA, width_px=5, height_px=4)


def demos(n: int = 60, camera: Camera = CAMERA) -> Demonstrations:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (n, camera.height_px, camera.width_px, 3), dtype=np.uint8)
    return Demonstrations(images, rng.normal(0.005, 0.02, n), np.full(n, 12.0), camera)


def cost(policy: LinearPolicy, data: Demonstrations, penalty: float) -> float:
    error = policy.predict(data.images) - data.curvature_per_m
    return float(np.mean(error**2) + penalty * np.sum(policy.weights**2))


def test_normal_equations_hold() -> None:
    data, penalty = demos(), 1e-3
    policy = ridge.fit(ridge.Config(penalty), data)
    x = lab_features(data.images)
    error = x @ policy.weights + policy.bias_per_m - data.curvature_per_m
    np.testing.assert_allclose(x.T @ error / len(data) + penalty * policy.weights, 0.0, atol=1e-12)
    # The bias is not penalised.
    assert np.mean(error) == pytest.approx(0.0, abs=1e-12)


def test_no_neighbour_costs_less() -> None:
    data, rng = demos(), np.random.default_rng(1)
    best = ridge.fit(ridge.Config(), data)
    for _ in range(20):
        step = rng.normal(0.0, 1e-3, 61)
        other = LinearPolicy(best.weights + step[:-1], best.bias_per_m + step[-1], CAMERA)
        assert cost(other, data, 1e-3) > cost(best, data, 1e-3)


def test_a_shift_of_all_commands_shifts_the_answer() -> None:
    data = demos()
    moved = ridge.fit(ridge.Config(), replace(data, curvature_per_m=data.curvature_per_m + 0.1))
    best = ridge.fit(ridge.Config(), data)
    np.testing.assert_allclose(moved.weights, best.weights, atol=1e-14)
    assert moved.bias_per_m == pytest.approx(best.bias_per_m + 0.1)


@pytest.mark.parametrize("rows_at_once", [7, 59])
def test_it_may_be_added_up_in_parts(rows_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ridge.fit(ridge.Config(), demos())
    monkeypatch.setattr(ridge_sums, "ROWS_AT_ONCE", rows_at_once)
    np.testing.assert_allclose(ridge.fit(ridge.Config(), demos()).weights, whole.weights, rtol=1e-9)


def test_what_cannot_be_fitted_is_said() -> None:
    for data, message in [
        (demos().rows(slice(0, 0)), "no frames"),
        (replace(demos(), camera=None), "camera is not known"),
        (demos(1, Camera()), "25x19"),
    ]:
        with pytest.raises(InputError, match=message):
            ridge.fit(ridge.Config(), data)
    with pytest.raises(InputError, match="positive"):
        ridge.Config(0.0)
