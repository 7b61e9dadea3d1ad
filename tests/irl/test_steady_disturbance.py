"""A steady wind is told from a liking by what the driver does where he is."""

import pytest

from drive_sim.irl import lattice_fit
from drive_sim.irl.lattice_drives import drives_from
from drive_sim.irl.steady_disturbance import WORTH_TELLING_M, steady_disturbance_m
from drive_sim.lessons.irl.reward_on_the_road import Config, demonstrate
from drive_sim.policies.lattice_reward import RoadReward


@pytest.mark.parametrize(("driver", "wind_mps"), [("likes-right", 0.0), ("likes-middle", 0.4), ("likes-middle", -0.4)])
def test_who_is_blown_aside_is_told_from_who_likes_it_there(driver: str, wind_mps: float) -> None:
    drives = drives_from([demonstrate(Config(), driver, 7, seconds=40.0, wind_mps=wind_mps)[0]])
    pushed = steady_disturbance_m(drives, lattice_fit.fit(drives).reward)
    if wind_mps == 0.0:
        assert abs(pushed) < WORTH_TELLING_M
    else:
        assert pushed * wind_mps > 0.0 and abs(pushed) > WORTH_TELLING_M


def test_without_a_liked_line_nothing_is_said() -> None:
    drives = drives_from([demonstrate(Config(), "likes-middle", 7, seconds=20.0)[0]])
    assert steady_disturbance_m(drives, RoadReward.named(turning=-1.0)) == 0.0
