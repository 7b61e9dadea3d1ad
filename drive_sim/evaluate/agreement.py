"""How well a policy agrees with a recorded driver, frame by frame, on rows that it has not learned from.

Low errors here are no proof of driving: what the policy does where only it goes, a recording does not show. But they
tell whether anything was learned of what a person does, beside the plainest of all answers, which is always straight.
"""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import PerCar
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.frame_stack import for_frames
from drive_sim.errors import InputError
from drive_sim.evaluate.intervals import bootstrap_interval
from drive_sim.policies.base import Policy
from drive_sim.policies.frames import num_frames
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import LanePose
from drive_sim.sim.vehicle import VehicleState

BLOCK_ROWS = 25
"""Neighbouring rows are near copies: whole blocks are drawn for the interval (Kuensch 1989)."""
NUM_RESAMPLES = 2000
_ROWS_AT_ONCE = 256
LEAST_ROWS = 10
"""A second's driving: a correlation of less says nothing."""
_COMPARED = ("width_px", "height_px", "focal_px", "horizon_px", "height_m", "forward_m", "side_m")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Commands of a policy beside those of the driver, in 1/m: their correlation with its 95 % interval, and errors.

    `correlation` is NaN where one of them never changes. `straight_rmse_per_m` is the root mean square error of who
    always drives straight, `mean_per_m` and `policy_mean_per_m` are the mean commands, left positive.
    """

    num_rows: int
    correlation: float
    correlation_low: float
    correlation_high: float
    rmse_per_m: float
    straight_rmse_per_m: float
    mean_per_m: float
    policy_mean_per_m: float


def agreement(policy: Policy, demos: Demonstrations, *, seed: int = 0) -> Agreement:
    """What a policy commands for the recorded pictures, beside what was driven there.

    Raises InputError where there are no rows to compare on, or where the policy sees through another camera.
    """
    if len(demos) < LEAST_ROWS:
        raise InputError(f"{demos.where}: {len(demos)} rows are too few to be compared on; take {LEAST_ROWS} or more")
    commanded, driven = commands(policy, demos, seed=seed), demos.curvature_per_m
    blocks = np.array_split(np.arange(len(demos)), max(len(demos) // BLOCK_ROWS, 1))

    def of_blocks(picked: np.ndarray) -> float:
        rows = np.concatenate([blocks[i] for i in picked])
        return correlation(commanded[rows], driven[rows])

    low, high = bootstrap_interval(of_blocks, len(blocks), NUM_RESAMPLES, seed=seed)
    return Agreement(
        len(demos),
        correlation(commanded, driven),
        low,
        high,
        _root_mean_square(commanded - driven),
        _root_mean_square(driven),
        float(driven.mean()),
        float(commanded.mean()),
    )


def commands(policy: Policy, demos: Demonstrations, *, seed: int = 0) -> PerCar:
    """The curvatures (n,) that a policy commands for recorded pictures, speeds and wanted places, each by itself.

    What sees two frames is shown the row before as well, which of the first row is itself.
    """
    rng, demos = np.random.default_rng(seed), for_frames(demos, num_frames(policy))
    parts = [demos.rows(slice(start, start + _ROWS_AT_ONCE)) for start in range(0, len(demos), _ROWS_AT_ONCE)]
    return np.concatenate([policy.act(_seen(part), rng).curvature_per_m for part in parts])


def check_same_camera(name: str, camera: Camera | None, demos: Demonstrations) -> None:
    """Raises InputError for a policy that sees through another camera than the recording's, or through none."""
    if camera is None:
        raise InputError(f"{name} reads where the car is on its road, and a recording shows pictures; name a network")
    theirs = demos.camera
    if theirs is not None and not np.allclose(_numbers(camera), _numbers(theirs), rtol=1e-3, atol=1e-3):
        raise InputError(
            f"{name} sees through another camera than {demos.where}; give the --camera with which it was trained"
        )


def _numbers(camera: Camera) -> list[float]:
    return [*camera.centre_px, *(float(getattr(camera, name)) for name in _COMPARED)]


def _seen(demos: Demonstrations) -> Observation:
    """Recorded rows as a policy is shown them; where the car is on its road is not known (NaN)."""
    unknown, nowhere = np.full(len(demos), np.nan), np.full((len(demos), 3), np.nan)
    lane = LanePose(np.zeros(len(demos), np.int64), unknown, unknown, unknown, unknown, unknown)
    state = VehicleState(nowhere, demos.speed_mps, unknown, np.empty((len(demos), 0)))
    return Observation(demos.images, demos.speed_mps, lane, state, demos.lateral_goal, demos.previous_images)


def correlation(a: PerCar, b: PerCar) -> float:
    """Pearson's; NaN where one of the two never changes."""
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _root_mean_square(values: PerCar) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
