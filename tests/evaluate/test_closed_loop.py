import json
from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig, autonomy_percent, drive, evaluate, make_report, summary
from drive_sim.evaluate.intervals import estimate_per_km
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import Suite, make_suite, suite_from_track
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command

CONFIG = EvalConfig(camera=None)
WINDY = Disturbance(gust_mps=0.2, kick_rate_hz=0.2, kick_shift_m=0.3, kick_turn_rad=0.05)


class Straight:
    """Never steers."""

    def act(self, observation, rng):
        return Command.steer(np.zeros(len(observation.speed_mps)))


class Nervous:
    """Holds the lane's curvature and trembles."""

    def act(self, observation, rng):
        curvature_per_m = observation.lane.curvature_per_m
        return Command.steer(curvature_per_m + 0.004 * rng.standard_normal(len(curvature_per_m)))


def circles(distance_m=400.0, disturbance=WINDY):
    tracks = Tracks.stack([make_circle(50.0), make_circle(80.0), make_circle(60.0).mirrored()])
    return Suite("circles", tracks, Scenes.stack([Scene()] * 3), distance_m, disturbance, seed=5)


def test_the_expert_needs_nobody():
    suite = make_suite("held-out", num_roads=4)
    figures = summary(evaluate(PursuitExpert(suite.tracks), suite, CONFIG))
    assert figures["interventions"] == figures["left_road"] == 0
    assert figures["autonomy_percent"] == 100.0
    assert figures["route_completion"] == 1.0
    assert figures["finished_roads"] == 4
    assert figures["offset_max_cm"] < 100.0
    assert figures["mean_autonomous_distance_m"] == pytest.approx(2000.0, abs=2.0)


def test_without_interventions_three_bound_them():
    suite = circles()
    figures = summary(evaluate(PursuitExpert(suite.tracks), suite, CONFIG))
    assert figures["interval"] == "rule of three, 1 km"
    assert figures["interventions_per_km_low"] == figures["interventions_per_km"] == 0.0
    assert figures["interventions_per_km_high"] == pytest.approx(3.0 / figures["distance_km"])
    assert figures["autonomy_percent_low"] == pytest.approx(100.0 * (1.0 - 18.0 / figures["elapsed_s"]))


def test_who_never_steers_leaves_a_circle_at_the_same_rate_for_ever():
    suite = circles(disturbance=Disturbance.none())
    report = evaluate(Straight(), suite, CONFIG)
    figures = summary(report)
    # The wheels start along the circle, come straight within the lag, and 1 m off needs about sqrt(2 r) metres.
    for road, radius_m in enumerate((50.0, 80.0, 60.0)):
        stretch_m = report.distance_m[road] / report.interventions[road]
        assert np.sqrt(2.0 * radius_m) < stretch_m < np.sqrt(2.0 * radius_m) + 5.0
    assert figures["autonomy_percent"] == 0.0, "it takes more than 6 s a time"
    first_m = np.array([report.driven_m[np.argmax(report.intervened[:, road]), road] for road in range(3)])
    assert figures["route_completion"] == pytest.approx(np.mean(first_m / 400.0))
    assert figures["command_jerk_rad_s3"] == 0.0


def test_the_interval_is_seeded_and_holds_the_estimate():
    report = evaluate(Nervous(), circles(1000.0), CONFIG)
    figures = summary(report)
    assert figures == summary(report)
    assert figures["interval"] == "bootstrap over 3 drives"
    assert figures["interventions_per_km_low"] < figures["interventions_per_km"] < figures["interventions_per_km_high"]
    few = summary(replace(report, interventions=np.array([5, 20, 30]) // 10))
    assert few["autonomy_percent_low"] < few["autonomy_percent"] < few["autonomy_percent_high"]


def test_the_bootstrap_is_near_the_normal_interval():
    report = evaluate(Nervous(), circles(), CONFIG)
    counts = np.random.default_rng(0).poisson(5.0, 400)
    many = replace(
        report,
        track_names=("road",) * 400,
        interventions=counts,
        strict_interventions=counts,
        interventions_at_crossing=counts,
        distance_m=np.full(400, 1000.0),
        elapsed_s=np.full(400, 80.0),
        left_road=np.zeros(400, dtype=np.int64),
        offset_m=np.zeros((3, 400)),
        driven_m=np.zeros((3, 400)),
        intervened=np.zeros((3, 400), dtype=np.bool_),
        command_per_m=np.zeros((3, 400)),
        speed_mps=np.ones((3, 400)),
    )
    figures = summary(many)
    half = 1.96 * counts.std() / np.sqrt(400)
    assert figures["interventions_per_km_low"] == pytest.approx(counts.mean() - half, abs=0.05)
    assert figures["interventions_per_km_high"] == pytest.approx(counts.mean() + half, abs=0.05)


def test_the_same_drive_has_one_interval():
    """A summary's is the one that lessons give, also where a single road, or few events, leave nothing to resample."""
    report = evaluate(Straight(), suite_from_track(make_circle(50.0), Scene()), CONFIG)
    assert report.interventions.sum() > 0
    few = replace(report, interventions=np.array([2]))
    for drive_report in (report, few):
        figures = summary(drive_report)
        of = estimate_per_km(drive_report.interventions, drive_report.distance_m / 1000.0)
        assert (figures["interventions_per_km_low"], figures["interventions_per_km_high"]) == (of.low, of.high)
        assert figures["interval"] == of.interval == "exact, of a Poisson process"
        assert figures["autonomy_percent_low"] <= figures["autonomy_percent"] <= figures["autonomy_percent_high"]


def test_autonomy_is_a_share_of_the_time():
    """Where help comes more often than every six seconds nobody drives alone; the interventions say how often."""
    assert autonomy_percent(100, 60.0) == 0.0 and autonomy_percent(5, 60.0) == 50.0
    report = evaluate(Straight(), circles(), CONFIG)
    many = replace(report, interventions=np.full(3, 1000))
    figures = summary(many)
    assert figures["interventions"] == 3000
    assert figures["autonomy_percent"] == figures["autonomy_percent_low"] == 0.0
    assert all(road["autonomy_percent"] == 0.0 for road in figures["roads"])


def test_figures_are_plain_numbers():
    figures = summary(evaluate(Nervous(), circles(), CONFIG))
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert len(figures["roads"]) == figures["num_roads"] == 3
    assert sum(road["interventions"] for road in figures["roads"]) == figures["interventions"]


def test_same_seed_same_report_and_every_policy_meets_the_same_wind():
    suite = circles()
    first, second, other = (evaluate(Nervous(), suite, replace(CONFIG, seed=seed)) for seed in (0, 0, 1))
    assert np.array_equal(first.offset_m, second.offset_m, equal_nan=True)
    assert not np.array_equal(first.offset_m[:100], other.offset_m[:100])


def test_traces_end_where_a_road_is_done():
    report = evaluate(PursuitExpert(circles().tracks), circles(), CONFIG)
    done = np.isnan(report.offset_m)
    np.testing.assert_allclose((~done).sum(axis=0) * 0.1, report.elapsed_s)
    assert not done[0].any()
    assert (np.diff(done.astype(int), axis=0) >= 0).all()
    assert np.array_equal(np.nanmax(report.driven_m, axis=0), report.distance_m)
    assert (report.distance_m >= 400.0).all()
    assert (report.distance_m < 402.0).all()


def test_what_happens_after_a_road_is_done_does_not_count():
    narrow = Tracks.stack([make_circle(radius_m, half_width_m=0.7) for radius_m in (20.0, 200.0)])
    suite = Suite("narrow", narrow, Scenes.stack([Scene()] * 2), 100.0, Disturbance.none())
    ticks = list(drive(Straight(), suite, CONFIG))
    longer = [replace(tick, counted=np.array([i < 40, True])) for i, tick in enumerate(ticks)]
    report = make_report(longer, suite, CONFIG)
    left_road, intervened = (
        np.array([getattr(tick, name)[0] for tick in ticks]) for name in ("left_road", "intervened")
    )
    assert left_road[40:].any()
    assert report.left_road[0] == left_road[:40].sum()
    assert report.interventions[0] == intervened[:40].sum()


def test_an_intervention_is_no_jerk():
    """A car that is put back answers a tick later: neither jump, nor those beside it, are the policy's unrest."""
    report = evaluate(PursuitExpert(circles().tracks), circles(), CONFIG)
    tick = np.arange(len(report.offset_m))[:, None] * np.ones(3)
    put_back = tick == 20
    steady = replace(
        report, command_per_m=np.where(tick > 20, 0.1, 0.0), speed_mps=np.full_like(report.speed_mps, 12.0)
    )
    assert summary(replace(steady, intervened=put_back))["command_jerk_rad_s3"] == 0.0
    assert summary(replace(steady, intervened=np.zeros_like(put_back)))["command_jerk_rad_s3"] > 1.0


def test_a_car_that_stands_is_given_up():
    class Brake:
        def act(self, observation, rng):
            return Command(np.zeros(1), np.full(1, -8.0))

    suite = suite_from_track(make_straight(300.0), Scene(), distance_m=120.0)
    figures = summary(evaluate(Brake(), suite, CONFIG))
    assert figures["finished_roads"] == 0
    assert figures["elapsed_s"] == pytest.approx(20.0)
    assert figures["route_completion"] == pytest.approx(9.0 / 120.0, abs=0.01)


def test_who_watches_gets_the_same_report():
    suite = circles(disturbance=Disturbance.none())
    config = replace(CONFIG, camera=Camera(width_px=20, height_px=10, focal_px=11.0, horizon_px=2.0))
    seen = []

    def watched():
        for tick in drive(Straight(), suite, config):
            seen.append(tick.timestep.observation.images)
            yield tick

    watched_report = make_report(watched(), suite, config)
    assert len(seen) == len(watched_report.offset_m)
    assert seen[0] is not None
    unseen = evaluate(Straight(), suite, CONFIG)
    assert np.array_equal(watched_report.offset_m, unseen.offset_m, equal_nan=True)


def test_leaving_a_narrow_road_is_an_intervention_too():
    suite = suite_from_track(make_circle(50.0, half_width_m=0.7), Scene())
    report = evaluate(Straight(), suite, CONFIG)
    assert report.left_road[0] == report.interventions[0] > 0
    assert np.nanmax(np.abs(report.offset_m)) < 1.0


def test_bad_input_is_refused():
    with pytest.raises(InputError, match="intervention_m must be positive"):
        EvalConfig(intervention_m=0.0)
    with pytest.raises(InputError, match="must not be negative"):
        EvalConfig(seed=-1)
