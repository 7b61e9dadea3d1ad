from drive_sim.learn import dagger, regression, sqil
from drive_sim.lessons.gail import perpendicular_start
from drive_sim.lessons.gail.turned_learners import Budget
from drive_sim.lessons.gail.turned_starts import World
from tests.lessons.small import Small

TRYING = sqil.Config(num_rounds=2, ticks_per_round=6, updates_per_step=0.1, batch_size=8, temperature=0.001)
PERPENDICULAR_START = Small(
    perpendicular_start.Config(
        1000,
        2,
        num_roads=2,
        num_validation_roads=1,
        look_every=1,
        world=World(road_length_m=500.0, distance_m=30.0, settled_m=20.0, num_cars=2),
        budget=Budget(
            num_drives=2,
            fitting=regression.Config(num_steps=5),
            asking=dagger.Config(num_rounds=2, ticks_per_round=5),
            trying=TRYING,
            from_pixels=TRYING,
            pixel_drives=1,
            pixel_cars=2,
        ),
    ),
    ({"num_seeds": 0}, {"num_roads": 0}, {"asked_deg": 45.0}, {"look_every": 3}),
    num_figures=3,
    files={"film.mp4": 1},
)
