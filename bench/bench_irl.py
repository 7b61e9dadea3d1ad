"""Inverse reinforcement learning: what a search and a fit take on one core."""

import time
from statistics import median

from drive_sim.irl import max_margin
from drive_sim.irl.worlds.macrocells import Shifts
from drive_sim.lessons.irl import maxent_2008
from drive_sim.lessons.irl.gridworld_2004 import Config, draw_reward

NUM_RUNS = 5


def main() -> list[dict[str, object]]:
    """Rows: seconds of 30 iterations of maximum margin on 128 x 128 cells with 64 features, median of five; a fit."""
    config, times_s = Config(), []
    planner = Shifts(config.world).planner(config.world.indicators())
    for seed in range(NUM_RUNS):
        expert = planner(draw_reward(config, seed)).expectations
        start_s = time.process_time()
        found = max_margin.fit(planner, expert, max_margin.Config("max-margin", config.num_iterations))
        times_s.append(time.process_time() - start_s)
        assert len(found.planned) == config.num_iterations + 1
    what = "maximum margin, 128 x 128 cells, 64 features, 30 iterations"
    return [{"what": what, "median": median(times_s), "unit": "s", "bar": 5.0}, _maxent()]


def _maxent() -> dict[str, object]:
    """Seconds of a fit to exact expectations, to a gradient norm of 1e-6, the median of twenty."""
    found = maxent_2008.find_checks(maxent_2008.Config(), "checks", 0, lambda _share, _words: None)
    assert found.norm <= 1e-6
    what = "maximum entropy, 5 x 5 cells on ice, 25 weights, horizon 20"
    return {"what": what, "median": median(found.fit_cpu_s.tolist()), "unit": "s", "bar": 0.05}
