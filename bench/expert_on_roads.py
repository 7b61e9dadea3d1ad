"""`python -m bench.expert_on_roads`: the expert over every road of `assets/roads`, both ways, in every kind of scene.

The expert sees no picture; a scene is a wind and kicks of its own. Prints a row a road, and ends with 1 where somebody
had to help.
"""

import sys

import numpy as np

from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.circuit_file import TRACK_NAMES, named_track
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.scene import SCENE_KINDS, make_scene
from drive_sim.sim.suites import suite_from_track


def main() -> int:
    """The interventions of all."""
    total = 0
    for name in TRACK_NAMES:
        counts, worst_m, km = 0, 0.0, 0.0
        for seed, kind in enumerate(SCENE_KINDS):
            for track in (named_track(name), named_track(name).reversed()):
                scene = make_scene(kind, np.random.default_rng(seed))
                suite = suite_from_track(track, scene, disturbance=CONDITIONS.evaluation, seed=seed)
                report = evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(CONDITIONS.vehicle, None))
                counts += int(report.interventions.sum())
                worst_m = max(worst_m, float(np.nanmax(np.abs(report.offset_m))))
                km += float(report.distance_m.sum()) / 1000.0
        total += counts
        print(f"{name:16} {km:6.1f} km  {counts} interventions  at most {100.0 * worst_m:3.0f} cm off", flush=True)
    print(f"{total} interventions")
    return total


if __name__ == "__main__":
    sys.exit(min(main(), 1))
