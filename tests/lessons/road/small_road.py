from dataclasses import replace

from drive_sim.learn import dagger
from drive_sim.lessons.road import any_road, cascading_errors, data_efficiency, recovery
from drive_sim.lessons.road.learners import DataBudget
from drive_sim.sim.conditions import CONDITIONS
from tests.lessons.small import Small

BUDGET = DataBudget(dagger.Config(num_rounds=2, ticks_per_round=20), num_steps=4, network="small")
ANY_ROAD = Small(
    any_road.Config(
        1000,
        1,
        num_roads=6,
        num_ticks=2,
        num_steps=3,
        batch_size=4,
        num_suite_roads=36,
        num_drawn_roads=1,
        distance_m=5.0,
        crossing_m=5.0,
    ),
    ({"num_seeds": 0}, {"num_ticks": 0}, {"num_roads": 7}),
    num_figures=4,
)
CASCADING_ERRORS = Small(
    cascading_errors.Config(
        1000, 2, num_ticks=30, num_roads=2, cars_per_road=2, first_tick=5, last_tick=20, num_places=40, budget=BUDGET
    ),
    ({"num_seeds": 0}, {"first_tick": 0}, {"last_tick": 31}, {"cars_per_road": 0}),
    num_figures=3,
)
DATA_EFFICIENCY = Small(
    data_efficiency.Config(
        1000,
        1,
        budget=DataBudget(
            dagger.Config(num_rounds=3, ticks_per_round=10, growth=2.0),
            num_steps=2,
            network="small",
            conditions=replace(CONDITIONS, num_roads=3, distance_m=50.0),
        ),
    ),
    ({"num_seeds": 0}, {"budget": DataBudget(dagger.Config(num_rounds=1))}),
    num_figures=3,
    files={"models/*/round-*": 9},
)
RECOVERY = Small(
    recovery.Config(1000, 2, num_roads=2, off_step_m=0.75, turned_step_deg=8.0, num_ticks=30, budget=BUDGET),
    ({"num_seeds": 0}, {"off_step_m": 0.0}, {"turned_step_deg": 20.0}),
    num_figures=2,
)
