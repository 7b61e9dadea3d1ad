"""A demonstration is judged by what it lacks; a good one is left in peace."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.data.check_demonstrations import balance, check_demonstrations
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.rollout import drive
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks

SWAP = {"left": "right", "right": "left"}
WAVE = 0.02 * np.sin(np.linspace(0.0, 12.0, 300))


def make_demos(curvature_per_m: np.ndarray, speed_mps: float = 12.0) -> Demonstrations:
    num_rows = len(curvature_per_m)
    return Demonstrations(np.zeros((num_rows, 2, 2, 3), np.uint8), curvature_per_m, np.full(num_rows, speed_mps))


def test_a_good_demonstration_is_left_in_peace() -> None:
    assert check_demonstrations(make_demos(WAVE)) == []


def test_the_scripted_experts_thirty_seconds_are_good() -> None:
    """On nearly every seed; a few roads really bend to one side only for half a minute, and that is said."""
    tracks = Tracks.stack([make_demonstration_world(seed)[0] for seed in range(20)])
    env = DriveEnv(tracks, None, EnvConfig(None), np.random.default_rng(0))
    ticks = list(drive(env, PursuitExpert(tracks), 300, np.random.default_rng(0)))
    commands = np.stack([tick.command.curvature_per_m for tick in ticks], axis=1)
    warnings = [warning for command in commands for warning in check_demonstrations(make_demos(command))]
    assert len(warnings) <= 3
    assert all("hardly a bend" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("demos", "warning"),
    [
        (make_demos(WAVE[:150]), "only 15 s were driven"),
        (make_demos(np.abs(WAVE)), "hardly a bend to the right"),
        (make_demos(-np.abs(WAVE)), "hardly a bend to the left"),
        (make_demos(0.05 * WAVE), "only 0% of it bends"),
        (make_demos(np.full(300, 0.01)), "the command is 0.010 /m throughout"),
        (make_demos(WAVE, speed_mps=0.1), "stands still for 100%"),
        (make_demos(WAVE[:0]), "nothing was driven"),
        (
            replace(make_demos(0.1 * np.sign(WAVE).round()), raw_steering=np.sign(WAVE).round()),
            "only full left, straight or full right",
        ),
    ],
)
def test_each_fault_has_its_line(demos: Demonstrations, warning: str) -> None:
    warnings = check_demonstrations(demos)
    assert len(warnings) == 1
    assert warning in warnings[0]
    assert "\n" not in warnings[0]
    assert "driv" in warnings[0] or "steer" in warnings[0]


def test_a_wheel_that_turns_gradually_under_a_key_is_fine() -> None:
    assert check_demonstrations(replace(make_demos(WAVE), raw_steering=np.sign(WAVE))) == []


def test_unknown_speed_is_not_standing() -> None:
    assert check_demonstrations(make_demos(WAVE, speed_mps=np.nan)) == []


@given(st.floats(-0.02, 0.02))
def test_a_mirrored_demonstration_gets_the_mirrored_verdict(bias_per_m: float) -> None:
    demos = make_demos(WAVE + bias_per_m)
    mirrored = make_demos(-WAVE - bias_per_m)
    swapped = [re.sub("left|right", lambda side: SWAP[side[0]], warning) for warning in check_demonstrations(demos)]
    assert check_demonstrations(mirrored) == swapped
    assert balance(mirrored).left == balance(demos).right


def test_shares_add_up() -> None:
    found = balance(make_demos(WAVE))
    assert found.left + found.right + found.straight == pytest.approx(1.0)
    assert found.duration_s == pytest.approx(30.0)
