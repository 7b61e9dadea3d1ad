"""A policy beside a recorded driver: who copies him agrees, who steers the other way does not, straight is straight."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.evaluate.agreement import agreement, check_same_camera
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command


@dataclass(frozen=True)
class _Reader:
    """It reads the command off the first pixel, times a factor."""

    factor: float

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        assert observation.images is not None
        return Command.steer(self.factor * (observation.images[:, 0, 0, 0].astype(np.float64) - 100.0) / 1000.0)


def recorded(n: int = 300) -> Demonstrations:
    grey = np.random.default_rng(0).integers(0, 201, n)
    images = np.repeat(grey.astype(np.uint8), 3 * 66 * 200).reshape(n, 66, 200, 3)
    return Demonstrations(
        images, (grey.astype(np.float64) - 100.0) / 1000.0, np.full(n, np.nan), Camera(), source="log"
    )


def test_who_copies_agrees_whole_and_in_the_mirror_not_at_all() -> None:
    demos = recorded()
    whole, other, half = (agreement(_Reader(factor), demos) for factor in (1.0, -1.0, 0.5))
    assert (whole.correlation, other.correlation, half.correlation) == pytest.approx((1.0, -1.0, 1.0))
    assert (whole.rmse_per_m, other.rmse_per_m) == pytest.approx((0.0, 2.0 * whole.straight_rmse_per_m), abs=1e-12)
    assert half.rmse_per_m == pytest.approx(0.5 * half.straight_rmse_per_m)


def test_who_drives_straight_has_no_correlation_and_the_error_of_straight() -> None:
    found = agreement(_Reader(0.0), recorded())
    assert np.isnan(found.correlation)
    assert found.rmse_per_m == found.straight_rmse_per_m


def test_another_camera_is_refused() -> None:
    demos = recorded(3)
    check_same_camera("model", Camera(), demos)
    for camera, why in ((replace(Camera(), horizon_px=15.0), "another camera"), (None, "shows pictures")):
        with pytest.raises(InputError, match=why):
            check_same_camera("model", camera, demos)
    with pytest.raises(InputError, match="9 rows are too few to be compared on; take 10 or more"):
        agreement(_Reader(1.0), recorded(9))
