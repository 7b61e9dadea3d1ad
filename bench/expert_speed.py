"""How well the expert keeps tight bends at 12 m/s and at its own speed, by lookahead and by how far the wheels turn.

python -m bench.expert_speed              hairpins of 8 to 30 m radius, calm
python -m bench.expert_speed --seeds 20   so many roads of each kind, both ways round, in the evaluation's weather
"""

import argparse
from collections.abc import Iterable

import numpy as np

from drive_sim.evaluate import EvalConfig, evaluate, time_and_comfort
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.speed_profile import SpeedLimits
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.hairpin import make_hairpin
from drive_sim.sim.road_generator import ROAD_KINDS, RoadKind, make_circuit
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import Track, Tracks
from drive_sim.sim.vehicle import VehicleParams

RADII_M, RAMPS_M = (8.0, 10.0, 12.0, 20.0, 30.0), (0.0, 4.0, 10.0)
FAR_LOCK = VehicleParams(max_curvature_per_m=0.2)
TIGHT = {
    "tight": RoadKind("tight", 4.0, 0.0, "none", 0.125, 0.03, 14.0, clearance_m=15.0),
    "tight path": RoadKind("tight path", 1.8, 0.0, "none", 0.125, 0.035, 10.0, clearance_m=12.0),
    "tight lane": RoadKind("tight lane", 3.5, -1.75, "two-lane", 0.1, 0.03, 14.0, clearance_m=15.0),
}


def suite_of(name: str, roads: Iterable[Track], distance_m: float, weather: Disturbance) -> Suite:
    """Roads under one sky, which nobody looks at."""
    tracks = Tracks.stack(tuple(roads))
    return Suite(name, tracks, Scenes.stack([Scene()] * len(tracks)), distance_m, weather, 5)


def hairpins(car: VehicleParams, speed: SpeedLimits | None, lookahead_m: float) -> list[str]:
    """The largest offset of one half turn, and of one that another follows, over all ramps, a cell a radius."""
    cells = []
    for radius_m in RADII_M:
        largest = []
        for back in (False, True):
            roads = [make_hairpin(radius_m, ramp_m, back=back) for ramp_m in RAMPS_M]
            distance_m = min(road.length_m for road in roads) - 20.0
            suite = suite_of("hairpins", roads, distance_m, Disturbance.none())
            config = EvalConfig(car, camera=None, speed=speed, intervention_m=4.0)
            largest.append(
                np.nanmax(np.abs(evaluate(PursuitExpert(suite.tracks, lookahead_m), suite, config).offset_m))
            )
        cells.append(f"{largest[0]:.2f} {largest[1]:.2f}")
    return cells


def generated(kind: RoadKind, num_seeds: int, speed: SpeedLimits | None) -> str:
    """What the expert did on roads of a kind, either way round."""
    roads = [make_circuit(np.random.default_rng([77, i]), kind=kind, length_m=1000.0) for i in range(num_seeds)]
    suite = suite_of(kind.name, [*roads, *(road.reversed() for road in roads)], 2000.0, CONDITIONS.evaluation)
    report = evaluate(PursuitExpert(suite.tracks), suite, EvalConfig(FAR_LOCK, camera=None, speed=speed))
    felt = time_and_comfort(report)
    return (
        f"{report.interventions.sum():3d} interventions in {report.distance_m.sum() / 1000.0:.0f} km, off by at most "
        f"{np.nanmax(np.abs(report.offset_m)):.2f} m, {felt['mean_speed_mps']:.1f} m/s, aside "
        f"{felt['lateral_acceleration_p95_mps2']:.1f} / {felt['lateral_acceleration_max_mps2']:.1f} m/s2, "
        f"jerk {felt['longitudinal_jerk_rms_mps3']:.2f} m/s3"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=0)
    num_seeds = parser.parse_args().seeds
    own, sport = SpeedLimits(), SpeedLimits(30.0, 6.0, 5.0, 3.0)
    if not num_seeds:
        print("radius m".ljust(28), *(f"{radius_m:<10g}" for radius_m in RADII_M))
        for lock, car in (("0.2 /m", FAR_LOCK), ("0.12 /m", VehicleParams())):
            for lookahead_m in (9.0, 7.2, 6.0, 4.5):
                print(
                    f"{lock}, 12 m/s, {lookahead_m} m".ljust(28),
                    *(f"{cell:<10}" for cell in hairpins(car, None, lookahead_m)),
                )
            print(f"{lock}, own speed".ljust(28), *(f"{cell:<10}" for cell in hairpins(car, own, 9.0)))
    for name, kind in {**ROAD_KINDS, **TIGHT}.items() if num_seeds else ():
        for label, speed in (("own", own), ("brisk", sport), ("kept", None)):
            print(f"{name:<12}{label:<6}", generated(kind, num_seeds, speed), flush=True)


if __name__ == "__main__":
    main()
