"""The laws of a road as a lattice: the simulator's own car, exact gradients, and the list-of-pairs MDP's numbers."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from drive_sim.errors import InputError
from drive_sim.irl import lattice_fit, steering_fit
from drive_sim.irl.lattice import Drive, evaluate, log_probabilities
from drive_sim.irl.lattice_drives import Trace, drives_from
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.occupancy import Demonstrations, sample
from drive_sim.irl.path_likelihood import PathLikelihood
from drive_sim.policies.corridor import Corridor
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.lattice import STATION_M, Grid, drive_to_next_station
from drive_sim.policies.lattice_planning import Lattice, backward
from drive_sim.policies.lattice_reward import FEATURES, RoadReward, jerking, turning
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Track, Tracks, lane_pose, point_on_lane
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState, step

WEIGHTS = np.array([0.3, -1.5, 0.6, -0.4, -0.8, -0.5, -0.3])
SMALL_TURNS = (-0.05, -0.01, 0.0, 0.03)


def small_lattice(num_stations: int = 5) -> Lattice:
    curvature = 0.03 * np.sin(np.arange(num_stations))
    corridor = Corridor(curvature, np.linspace(1.6, 1.2, num_stations), np.full(num_stations, -1.4))
    return Lattice.make(corridor, Grid.covering(corridor, 7, 5, SMALL_TURNS))


def wandering_drive(lattice: Lattice, rng: np.random.Generator) -> Drive:
    num = len(lattice)
    turn = rng.uniform(-0.03, 0.02, num + 1)
    place = rng.uniform(-0.6, 0.6, num), rng.uniform(-0.1, 0.1, num)
    return Drive(lattice, *place, turn[:-1], turn[1:], np.arange(num) < num - 1)


def test_a_step_is_the_simulators_car_with_wheels_that_obey_at_once() -> None:
    rng = np.random.default_rng(0)
    tracks = Tracks.stack([make_circle(50.0)])
    offset, heading, turn = rng.uniform(-1.5, 1.5, 40), rng.uniform(-0.2, 0.2, 40), rng.uniform(-0.03, 0.03, 40)
    first = np.zeros(40, dtype=np.int64)
    poses = point_on_lane(tracks, first, np.full(40, 10.0), offset, heading)
    params = VehicleParams(lag_s=0.0, rate_per_m_s=1e6)
    # Cars get to the next station at times of their own: drive on in millimetres and read off where they pass it.
    state, passed = VehicleState.at(poses, params), np.full((2, 40), np.nan)
    for _ in range(400):
        state = step(state, Command.steer(1 / 50 + turn), params, 0.01 / params.cruise_mps)
        lane = lane_pose(tracks, first, state.poses, np.full(40, 11.0))
        now = np.isnan(passed[0]) & (lane.s_m >= 10.0 + STATION_M)
        passed[:, now] = lane.offset_m[now], lane.heading_rad[now]
    np.testing.assert_allclose(drive_to_next_station(offset, heading, turn, 1 / 50), passed, atol=3e-3)


def test_transitions_are_probabilities_and_keep_the_mean() -> None:
    grid = small_lattice().grid
    moves = grid.moves(0.02)
    np.testing.assert_allclose(moves.sum(axis=1), 1.0)
    offset, heading, turn = np.meshgrid(grid.offset_m, grid.heading_rad, grid.turn_per_m, indexing="ij")
    led_to = drive_to_next_station(offset, heading, turn, 0.02)
    inside = (np.abs(led_to[1]) < 0.25) & (led_to[0] > grid.offset_m[0]) & (led_to[0] < grid.offset_m[-1])
    mean = (moves @ offset.ravel()).reshape(offset.shape)
    np.testing.assert_allclose(mean[inside], led_to[0][inside], atol=1e-12)


def test_a_mirrored_road_mirrors_the_values() -> None:
    corridor = Corridor(np.array([0.0, 0.02, 0.03, -0.01]), np.full(4, 2.0), np.full(4, -1.0))
    mirrored = Corridor(-corridor.curvature_per_m, -corridor.right_m, -corridor.left_m)
    turns = (-0.03, -0.01, 0.0, 0.01, 0.03)
    reward = RoadReward(tuple(WEIGHTS))
    other = RoadReward((-WEIGHTS[0], *WEIGHTS[1:]))
    for one, two in zip(
        backward(Lattice.make(corridor, Grid.covering(corridor, 9, 5, turns)), reward),
        backward(Lattice.make(mirrored, Grid.covering(mirrored, 9, 5, turns)), other),
        strict=True,
    ):
        np.testing.assert_allclose(
            one.values.reshape(9, 5, 5), two.values.reshape(9, 5, 5)[::-1, ::-1, ::-1], atol=1e-9
        )


@pytest.mark.parametrize("objective", ["matching", "likelihood"])
def test_the_gradient_is_exact(objective: str) -> None:
    drive = wandering_drive(small_lattice(), np.random.default_rng(1))
    found = evaluate(drive, WEIGHTS, objective).gradient
    for feature in range(len(FEATURES)):
        aside = 1e-5 * np.eye(len(FEATURES))[feature]
        higher, lower = (evaluate(drive, WEIGHTS + way * aside, objective).value for way in (1.0, -1.0))
        assert found[feature] == pytest.approx((higher - lower) / 2e-5, rel=1e-6, abs=1e-6)


def test_the_likelihood_is_the_sum_over_stations() -> None:
    drive = wandering_drive(small_lattice(), np.random.default_rng(6))
    by_station = log_probabilities(drive, WEIGHTS)
    assert np.all(by_station < 0.0)
    assert by_station[drive.counted].sum() == pytest.approx(evaluate(drive, WEIGHTS, "likelihood").value)


def test_matching_is_the_sum_over_stretches_of_the_road() -> None:
    drive = wandering_drive(small_lattice(6), np.random.default_rng(2))
    whole = evaluate(drive, WEIGHTS, "matching")
    first = np.arange(6) < 2
    parts = [evaluate(drive, WEIGHTS, "matching", counted) for counted in (first, drive.counted & ~first)]
    assert whole.value == pytest.approx(sum(part.value for part in parts))
    np.testing.assert_allclose(whole.gradient, sum(part.gradient for part in parts), atol=1e-9)


def test_it_is_maxent_on_the_same_mdp() -> None:
    lattice = small_lattice(4)
    mdp, features, price = as_mdp(lattice)
    reward = features @ WEIGHTS + price
    likelihood, pairs = a_path_on_the_surface(mdp, lattice)
    value, by_reward = likelihood.value_and_gradient(reward)
    found = evaluate(as_drive(lattice, mdp, pairs), WEIGHTS, "matching")
    assert found.value == pytest.approx(value, abs=1e-9)
    np.testing.assert_allclose(found.gradient, by_reward @ features, atol=1e-9)


def test_a_driver_beside_the_middle_is_said_to_like_it_there() -> None:
    track, _ = make_demonstration_world(3)
    fitted = lattice_fit.fit(drives_from([driven(replace(track, lane_offset_m=-0.6), 400)]))
    assert fitted.reward.liked_offset_m(0.0)[0] == pytest.approx(-0.6, abs=0.1)


def test_drives_that_are_shorter_than_a_piece_are_pieces() -> None:
    """A driver who was often put elsewhere has intervals as one who was not; one short drive alone has none."""
    rng, config = np.random.default_rng(0), steering_fit.Config()
    drives = [wandering_drive(small_lattice(8), rng) for _ in range(6)]
    fitted = steering_fit.fit(drives, config)
    assert np.linalg.eigvalsh(steering_fit.covariance(drives, fitted, config)).max() > 0.0
    with pytest.raises(InputError, match="two pieces"):
        steering_fit.covariance(drives[:1], fitted, config)


def test_ticks_off_the_surface_end_a_stretch() -> None:
    track, _ = make_demonstration_world(3)
    trace = driven(track, 200)
    edge_m = trace.edge_m.copy()
    edge_m[100] = -0.1
    cut = list(replace(trace, edge_m=edge_m).pieces_on_road())
    assert [len(piece) for piece in cut] == [100, len(trace) - 101]


def test_roads_that_no_lattice_covers_are_refused() -> None:
    with pytest.raises(InputError, match="one of 8"):
        Corridor(np.array([0.0, 0.125]), np.full(2, 2.0), np.full(2, -2.0))
    with pytest.raises(InputError, match="wide"):
        Corridor(np.zeros(2), np.full(2, 8.0), np.full(2, -8.0))
    with pytest.raises(InputError, match="finite"):
        RoadReward((np.nan,) * len(FEATURES))
    with pytest.raises(InputError, match="longer"):
        drives_from([driven(make_demonstration_world(3)[0], 20)])


def driven(track: Track, num_ticks: int) -> Trace:
    """The expert's drive along a lane, as one along the centre line in the evaluation's wind."""
    tracks = Tracks.stack([track])
    config = EnvConfig(camera=None, disturbance=CONDITIONS.evaluation)
    env, expert = DriveEnv(tracks, None, config, np.random.default_rng(4)), PursuitExpert(tracks)
    rows = []
    for _ in range(num_ticks):
        seen = env.timestep.observation
        lane = seen.lane
        rows.append(
            (lane.s_m, lane.offset_m, lane.heading_rad, lane.curvature_per_m, lane.edge_m, seen.state.curvature_per_m)
        )
        env.step(expert.act(seen))
    s_m, offset_m, *others = np.array(rows)[..., 0].T
    # Seen from the middle of the path, whose curvature is that of the lane to within 2 %.
    return Trace.from_ticks(s_m, offset_m + track.lane_offset_m, *others, road_length_m=track.length_m)


def as_mdp(lattice: Lattice) -> tuple[Mdp, np.ndarray, np.ndarray]:
    """Every station's states in one list, with the features of each pair, and what ends cost."""
    grid, num_stations = lattice.grid, len(lattice)
    num_poses, num_turns = grid.num_poses, len(grid.turn_per_m)
    per_station = num_poses * num_turns
    last = num_stations * per_station
    state, rows, features, price = [], [], [], []
    for station in range(num_stations):
        moves, ends = grid.moves(lattice.corridor.curvature_per_m[station]).toarray(), lattice.ends(station)
        for pose in range(num_poses):
            for before in range(num_turns):
                here = station * per_station + pose * num_turns + before
                for turn in range(1 if ends[pose] else num_turns):
                    row, feature, paid = np.zeros(last + 1), np.zeros(len(FEATURES)), 0.0
                    if ends[pose]:
                        paid = -RoadReward(tuple(WEIGHTS)).end_price * (num_stations - station)
                    else:
                        after = moves[pose * num_turns + turn]
                        if station == num_stations - 1:
                            row[last] = 1.0
                        else:
                            row[(station + 1) * per_station : (station + 2) * per_station] = after
                        place = lattice.place[station, pose // len(grid.heading_rad)]
                        feature = np.array([*place, turning(grid)[turn], jerking(grid)[before, turn]])
                    state.append(here)
                    rows.append(row)
                    features.append(feature)
                    price.append(paid)
    state.append(last)
    rows.append(np.zeros(last + 1))
    features.append(np.zeros(len(FEATURES)))
    price.append(0.0)
    start = np.zeros(last + 1)
    start[:per_station] = np.repeat(~lattice.ends(0), num_turns)
    mdp = Mdp(np.array(state), sparse.csr_array(np.array(rows)), start / start.sum())
    return mdp, np.array(features), np.array(price)


def a_path_on_the_surface(mdp: Mdp, lattice: Lattice) -> tuple[PathLikelihood, np.ndarray]:
    """The likelihood of a drawn path that comes to the last station, and its pairs there."""
    drawn = sample(mdp, mdp.uniform_policy(), 200, np.random.default_rng(5), len(lattice) + 1)
    path = next(path for path in drawn.paths if mdp.state[path[-1]] == mdp.num_states - 1)
    return PathLikelihood.make(mdp, Demonstrations((path,)), horizon=True), path[:-1]


def as_drive(lattice: Lattice, mdp: Mdp, pairs: np.ndarray) -> Drive:
    grid = lattice.grid
    num_turns = len(grid.turn_per_m)
    pose, before = np.divmod(mdp.state[pairs] % (grid.num_poses * num_turns), num_turns)
    turn = pairs - mdp.first[mdp.state[pairs]]
    offset, heading = np.divmod(pose, len(grid.heading_rad))
    return Drive(
        lattice,
        grid.offset_m[offset],
        grid.heading_rad[heading],
        grid.turn_per_m[before],
        grid.turn_per_m[turn],
        np.ones(len(lattice), dtype=np.bool_),
    )
