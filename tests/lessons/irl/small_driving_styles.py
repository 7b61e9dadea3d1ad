from drive_sim.irl.highway import Highway
from drive_sim.lessons.irl import driving_styles_2004
from tests.lessons.small import Small

DRIVING_STYLES = Small(
    driving_styles_2004.Config(
        1000,
        2,
        False,
        Highway(discount=0.7),
        num_samples=130,
        num_iterations=2,
        num_drives=2,
        num_held_out=1,
        piece=10,
        l2=1.0,
    ),
    ({"num_seeds": 0}, {"num_drives": 1}, {"piece": 131}, {"l2": 0.0}),
    num_figures=4,
)
