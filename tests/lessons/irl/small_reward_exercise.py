from drive_sim.lessons.irl import reward_exercise
from tests.lessons.small import Small

REWARD_EXERCISE = Small(
    reward_exercise.Config(1000, 2, num_draws=20_000, num_in_table=4000, l2=(1.0,), points=21),
    ({"num_seeds": 0}, {"num_draws": 0}, {"num_in_table": 0}, {"points": 1}, {"l2": ()}, {"l2": (0.0,)}),
    num_figures=5,
    has_script=True,
)
