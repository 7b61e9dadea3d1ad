from drive_sim.lessons.nvidia import pilotnet_2016, saliency
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
SALIENCY = Small(
    saliency.Config(
        seed=1000,
        num_seeds=1,
        num_views=4,
        num_roads=2,
        num_ticks=30,
        num_steps=6,
        network="small",
        shares=(0.1, 0.3),
        shifts_px=(-4, 0, 4),
        drive_m=60.0,
        num_driven=1,
    ),
    ({"num_seeds": 0}, {"shifts_px": (-4, 0, 3)}, {"num_views": 2}, {"shares": (0.1, 1.0)}),
    num_figures=5,
)
