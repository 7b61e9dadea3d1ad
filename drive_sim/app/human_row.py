"""A person's control tick as a recording's row: the wheel's curvature, and beside it what the hands did."""

from dataclasses import replace

import numpy as np

from drive_sim.app.human_driver import HumanDriver
from drive_sim.data.recording import Row
from drive_sim.data.rollout import Tick, row_of
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.observation import Observation


def make_human_row(
    number: int,
    observation: Observation,
    human: HumanDriver,
    expert: PursuitExpert,
    *,
    tick_s: float,
    intervention: bool = False,
) -> Row:
    """The row of an episode's tick `number`, with the expert's command beside the person's.

    `intervention`: the person has taken the wheel from a policy.
    """
    expert_per_m = expert.act(observation).curvature_per_m
    tick = Tick(number, number * tick_s, observation, human.command, np.array([intervention]), expert_per_m)
    row = row_of(tick, 0, "human")
    return replace(row, raw_steering=human.raw_steering, raw_throttle=human.raw_throttle, raw_key=human.raw_key)
