"""GAIL on the road, so small that a test can run it."""

from drive_sim.learn import regression
from drive_sim.learn.ppo import Config as PpoConfig
from drive_sim.lessons.gail import gail_on_the_road
from drive_sim.lessons.gail.road_drives import World
from drive_sim.lessons.gail.road_learners import Trying
from tests.lessons.small import Small

_TRIES = Trying(4, policy=PpoConfig(num_rounds=2, ticks_per_round=20, num_epochs=2))
GAIL_ON_THE_ROAD = Small(
    gail_on_the_road.Config(
        1000,
        2,
        True,
        laps=(1, 2),
        world=World(every=40, num_roads=2, distance_m=60.0, cars_per_road=1, return_ticks=20),
        trying=_TRIES,
        pixels=_TRIES,
        looks=1,
        look_roads=1,
        fit=regression.Config(num_steps=30),
    ),
    ({"num_seeds": 0}, {"laps": ()}, {"laps": (0,)}, {"looks": 0}),
    num_figures=5,
    files={"film.mp4": 1},
)
