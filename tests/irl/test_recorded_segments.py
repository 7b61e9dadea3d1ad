"""A recording's rows as runs: the road is made again from them, and what they say is said in words."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from drive_sim.data import rollout
from drive_sim.errors import InputError
from drive_sim.irl.preferences import preferences_of, weights_in_words
from drive_sim.irl.recorded_segments import read_segments
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Tracks, nearest_s, point_on_lane

TRACK = make_circuit(np.random.default_rng(0), kind=ROAD_KINDS["two-lane"], length_m=400.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lap and a half."""
    folder = tmp_path_factory.mktemp("runs") / "recording"
    env = DriveEnv(Tracks.stack([TRACK]), Scenes.stack([Scene()]), EnvConfig(Camera(8, 6)), np.random.default_rng(0))
    ticks = rollout.drive(env, PursuitExpert(env.tracks), 500, np.random.default_rng(1))
    for _ in rollout.record(ticks, folder, [rollout.episode_info(env)], "human"):
        pass
    return folder


def test_the_road_is_made_again_from_the_rows(folder: Path) -> None:
    runs, driver, notes = read_segments([folder])
    assert (driver, notes, len(runs)) == ("human", [], 1)
    assert len(runs[0]) == len(runs[0].trace) == 500
    road = runs[0].road()
    assert road.length_m == pytest.approx(runs[0].s_m[-1] - runs[0].s_m[0], abs=0.5)
    assert road.lane_offset_m == TRACK.lane_offset_m
    tracks, first = Tracks.stack([TRACK]), np.zeros(len(road.x_m), dtype=np.int64)
    made = np.column_stack([road.x_m, road.y_m, road.heading_rad])
    real = point_on_lane(tracks, first, nearest_s(tracks, first, made), -TRACK.lane_offset_m)
    np.testing.assert_allclose(made[:, :2], real[:, :2], atol=0.03)
    np.testing.assert_allclose(road.width_left_m, 3.5, atol=1e-6)


def spoiled(folder: Path, copy: Path, column: str, values: Callable[[np.ndarray], np.ndarray]) -> Path:
    """The same recording, other values in one of its columns."""
    copy.mkdir()
    (episode,) = folder.glob("episode-*.arrow")
    with pa.OSFile(str(episode)) as file:
        table = pa.ipc.open_stream(file).read_all()
    at, field = table.schema.get_field_index(column), table.schema.field(column)
    table = table.set_column(at, field, pa.array(values(np.array(table.column(column))), field.type))
    with pa.OSFile(str(copy / episode.name), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    return copy


@pytest.mark.parametrize("column", ["x_m", "y_m", "heading_rad", "lane_offset_m"])
def test_rows_that_do_not_know_where_they_are_are_left_out(folder: Path, tmp_path: Path, column: str) -> None:
    odd = spoiled(folder, tmp_path / "odd", column, lambda old: np.where(np.arange(len(old)) == 50, np.nan, old))
    (run,) = read_segments([odd])[0]
    assert len(run) == 499
    assert np.isfinite(run.road().x_m).all()


@pytest.mark.parametrize(
    ("column", "value"),
    [("lane_offset_m", 1e9), ("wheel_curvature_per_m", -1e308), ("lane_edge_m", np.inf), ("x_m", 1e300)],
)
def test_a_number_that_nobody_drove_is_refused(folder: Path, tmp_path: Path, column: str, value: float) -> None:
    odd = spoiled(folder, tmp_path / "odd", column, lambda old: np.where(np.arange(len(old)) == 50, value, old))
    with pytest.raises(InputError, match=f"tick 50: {column} is .*, not within"):
        read_segments([odd])


def test_a_road_without_width_is_refused(folder: Path, tmp_path: Path) -> None:
    odd = spoiled(folder, tmp_path / "odd", "lane_edge_m", lambda old: np.where(np.arange(len(old)) == 50, -3.0, old))
    with pytest.raises(InputError, match="leave the road no width"):
        read_segments([odd])


@pytest.mark.parametrize("value", [0.0, 1e7])
def test_poses_that_do_not_fit_the_arc_lengths_are_refused(folder: Path, tmp_path: Path, value: float) -> None:
    odd = spoiled(folder, tmp_path / "odd", "x_m", lambda old: np.full(len(old), value))
    with pytest.raises(InputError, match=r"its poses \(x_m, y_m, heading_rad\) go .* m along the road, where lane_s_m"):
        read_segments([odd])


@pytest.mark.parametrize("weights", [{}, {"offset_squared": 1.0}, {"offset": 1.0}])
def test_a_reward_without_a_peak_says_of_no_place_that_it_is_liked(folder: Path, weights: dict[str, float]) -> None:
    traces = [run.trace for run in read_segments([folder])[0]]
    with pytest.raises(InputError, match="of no offset that it is liked more than those beside it"):
        preferences_of(RoadReward.named(turning=-1.0, **weights), traces)


def test_words_say_the_side_and_the_size(folder: Path) -> None:
    traces = [run.trace for run in read_segments([folder])[0]]
    reward = RoadReward.named(offset=-1.6, offset_squared=-2.0, inward=1.2, turning=-1.0)
    likes = preferences_of(reward, traces)
    assert likes.straight.liked_m == pytest.approx(-0.4, abs=0.01)
    assert likes.inward.liked_m == pytest.approx(1.2 / 4.0 * likes.bend_per_m / 0.03, abs=0.01)
    assert "0.40 m right of the lane's middle in straights" in likes.in_words()
    assert "inward of it in bends" in likes.in_words()
    words = dict(weights_in_words(reward))
    assert words["turning"].startswith("minds") and words["inward"].startswith("likes")
    assert words["jerking"].startswith("shows nothing")


def test_intervals_are_as_wide_as_the_weights_are_unsure(folder: Path) -> None:
    traces = [run.trace for run in read_segments([folder])[0]]
    reward = RoadReward.named(offset_squared=-2.0)
    covariance = np.zeros((7, 7))
    covariance[0, 0] = 0.2**2
    straight = preferences_of(reward, traces, covariance).straight
    of_three = preferences_of(reward, traces, covariance, num_pieces=3).straight
    # Student's t has its 97.5th percentile at 4.3 standard errors for two degrees of freedom, a normal at 1.96.
    wider = (of_three.high_m - of_three.low_m) / (straight.high_m - straight.low_m)
    assert wider == pytest.approx(4.303 / 1.960, rel=0.01)
    # The peak is w0 / 4: its spread is a quarter of the weight's.
    assert straight.high_m - straight.low_m == pytest.approx(2 * 1.96 * 0.05, rel=0.01)


def test_weights_of_unsure_length_are_sure_of_a_peak(folder: Path) -> None:
    traces = [run.trace for run in read_segments([folder])[0]]
    reward = RoadReward.named(offset=-1.6, offset_squared=-2.0, inward=1.2)
    along = np.outer(reward.weights, reward.weights)
    likes = preferences_of(reward, traces, 0.25 * along, num_pieces=4)
    for liked in (likes.straight, likes.inward):
        assert liked.high_m - liked.low_m == pytest.approx(0.0, abs=0.03)
