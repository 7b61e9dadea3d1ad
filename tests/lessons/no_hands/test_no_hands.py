"""The long drive, small: its stages and hand-overs, what is kept of it, and what is made of that."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

from drive_sim import records
from drive_sim.evaluate import EvalConfig
from drive_sim.lessons import kit
from drive_sim.lessons.no_hands import no_hands_figures, no_hands_page
from drive_sim.lessons.no_hands.drive_log import AFTER_TICKS, BEFORE_TICKS, DriveLog, Moment, make_log
from drive_sim.lessons.no_hands.drive_summary import offset_figures, summarise
from drive_sim.lessons.no_hands.film import shot_of
from drive_sim.lessons.no_hands.networks import Network
from drive_sim.lessons.no_hands.no_hands import MILE_M, Config, Result, drives, result, seconds_in_words, stages_of
from drive_sim.lessons.no_hands.stages import SEGMENT_M, VIEW_M, Stage, drive_stages
from drive_sim.policies.base import Policy
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.endless import BLOCK_M, Milestone, Route, make_road_segment, milestones
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.lens import make_lens
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command
from tests.lessons.no_hands.small_no_hands import NO_HANDS

ROUTE, BLIND = Route(1000), EvalConfig(camera=None)
SMALL = NO_HANDS.config


class StraightOn:
    """Never turns the wheel, so it is off its lane in every bend."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def driven(policy: Policy | None, stages: list[Stage]) -> DriveLog:
    ticks = list(drive_stages(policy, ROUTE, stages, CONDITIONS.evaluation, BLIND, rng()))
    return make_log(1000, stages, ticks, 0.1, most_films=2, driving_cpu_s=1.0)


def test_stages_end_to_end_are_the_trip_and_each_begins_in_its_milestone_s_block():
    config = replace(Config(), trip_miles=250.0)
    trip, clone, *_ = (stages_of(config, drive) for drive in drives(config))
    assert [len(part) for part in trip] == 3 * [config.num_cars]
    assert len(clone) == 1
    stages = [stage for part in trip for stage in part]
    assert stages[0].from_s_m == 0.0
    assert stages[-1].from_s_m + stages[-1].length_m == pytest.approx(250.0 * MILE_M)
    assert all(one.from_s_m + one.length_m == pytest.approx(after.from_s_m) for one, after in pairwise(stages))
    stones = list(islice(milestones(Route(config.trip_seed)), 400))
    assert all(stage.milestone == stones[int(stage.from_s_m // BLOCK_M)] for stage in stages)
    assert config.trip_seed not in config.seeds


def test_the_camera_sees_less_far_than_segments_overlap():
    lens = make_lens(Camera())
    assert lens.forward_m[lens.sees_ground].max() < VIEW_M - 0.2 * CONDITIONS.vehicle.cruise_mps


def test_from_segment_to_segment_it_drives_as_on_one_road():
    length_m = 2.5 * SEGMENT_M
    ticks = drive_stages(None, ROUTE, [Stage(Milestone(), 0.0, length_m)], CONDITIONS.evaluation, BLIND, rng())
    ours = [tick.state.poses[0] for tick in ticks]
    road = Tracks.stack([make_road_segment(ROUTE, Milestone(), 0.0, length_m + VIEW_M).track])
    env = DriveEnv(road, None, EnvConfig(None, disturbance=CONDITIONS.evaluation), rng().spawn(2)[0])
    expert, theirs = PursuitExpert(road), []
    for _ in ours:
        theirs.append(env.step(expert.act(env.timestep.observation)).observation.state.poses[0])
    assert len(ours) == pytest.approx(10.0 * length_m / 12.0, abs=15)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_every_stage_is_driven_to_its_end_and_no_further():
    stones = list(islice(milestones(ROUTE), 4))
    found = driven(None, [Stage(stones[0], 0.0, 300.0), Stage(stones[3], 3 * BLOCK_M + 200.0, 250.0)])
    assert (found.driven_m >= [300.0, 250.0]).all()
    assert (found.driven_m < [301.5, 251.5]).all()
    np.testing.assert_allclose(found.num_ticks, found.driven_m / 1.2, rtol=0.01)
    assert found.interventions.sum() == 0
    assert found.offsets.sum() == found.num_ticks.sum()
    assert found.furthest.offset_at_m != 0.0
    assert found.failures == found.places == []


@pytest.fixture(scope="module")
def fallen() -> DriveLog:
    found = driven(StraightOn(), [Stage(Milestone(), 0.0, 700.0), Stage(Milestone(), 400.0, 500.0)])
    return records.from_json(records.to_json(found), DriveLog, "a part", "do it anew")


def test_every_failure_is_counted_and_the_first_ones_are_kept_for_films(fallen: DriveLog):
    assert fallen.interventions.min() > 2
    assert len(fallen.places) == fallen.interventions.sum()
    assert all(abs(place.offset_m) > 1.0 for place in fallen.places)
    assert [film.offset_at_m for film in fallen.failures] == [place.offset_m for place in fallen.places[:2]]
    for film in fallen.failures:
        at = film.at
        assert at <= BEFORE_TICKS
        assert len(film.poses) <= BEFORE_TICKS + AFTER_TICKS + 1
        assert film.put_back[at]
        assert np.hypot(*(film.poses[at] - film.poses[at - 1])[:2]) == pytest.approx(1.2, abs=0.2)
    assert abs(fallen.furthest.offset_at_m) == max(abs(place.offset_m) for place in fallen.places)


def test_a_film_goes_through_the_kept_poses_and_jumps_where_the_car_was_put_back(fallen: DriveLog):
    film = fallen.failures[0]
    shot = shot_of(ROUTE, film, "plain", 0.1)
    np.testing.assert_allclose(shot.poses[::3][:5], film.poses[:5], atol=1e-9)
    at = 3 * film.at
    assert shot.interventions[at] == shot.interventions[at - 1] + 1
    assert np.hypot(*(shot.poses[at] - shot.poses[at - 1])[:2]) > 1.0
    assert abs(shot.offset_m[at]) < 0.05
    assert abs(shot.offset_m[at - 1]) > 0.5
    steps_m = np.hypot(*np.diff(shot.poses[:, :2], axis=0).T)
    jumps = np.flatnonzero(np.diff(shot.interventions)) + 1
    assert np.delete(steps_m, jumps - 1).max() < 0.55  # 12 m/s at 30 Hz, and a kick
    assert len(shot.drivers) == len(shot.poses) == len(shot.speed_mps)


def test_offsets_in_bins_give_mean_and_percentiles():
    bins = np.zeros(75, dtype=np.int64)
    bins[[0, 10, 40]] = [949, 50, 1]
    figures = offset_figures(bins)
    assert figures["offset_mean_cm"] == pytest.approx(0.949 * 1.0 + 0.05 * 21.0 + 0.001 * 81.0)
    assert (figures["offset_p95_cm"], figures["offset_p999_cm"]) == (22.0, 22.0)


def log(seed: int, interventions: Sequence[int]) -> DriveLog:
    """Stages of 2 km, and so many interventions in each."""
    count, one = len(interventions), np.zeros(1)
    moment = Moment(Milestone(), 0, one, np.zeros((1, 3)), one, offset_m=one - 0.5, put_back=one > 0.0)
    ticks, km = np.full(count, round(2000.0 / 1.2)), np.full(count, 2000.0)
    bins, counts = np.eye(1, 75, 5, dtype=np.int64)[0], np.array(interventions)
    return DriveLog(seed, 0.1, counts, 0 * counts, ticks, km, bins, [], [], moment, driving_cpu_s=3.0)


def result_of(trip: Sequence[int], clone: Sequence[int], further: Sequence[int]) -> Result:
    networks = [
        Network(method, seed, 300, 0.01, 9.0, kit.Attachments({}))
        for method, seed in (("shift-rotate", 1005), ("plain", 1005), ("shift-rotate", 1000))
    ]
    logs = {
        "trip": [log(1005, trip), log(1005, [0] * len(trip))],
        "clone": [log(1005, clone)],
        "expert": [log(1005, [0])],
        "further": [log(1000, further)],
    }
    found = {"train": networks, **logs}
    return result(
        SMALL, kit.PartResults({stage: [records.to_json(of) for of in some] for stage, some in found.items()})
    )


def met(of: Result, config: Config = SMALL) -> list[bool]:
    return [claim.met for claim in no_hands_page.PAGE.claims(config, of)]


def test_what_was_asked_is_met_only_where_nothing_happened_and_all_was_driven():
    good = result_of([0] * 100, [5, 3], [0] * 100)
    assert met(good) == [True, True, True]
    assert met(good, replace(SMALL, trip_miles=300.0, further_km=300.0)) == [False, True, False]
    trip = good.methods["shift-rotate"]
    assert trip.per_1000_km.high == pytest.approx(3000.0 / 400.0)
    assert trip.share_percent.low == pytest.approx(100.0 * (1.0 - 3.0 * 0.072 / 400.0))
    assert trip.share_percent.mean == trip.autonomy_percent == 100.0
    assert (trip.learning_cpu_s, trip.driving_cpu_s) == (9.0, 6.0)
    assert (good.methods["expert"].num_labels, good.methods["plain"].interventions) == (0, 8)
    assert no_hands_page.PAGE.headline(SMALL, good).startswith("Thirty seconds of demonstration, then 0 miles")
    assert [seconds_in_words(seconds) for seconds in (30.0, 5.0)] == ["thirty seconds", "5 seconds"]


def test_what_was_missed_is_said():
    bad = result_of([1, 0, 1], [0], [0, 7])
    assert met(bad) == [False, False, False]
    assert "2 interventions" in no_hands_page.PAGE.headline(SMALL, bad)
    assert "7 interventions" in no_hands_page.PAGE.claims(SMALL, bad)[2].got
    trip = bad.methods["shift-rotate"]
    assert trip.autonomy_percent == pytest.approx(trip.share_percent.mean, abs=0.01)
    assert trip.share_percent.mean == pytest.approx(100.0 * (1.0 - 2.0 * 0.072 / 12.0))


@pytest.mark.parametrize(
    ("ends_s", "num_cores", "cpu_s", "is_met"),
    [
        ({"trip": 1199.0}, 2, 9999.0, True),
        ({"trip": 1201.0}, 2, 0.0, False),
        ({"trip": 60.0}, 16, 0.0, False),
        ({}, 2, 2400.0, True),
        ({}, 2, 2401.0, False),
    ],
)
def test_the_time_is_that_of_a_clock_unless_it_was_resumed(
    monkeypatch: pytest.MonkeyPatch, ends_s: dict[str, float], num_cores: int, cpu_s: float, is_met: bool
):
    monkeypatch.setattr(no_hands_page.os, "cpu_count", lambda: num_cores)
    found = result_of([0], [0], [0])
    trip = replace(found.methods["shift-rotate"], learning_cpu_s=30.0, driving_cpu_s=cpu_s - 30.0)
    found = replace(found, methods={**found.methods, "shift-rotate": trip})
    (claim,) = no_hands_page.PAGE.time_claims(SMALL, found, ends_s)
    assert claim.met == is_met


def test_many_interventions_of_several_networks_are_resampled_network_by_network():
    helped, alone = [4] * 9, [0] * 9
    together = summarise((1, 2), [log(1, helped), log(2, alone)], [], 0.072).per_1000_km
    assert (together.mean, together.low, together.high) == pytest.approx((1000.0, 0.0, 2000.0))
    one_after_another = summarise((1,), [log(1, helped), log(1, alone)], [], 0.072).per_1000_km
    assert (one_after_another.low or 0.0) > 300.0


def test_the_map_marks_every_failure():
    stones = list(islice(milestones(ROUTE), 10))
    figure = no_hands_figures.plot_trip(6.0, ROUTE, stones, {"plain": [(0.0, 0.0)] * 7, "shift-rotate": []})
    marks = [np.shape(drawn.get_offsets())[0] for drawn in figure.axes[0].collections]
    assert sorted(marks) == [0, 2, 7]  # the third is the road's two ends
    assert len(figure.axes) == 3
