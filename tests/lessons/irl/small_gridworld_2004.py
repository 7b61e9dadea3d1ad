from drive_sim.irl.worlds.macrocells import Macrocells
from drive_sim.lessons.irl import gridworld_2004
from tests.lessons.small import Small

GRIDWORLD_2004 = Small(
    gridworld_2004.Config(1000, 2, world=Macrocells(8, 4), num_iterations=8, num_paths=(1, 3), num_maxent=1),
    ({"num_seeds": 0}, {"num_maxent": 3}, {"num_paths": ()}, {"path_steps": 0}, {"gap": 0.0}, {"l2": 0.0}),
    num_figures=3,
)
