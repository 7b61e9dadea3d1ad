"""What a batch tells, car by car."""

from typing import Any

import gymnasium
import numpy as np
import pytest

import drive_sim.gym
from drive_sim.errors import InputError
from drive_sim.gym.by_car import start_of_all, told_by_car

SMALL: dict[str, Any] = {"track": "village-loop", "observation": "lane-pose"}


def test_each_car_is_told_what_it_would_be_told_alone() -> None:
    fleet = gymnasium.make_vec(drive_sim.gym.ROAD_ID, num_envs=3, **SMALL)
    alone = gymnasium.make(drive_sim.gym.ROAD_ID, **SMALL)
    starts = [{"start_s_m": 10.0 * car, "start_offset_m": 0.2 * car} for car in range(3)]
    told = told_by_car(fleet.reset(seed=0, options=start_of_all(starts))[1], 3)
    for car, start in enumerate(starts):
        assert told[car] == alone.reset(seed=0, options=start)[1]


def test_options_are_for_all_cars_or_for_none() -> None:
    assert start_of_all([{}, {}]) is None
    with pytest.raises(InputError, match="start_s_m is given for some cars and not for car 1"):
        start_of_all([{"start_s_m": 3.0}, {}])


def test_where_nothing_is_told_each_car_is_told_nothing() -> None:
    assert told_by_car({"_hit": np.ones(2, dtype=np.bool_)}, 2) == [{}, {}]
