"""Deep maximum entropy, so small that a test can run it."""

from drive_sim.irl.worlds import objectworld
from drive_sim.lessons.irl import deep_maxent
from tests.lessons.small import Small

DEEP_MAXENT = Small(
    deep_maxent.Config(
        1000,
        2,
        world=objectworld.Config(size=5, num_objects=4, reach=3),
        nums=(1, 16, 64),
        num_steps=3,
        num_unseen=1,
        priors=(1.0, 10.0),
        most_iterations=5,
    ),
    ({"num_seeds": 0}, {"nums": (1, 4)}, {"nums": (64, 16)}, {"priors": (0.0,)}, {"priors": ()}),
    num_figures=3,
)
