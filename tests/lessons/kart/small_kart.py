from drive_sim.lessons.kart import smile, tux_kart
from drive_sim.lessons.kart.world import KartConditions
from tests.lessons.small import Small

CONDITIONS = KartConditions(ticks_per_lap=150, held_out_seeds=(101, 102))
SMALL = {
    "seed": 1000,
    "num_seeds": 2,
    "num_rounds": 3,
    "evaluate_after": (1, 3),
    "num_laps": 2,
    "conditions": CONDITIONS,
}
TUX_KART = Small(
    tux_kart.Config(**SMALL, num_network_seeds=1, network_steps=5),
    ({"num_seeds": 0}, {"evaluate_after": (1, 2)}, {"num_laps": 0}, {"num_network_seeds": -1}),
    num_figures=4,
)
SMILE = Small(smile.Config(**SMALL), ({"num_rounds": 1, "evaluate_after": (1,)}, {"num_laps": 0}), num_figures=4)
