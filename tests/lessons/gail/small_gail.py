"""The lesson on GAIL, so small that a test can run it."""

from drive_sim.learn import iq_learn, ppo, regression, sqil
from drive_sim.lessons.gail import gail_2016
from drive_sim.lessons.gail.arms import Settings
from tests.lessons.small import Small

_SETTINGS = Settings(
    demonstrator=ppo.Config(num_rounds=1, ticks_per_round=100, num_epochs=2),
    num_steps=480,
    fixed_num_steps=480,
    control_num_steps=480,
    short_num_steps=480,
    policy=ppo.Config(ticks_per_round=30, batch_size=120, num_epochs=1),
    clone=regression.Config(num_steps=20),
    sqil_rounds=sqil.Config(num_rounds=2, ticks_per_round=30, batch_size=16),
    iq_learn_rounds=iq_learn.Config(num_rounds=2, ticks_per_round=30, batch_size=16),
)

GAIL_2016 = Small(
    gail_2016.Config(1000, 2, trajectories=(1, 4), settings=_SETTINGS, num_looks=2),
    ({"num_seeds": 0}, {"num_looks": 0}, {"trajectories": (4, 7)}, {"trajectories": ()}),
    num_figures=4,
    files={"film.mp4": 1},
)
