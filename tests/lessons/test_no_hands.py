"""The long drive, small: its stages and hand-overs, what is kept of it, its figures, and the whole of it once."""

import json
import re
from dataclasses import asdict, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.evaluate import EvalConfig
from drive_sim.lessons import no_hands, no_hands_findings
from drive_sim.lessons.catalogue import LESSONS
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.lessons.no_hands_drive import SEGMENT_M, VIEW_M, Stage, drive_stages
from drive_sim.lessons.no_hands_film import shot_of
from drive_sim.lessons.no_hands_log import AFTER_TICKS, BEFORE_TICKS, DriveLog, offset_figures
from drive_sim.lessons.thirty_seconds import demonstrate
from drive_sim.policies.expert import PursuitExpert
from drive_sim.report import trip_figures
from drive_sim.report.trip_figures import Chart
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.endless import BLOCK_M, Milestone, Route, make_road_segment, milestones
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.lens import make_lens
from drive_sim.sim.observation import Observation
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command

SMALL = no_hands.Config(
    seed=1000,
    num_seeds=1,
    trip_miles=0.25,
    part_miles=0.15,
    further_km=0.2,
    num_cars=3,
    most_films=1,
    num_steps=2,
    quick=True,
)
ROUTE = Route(1000)
BLIND = EvalConfig(camera=None)


class StraightOn:
    """Never turns the wheel, so it is off its lane in every bend."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


def done(work: Any) -> dict[str, Any]:
    """What a part's work returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def log_of(driver_on: Any, stages: list[Stage], most_films: int = 2) -> dict[str, Any]:
    log, number = DriveLog(stages, 0.1, most_films), -1
    for number, tick in enumerate(drive_stages(driver_on, ROUTE, stages, CONDITIONS.evaluation, BLIND, rng())):
        log.add(tick, number)
    return log.finish(number)


def rng():
    return np.random.default_rng(0)


def test_stages_end_to_end_are_the_trip():
    config = no_hands.make_config(0, quick=False)
    length_m = 2849 * no_hands.MILE_M
    count = no_hands.num_parts(config, length_m)
    ends = [no_hands.stage_ends_m(config, length_m, number) for number in range(count)]
    assert count == 29
    assert ends[0][0] == 0.0
    assert ends[-1][-1] == pytest.approx(length_m)
    assert all(before[-1] == pytest.approx(after[0]) for before, after in pairwise(ends))
    assert {len(stages) for stages in ends} == {config.num_cars + 1}
    assert no_hands.num_parts(config, config.part_miles * no_hands.MILE_M) == 1
    assert config.trip_seed not in config.seeds


def test_the_survey_finds_the_last_milestone_before_each_stage():
    surveyed = done(no_hands.survey(SMALL, 1000, 2.0 * no_hands.MILE_M))["milestones"]
    stones = list(islice(milestones(Route(1000)), 5))
    for number, part in enumerate(surveyed):
        for s_m, stone in zip(no_hands.stage_ends_m(SMALL, 2.0 * no_hands.MILE_M, number), part, strict=True):
            assert Milestone(*stone) == stones[int(s_m // BLOCK_M)]


def test_the_camera_sees_less_far_than_legs_overlap():
    lens = make_lens(Camera())
    assert lens.forward_m[lens.sees_ground].max() < VIEW_M - 0.2 * CONDITIONS.vehicle.cruise_mps


def test_from_leg_to_leg_it_drives_as_on_one_road():
    length_m = 2.5 * SEGMENT_M
    stages = [Stage(Milestone(), 0.0, length_m)]
    ours = [
        tick.state.poses[0] for tick in drive_stages(PursuitExpert, ROUTE, stages, CONDITIONS.evaluation, BLIND, rng())
    ]
    road = Tracks.stack([make_road_segment(ROUTE, Milestone(), 0.0, length_m + VIEW_M).track])
    env_rng, _ = rng().spawn(2)
    env = DriveEnv(road, None, EnvConfig(None, disturbance=CONDITIONS.evaluation), env_rng)
    expert, theirs = PursuitExpert(road), []
    for _ in ours:
        theirs.append(env.step(expert.act(env.timestep.observation)).observation.state.poses[0])
    assert len(ours) == pytest.approx(10.0 * length_m / 12.0, abs=15)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_every_stage_is_driven_to_its_end_and_no_further():
    stones = list(islice(milestones(ROUTE), 4))
    stages = [Stage(stones[0], 0.0, 300.0), Stage(stones[3], 3 * BLOCK_M + 200.0, 250.0)]
    found = log_of(PursuitExpert, stages)
    assert (found["driven_m"] >= [300.0, 250.0]).all()
    assert (found["driven_m"] < [301.5, 251.5]).all()
    np.testing.assert_allclose(found["num_ticks"], found["driven_m"] / 1.2, rtol=0.01)
    assert found["interventions"].sum() == 0
    assert found["offsets"].sum() == found["num_ticks"].sum()
    assert found["furthest"]["offset_at_m"] != 0.0
    assert found["films"] == found["places"] == []


@pytest.fixture(scope="module")
def fallen() -> dict[str, Any]:
    return log_of(lambda roads: StraightOn(), [Stage(Milestone(), 0.0, 700.0), Stage(Milestone(), 400.0, 500.0)])


def test_every_failure_is_counted_and_the_first_ones_are_kept_for_films(fallen: dict[str, Any]):
    assert fallen["interventions"].min() > 2
    assert len(fallen["places"]) == fallen["interventions"].sum()
    assert all(abs(place["offset_m"]) > 1.0 for place in fallen["places"])
    assert len(fallen["films"]) == 2
    for film in fallen["films"]:
        at = film["at"]
        assert at <= BEFORE_TICKS
        assert len(film["poses"]) <= BEFORE_TICKS + AFTER_TICKS + 1
        assert film["put_back"][at]
        assert film["offset_m"][at] == film["offset_at_m"]
        assert np.hypot(*np.subtract(film["poses"][at], film["poses"][at - 1])[:2]) == pytest.approx(1.2, abs=0.2)
    furthest = max(abs(place["offset_m"]) for place in fallen["places"])
    assert abs(fallen["furthest"]["offset_at_m"]) == furthest


def test_a_film_goes_through_the_kept_poses_and_jumps_where_the_car_was_put_back(fallen: dict[str, Any]):
    film = fallen["films"][0]
    shot = shot_of(ROUTE, film, "plain", 0.1)
    np.testing.assert_allclose(shot.poses[::3][:5], np.array(film["poses"])[:5], atol=1e-9)
    at = 3 * film["at"]
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


def test_the_demonstration_is_thirty_seconds_of_the_expert_on_its_lane():
    demos = demonstrate(1000)
    assert demos.duration_s == pytest.approx(30.0)
    assert demos.lane is not None
    assert np.abs(demos.lane.offset_m).max() < 0.2
    assert 0.005 < np.abs(demos.curvature_per_m).max() < 0.04


def part_of(stage: str, method: str, interventions: list[int], km: float = 2.0) -> dict[str, Any]:
    """What a part found, as it is kept."""
    count, bins = len(interventions), np.zeros(75)
    bins[5] = 1000
    return {
        "stage": stage,
        "method": method,
        "seed": 1005 if stage != "further" else 1000,
        "interventions": interventions,
        "left_road": [0] * count,
        "num_ticks": [round(1000.0 * km / 1.2)] * count,
        "driven_m": [1000.0 * km] * count,
        "tick_s": 0.1,
        "offsets": bins.tolist(),
        "places": [],
        "films": [],
        "furthest": {"offset_at_m": -0.5},
        "driving_cpu_s": 3.0,
        "cpu_s": 4.0,
        "commit": "abc",
    }


@pytest.mark.parametrize(("seconds", "words"), [(30.0, "thirty seconds"), (5.0, "5 seconds")])
def test_as_much_demonstration_is_told_as_there_was(seconds: float, words: str):
    assert no_hands_findings.seconds_said(seconds) == words
    trip = {"interventions": 0, "share_percent": {"mean": 100.0}}
    assert no_hands_findings.headline(trip, words, SMALL).lower().startswith(f"{words} of demonstration, then ")


def result_of(trip: list[int], clone: list[int], further: list[int]) -> dict[str, Any]:
    learned = {"num_labels": 300, "learning_cpu_s": 9.0, "cpu_s": 10.0, "commit": "abc"}
    found: dict[str, list[dict[str, Any]]] = {
        "train": [
            {"method": method, "seed": seed, **learned}
            for method, seed in (("shift-rotate", 1005), ("plain", 1005), ("shift-rotate", 1000))
        ],
        "trip": [part_of("trip", "shift-rotate", trip), part_of("trip", "shift-rotate", [0] * len(trip))],
        "clone": [part_of("clone", "plain", clone)],
        "expert": [part_of("expert", "expert", [0])],
        "further": [part_of("further", "shift-rotate", further)],
    }
    return no_hands_findings.make_result(SMALL, found, name=no_hands.NAME)


def test_what_was_asked_is_met_only_where_nothing_happened():
    good = result_of([0] * 100, [5, 3], [0] * 100)
    assert [bar["met"] for bar in good["bars"]] == [True, True, True]
    trip = good["methods"]["shift-rotate"]
    assert trip["per_1000_km"]["high"] == pytest.approx(3000.0 / 400.0)
    assert trip["share_percent"]["low"] == pytest.approx(100.0 * (1.0 - 3.0 * 0.072 / 400.0))
    assert trip["share_percent"]["mean"] == trip["autonomy_percent"] == 100.0
    assert trip["learning_cpu_s"] == 9.0
    assert trip["driving_cpu_s"] == 6.0
    assert "no intervention" in good["headline"]
    assert good["demonstrated"] == "thirty seconds"
    assert good["methods"]["expert"]["num_labels"] == 0
    assert good["methods"]["plain"]["interventions"] == 8


def test_a_trip_that_was_given_up_half_way_is_not_met():
    half = result_of([0] * 100, [0], [0] * 100)
    short = no_hands_findings.bars(half["methods"], half["further"], replace(SMALL, trip_miles=300.0, further_km=300.0))
    assert [bar["met"] for bar in short] == [False, True, False]


def test_the_time_is_that_of_a_clock_unless_it_was_resumed():
    trip = {"learning_cpu_s": 30.0, "driving_cpu_s": 2370.0}

    def is_met(wall_s: float | None, num_cores: int, more_cpu_s: float = 0.0) -> bool:
        said = no_hands_findings.time_bar(trip | {"driving_cpu_s": 2370.0 + more_cpu_s}, wall_s, num_cores)
        return said["met"]

    assert is_met(1199.0, 2)
    assert not is_met(1201.0, 2)
    assert not is_met(60.0, 16)
    assert is_met(None, 2)
    assert not is_met(None, 2, more_cpu_s=1.0)


def test_many_interventions_of_several_networks_are_resampled_network_by_network():
    helped, alone = (part_of("further", "shift-rotate", counts) for counts in ([4] * 9, [0] * 9))
    parts = [helped | {"seed": 1}, alone | {"seed": 2}]
    together = no_hands_findings.drive_figures(parts, SMALL)["per_1000_km"]
    assert (together["mean"], together["low"], together["high"]) == pytest.approx((1000.0, 0.0, 2000.0))
    one_after_another = [part | {"seed": 1} for part in parts]
    assert no_hands_findings.drive_figures(one_after_another, SMALL)["per_1000_km"]["low"] > 300.0


def test_what_was_missed_is_said():
    bad = result_of([1, 0, 1], [0], [0, 7])
    assert [bar["met"] for bar in bad["bars"]] == [False, False, False]
    assert "2 interventions" in bad["headline"]
    assert "7 interventions" in bad["bars"][2]["got"]
    trip = bad["methods"]["shift-rotate"]
    assert trip["autonomy_percent"] == pytest.approx(trip["share_percent"]["mean"], abs=0.01)
    assert trip["share_percent"]["mean"] == pytest.approx(100.0 * (1.0 - 2.0 * 0.072 / 12.0))


@pytest.mark.parametrize(
    "wrong", [{"num_seeds": 0}, {"num_seeds": 6}, {"part_miles": 0.0}, {"trip_miles": 0.1}, {"further_km": 0.0}]
)
def test_impossible_settings_are_refused(wrong: dict[str, Any]):
    with pytest.raises(InputError, match="no-hands-1995"):
        replace(SMALL, **wrong)


def test_the_map_marks_every_failure_and_the_bars_every_part():
    line = np.stack([np.linspace(0.0, 5000.0, 50), np.zeros(50)], axis=-1)
    chart = Chart("a road", line, 500.0)
    figure = trip_figures.plot_trip(chart, [chart, chart], {"plain": line[:7], "shift-rotate": np.empty((0, 2))})
    marks = [np.shape(drawn.get_offsets())[0] for drawn in figure.axes[0].collections]
    assert sorted(marks) == [0, 2, 7]  # the third is the road's two ends
    assert len(figure.axes) == 3
    bars = trip_figures.plot_extremes([0.3, 0.5, 0.4], 100.0, "shift-rotate").axes[0].patches
    assert [bar.get_height() for bar in bars] == [0.3, 0.5, 0.4]  # pyright: ignore[reportAttributeAccessIssue]


Told = tuple[Path, list[Progress], Finished]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("lesson") / "whole"
    *progress, finished = no_hands.run(SMALL, folder)
    assert isinstance(finished, Finished)
    return folder, [news for news in progress if isinstance(news, Progress)], finished


@pytest.mark.slow
def test_its_page_needs_nothing_from_outside_and_its_result_is_strict(told: Told):
    folder, progress, finished = told
    for stage in LESSONS[no_hands.NAME].stages:
        shares = [news.share for news in progress if news.stage == stage]
        assert shares == sorted(shares), stage
        assert shares[-1] == 1.0, stage
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|poster|srcset)=["'](?!data:)""", text)
    assert not re.search(r"https?://(?!www.w3.org)|@import|<script|<link[^>]+stylesheet", text)
    assert text.count("<svg") == 3
    assert text.count("data:video/mp4") == 1
    shown = re.sub(r"base64,[^\"]*", "", text).lower()
    assert not re.search(r"\bnan\b|>none</t[dh]|undefined", shown)
    said = (folder / "result.json").read_text(encoding="utf-8")
    result = json.loads(said, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert result["headline"] == finished.headline
    assert result["methods"]["shift-rotate"]["distance_km"] == pytest.approx(0.25 * 1.609344, rel=0.03)
    assert result["methods"]["plain"]["distance_km"] == pytest.approx(0.15 * 1.609344, rel=0.03)
    assert result["methods"]["expert"]["interventions"] == 0
    assert len(list(folder.glob("*.mp4"))) == 1


@pytest.mark.slow
def test_stopped_in_mid_drive_it_goes_on_to_the_same_result(told: Told, tmp_path: Path):
    folder, _, finished = told
    story = no_hands.run(SMALL, tmp_path / "stopped")
    while not list((tmp_path / "stopped").glob("parts/trip-*")):
        next(story)
    story.close()  # pyright: ignore[reportAttributeAccessIssue]
    kept = {path.name: path.read_bytes() for path in (tmp_path / "stopped" / "parts").iterdir()}
    *_, resumed = no_hands.run(SMALL, tmp_path / "stopped", resume=True)
    assert isinstance(resumed, Finished)
    assert numbers(resumed.result) == numbers(finished.result)
    for name, content in kept.items():
        assert (tmp_path / "stopped" / "parts" / name).read_bytes() == content
    assert json.loads((folder / "lesson.json").read_text())["settings"]["seed"] == asdict(SMALL)["seed"]


def numbers(result: dict[str, Any]) -> str:
    """A result without what is not the same again."""
    same = {key: value for key, value in result.items() if key != "time_bars"}
    bare = re.sub(r'"(learning_|driving_)?cpu_s": [^,}]+,?', "", json.dumps(same))
    return re.sub(r'"commit": (\[[^]]*\]|"[^"]*"),?', "", bare)
