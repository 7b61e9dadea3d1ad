from dataclasses import replace

import numpy as np

from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.lessons.kit import drive_with_progress
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.suites import make_suite


def test_it_counts_as_evaluate_does_and_tells_how_far_it_is():
    suite, told = replace(make_suite("held-out", num_roads=2), distance_m=100.0), []
    expert, config = PursuitExpert(suite.tracks), EvalConfig(camera=None)
    found = drive_with_progress(expert, suite, config, lambda share, note: told.append((share, note)))
    np.testing.assert_array_equal(found.offset_m, evaluate(expert, suite, config).offset_m)
    shares = [share for share, _ in told]
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert told[-1] == (1.0, "0 interventions")
