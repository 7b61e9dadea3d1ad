from drive_sim.irl.worlds.road_graph import CityConfig
from drive_sim.irl.worlds.road_trips import DriverConfig
from drive_sim.lessons.irl.maxent_2008 import Config
from drive_sim.lessons.irl.maxent_cities import Trips
from drive_sim.lessons.irl.maxent_small_world import SmallWorld
from tests.lessons.small import Small

MAXENT_2008 = Small(
    Config(
        1000,
        2,
        trips=Trips(CityConfig(6, 6), DriverConfig(least_blocks=2.0), num_ends=3, per_end=4),
        small=SmallWorld(horizon=6, num_walks=200, num_steps=20),
        num_fits=2,
    ),
    ({"num_seeds": 0}, {"num_fits": 0}),
    num_figures=6,
)
