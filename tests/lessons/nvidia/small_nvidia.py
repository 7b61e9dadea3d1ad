from drive_sim.lessons.nvidia import pilotnet_2016
from drive_sim.lessons.nvidia.samples import Recipe
from tests.lessons.small import Small

RECIPE = Recipe(network="small", num_steps=6)
PILOTNET = Small(
    pilotnet_2016.Config(
        seed=1000, num_seeds=2, num_roads=2, num_beside=1, distance_m=60.0, num_ticks=30, recipe=RECIPE
    ),
    ({"num_seeds": 0}, {"num_beside": 3}, {"distance_m": 0.0}),
    num_figures=6,
)
