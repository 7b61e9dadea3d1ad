"""Inverse reinforcement learning: what a search takes on one core."""

import time
from statistics import median

from drive_sim.irl import max_margin
from drive_sim.irl.worlds.macrocells import Shifts
from drive_sim.lessons.irl.gridworld_2004 import Config, draw_reward

NUM_RUNS = 5


def main() -> list[dict[str, object]]:
    """Rows: seconds of 30 iterations of maximum margin on 128 x 128 cells with 64 features, the median of five."""
    config, times_s = Config(), []
    planner = Shifts(config.world).planner(config.world.indicators())
    for seed in range(NUM_RUNS):
        expert = planner(draw_reward(config, seed)).expectations
        start_s = time.process_time()
        found = max_margin.fit(planner, expert, max_margin.Config("max-margin", config.num_iterations))
        times_s.append(time.process_time() - start_s)
        assert len(found.planned) == config.num_iterations + 1
    what = "maximum margin, 128 x 128 cells, 64 features, 30 iterations"
    return [{"what": what, "median": median(times_s), "unit": "s", "bar": 5.0}]
