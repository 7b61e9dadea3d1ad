"""Rewards on our road, so small that a test can run it."""

from drive_sim.lessons.irl import reward_on_the_road
from tests.lessons.small import Small

REWARD_ON_THE_ROAD = Small(
    reward_on_the_road.Config(
        1000,
        1,
        True,
        seconds=20.0,
        held_out_s=25.0,
        piece_s=10.0,
        num_roads=1,
        distance_m=60.0,
        num_steps=2,
        network="small",
    ),
    ({"num_seeds": 0}, {"distance_m": 0.0}, {"seconds": 5.0}, {"piece_s": 500.0}),
    num_figures=3,
)
