"""Somebody else's car: learn from the first rows of a Udacity log, and steer its last rows as the person did.

Open loop, so the figure says how well steering is predicted, not how well the car would drive: a network that was
trained to come back from elsewhere is not asked to here.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.data.augment import ShiftRotate
from drive_sim.data.calibrate import FIT_ROWS, CameraFit, camera_from_fit, fit_camera
from drive_sim.data.crop import network_crop
from drive_sim.data.demonstrations import Demonstrations, smoothed
from drive_sim.data.udacity import load_udacity
from drive_sim.errors import InputError
from drive_sim.learn import bc
from drive_sim.policies.neural import NeuralPolicy


@dataclass(frozen=True, slots=True)
class Config:
    """How many rows teach and how many, the last ones, are asked; `smoothing_s` is for the person's key presses."""

    num_training: int = 600
    num_asked: int = 200
    smoothing_s: float = 0.3
    seeds: tuple[int, ...] = (0, 1, 2)
    training: bc.Config = field(default_factory=bc.Config)

    def __post_init__(self) -> None:
        if not (self.num_training > 0 and self.num_asked > 1 and self.seeds):
            raise InputError("udacity lap: it takes rows to learn from, rows to ask and at least one seed")


def run(log: Path, config: Config) -> dict[str, Any]:
    """Correlation with the person's smoothed steering on unseen rows, plain and with shift-and-rotate, seed by seed.

    Raises InputError where the log is too short or has no side pictures to fit the camera to.
    """
    whole, report = load_udacity(log)
    if len(whole) < config.num_training + config.num_asked:
        raise InputError(f"{log}: {len(whole)} rows; it takes {config.num_training + config.num_asked}")
    fit = fit_camera(whole, FIT_ROWS)
    demos = smoothed(for_network(whole, fit), config.smoothing_s)
    taught = demos.rows(slice(0, config.num_training))
    asked = demos.rows(slice(len(demos) - config.num_asked, None))
    methods = {"plain": None, "shift-rotate": config.training.shift_rotate or ShiftRotate()}
    return {
        "rows": report.rows,
        "skipped": [{"line": line, "why": why} for line, why in report.skipped],
        "camera": asdict(fit),
        "seeds": list(config.seeds),
        "methods": {
            name: _figures(replace(config.training, shift_rotate=shift_rotate), taught, asked, config.seeds)
            for name, shift_rotate in methods.items()
        },
    }


def for_network(demos: Demonstrations, fit: CameraFit) -> Demonstrations:
    """The centre pictures at PilotNet's size, with the camera that was fitted to them and their sides.

    The car's own bonnet is cut off: it stands still, so in a shifted and rotated view it would tell the shift.
    """
    crop = network_crop(fit.width_px, fit.own_car_top_px, horizon_px=fit.horizon_px)
    centre = replace(demos, images_left=None, images_right=None, has_sides=None, camera=camera_from_fit(fit))
    return crop.demonstrations(centre)


def _figures(
    config: bc.Config, taught: Demonstrations, asked: Demonstrations, seeds: tuple[int, ...]
) -> Mapping[str, list[float]]:
    answers = [_answers(bc.fit(config, taught, np.random.default_rng(seed)), asked) for seed in seeds]
    return {
        "correlation": [float(np.corrcoef(answer, asked.curvature_per_m)[0, 1]) for answer in answers],
        "rms_error_per_m": [float(np.sqrt(np.mean((answer - asked.curvature_per_m) ** 2))) for answer in answers],
    }


def _answers(policy: NeuralPolicy, asked: Demonstrations) -> PerCar:
    return policy.predict(asked.images)
