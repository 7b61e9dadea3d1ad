"""Laws of the cities, of the trips over them, and of shortest paths; and the fork's probabilities."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from drive_sim.errors import InputError
from drive_sim.irl.action_based import ActionLikelihood
from drive_sim.irl.max_margin_planning import Config, Trip, fit_trips
from drive_sim.irl.mdp import Mdp
from drive_sim.irl.path_likelihood import PathLikelihood
from drive_sim.irl.planning import policy_iteration, value_iteration
from drive_sim.irl.shortest_paths import cheapest_path, least_costs
from drive_sim.irl.worlds.fork import fork, route_probabilities, routes
from drive_sim.irl.worlds.gridworld import Grid
from drive_sim.irl.worlds.road_graph import NUM_MINUTES, TURNS, CityConfig, RoadGraph, make_city
from drive_sim.irl.worlds.road_trips import DriverConfig, draw_driver, drive

seeds = st.integers(0, 1000)
SMALL = CityConfig(6, 6)


def city(seed: int) -> RoadGraph:
    return make_city(SMALL, np.random.default_rng(seed))


def test_on_the_fork_routes_are_alike_to_maximum_entropy_and_not_to_the_action_based_model():
    """Ziebart and others 2008, figure 2; whatever a road pays, as long as all pay the same."""
    mdp = fork()
    for reward in (0.0, -1.0, 2.0):
        paid, demonstrated = np.full(mdp.num_pairs, reward), routes(mdp).counts(mdp)
        paths = PathLikelihood.make(mdp, routes(mdp), horizon=False).plan(paid).policy
        actions = ActionLikelihood(mdp, demonstrated).plan(paid).policy
        assert route_probabilities(mdp, paths) == pytest.approx([1 / 3] * 3, abs=1e-9)
        assert route_probabilities(mdp, actions) == pytest.approx([1 / 4, 1 / 4, 1 / 2], abs=1e-9)


@given(seeds)
@settings(max_examples=15)
def test_shortest_paths_and_sums_over_all_paths_are_what_sweeps_find(seed: int):
    rng = np.random.default_rng(seed)
    mdp = Grid(3, 4, ends=(int(rng.integers(12)),)).mdp()
    hard, soft = -rng.uniform(0.1, 2.0, mdp.num_pairs), -rng.uniform(1.5, 60.0, mdp.num_pairs)
    assert -least_costs(mdp, -hard) == pytest.approx(value_iteration(mdp, hard).values, abs=1e-9)
    for reward, temperature in ((hard, 0.0), (soft, 1.0)):
        plan, swept = policy_iteration(mdp, reward, temperature), value_iteration(mdp, reward, temperature)
        assert plan.values == pytest.approx(swept.values, abs=1e-9)
        assert plan.policy == pytest.approx(swept.policy, abs=1e-8)


def test_paths_too_unlikely_for_a_number_are_counted_all_the_same():
    mdp = Grid(1, 30, ends=(29,)).mdp()
    reward = np.full(mdp.num_pairs, -50.0)
    assert policy_iteration(mdp, reward, 1.0).values[0] == pytest.approx(-1500.0, abs=1e-6)


@given(seeds)
@settings(max_examples=10)
def test_the_action_based_gradient_equals_finite_differences(seed: int):
    rng = np.random.default_rng(seed)
    mdp = Grid(3, 3, ends=(8,)).mdp()
    likelihood = ActionLikelihood(mdp, rng.uniform(size=mdp.num_pairs))
    reward = -rng.uniform(0.5, 2.0, mdp.num_pairs)
    gradient = likelihood.value_and_gradient(reward)[1]
    for pair in range(mdp.num_pairs):
        step = np.where(np.arange(mdp.num_pairs) == pair, 1e-6, 0.0)
        rise = likelihood.value_and_gradient(reward + step)[0] - likelihood.value_and_gradient(reward - step)[0]
        assert gradient[pair] == pytest.approx(rise / 2e-6, abs=1e-5)


@given(seeds)
@settings(max_examples=8)
def test_max_margin_planning_of_trips_finds_the_smallest_sum_of_weights_and_slack(seed: int):
    graph, rng, config = city(seed), np.random.default_rng(seed), DriverConfig(least_blocks=2.0)
    trips = []
    for _ in range(6):
        driver = draw_driver(graph, config, rng)
        mdp, features = graph.towards(driver.end), graph.features(driver.end)
        trips.append(Trip.missed(mdp, features, drive(graph, driver, config, rng), graph.length_m[mdp.state]))
    weights = fit_trips(trips, Config(penalty=10.0, tolerance=1e-9), least_cost=0.01)
    assert np.all(weights <= -0.01 + 1e-12)

    def objective(of: np.ndarray) -> float:
        apart, loss = zip(*(trip.best(of) for trip in trips), strict=True)
        return float(of @ of + 10.0 * np.mean(np.array(apart) @ of + loss) ** 2)

    nearby = np.minimum(weights + 0.02 * rng.normal(size=(60, len(weights))), -0.01)
    assert all(objective(weights) <= objective(other) + 1e-7 for other in nearby)


@given(seeds)
@settings(max_examples=10)
def test_every_road_leads_to_every_other_and_nobody_turns_round(seed: int):
    graph = city(seed)
    onwards = sparse.csr_array((np.ones(len(graph.state)), (graph.state, graph.onto)), shape=(graph.num_roads,) * 2)
    assert connected_components(onwards, connection="strong")[0] == 1
    assert np.array_equal(graph.end_m[graph.state], graph.begin_m[graph.onto])
    assert np.linalg.norm(graph.begin_m[graph.state] - graph.end_m[graph.onto], axis=1).min() > 1.0


def test_mirrored_roads_turn_left_for_right():
    graph = city(0)
    mirrored = replace(graph, begin_m=graph.begin_m * (-1, 1), end_m=graph.end_m * (-1, 1))
    assert {TURNS[kind] for kind in graph.turn} == set(TURNS)
    assert np.array_equal(mirrored.turn, np.array([0, 2, 1])[graph.turn])


@given(seeds)
@settings(max_examples=10)
def test_trips_come_to_their_end_once_and_their_features_add_up(seed: int):
    graph, rng, config = city(seed), np.random.default_rng(seed), DriverConfig(errands=0.5, least_blocks=2.0)
    driver = draw_driver(graph, config, rng)
    trip, mdp = drive(graph, driver, config, rng), graph.towards(driver.end, driver.start)
    roads = mdp.state[trip]
    assert (roads[0], roads[-1]) == (driver.start, driver.end)
    assert np.count_nonzero(roads == driver.end) == 1
    features = graph.features(driver.end)[trip].sum(axis=0)
    assert features[:NUM_MINUTES].sum() == pytest.approx(graph.minutes[roads].sum())
    assert features[3] == pytest.approx((graph.minutes * graph.in_centre)[roads].sum())
    assert features[4:].sum() == len(roads) - 1
    assert np.array_equal(graph.pairs(driver.end, roads.tolist()), trip)


def test_a_driver_without_errands_and_traffic_takes_the_way_that_feels_shortest():
    graph, calm = city(1), DriverConfig(traffic_spread=0.0, errands=0.0, least_blocks=2.0)
    driver = draw_driver(graph, calm, np.random.default_rng(0))
    trips = [drive(graph, driver, calm, np.random.default_rng(seed)) for seed in range(3)]
    mdp = graph.towards(driver.end)
    felt = driver.road_minutes[mdp.state] + np.where(
        mdp.is_end[mdp.state], 0.0, driver.turn_minutes[graph.kept(driver.end)]
    )
    for trip in trips:
        assert felt[trip].sum() == pytest.approx(least_costs(mdp, felt)[driver.start])
        assert np.array_equal(trip, cheapest_path(mdp, felt, driver.start))


def test_the_same_seed_makes_the_same_city():
    assert np.array_equal(city(3).minutes, city(3).minutes)
    assert not np.array_equal(city(3).begin_m[:5], city(4).begin_m[:5])


def test_of_two_ways_to_one_place_the_cheaper_counts():
    mdp = Mdp(np.array([0, 0, 1]), sparse.csr_array(np.array([[0.0, 1], [0, 1], [0, 0]])), np.array([1.0, 0.0]))
    assert least_costs(mdp, np.array([3.0, 2.0, 1.0])).tolist() == [3.0, 1.0]
    assert cheapest_path(mdp, np.array([3.0, 2.0, 1.0]), 0).tolist() == [1, 2]


def test_what_cannot_be_is_refused():
    graph = city(0)
    with pytest.raises(InputError, match="step 0 of a trip: no turn leads on"):
        graph.pairs(5, [0, 0, 5])
    nowhere = Mdp(np.array([0, 1]), sparse.csr_array(np.array([[1.0, 0.0], [0.0, 0.0]])), np.array([1.0, 0.0]))
    with pytest.raises(InputError, match="no cheapest path leads from state 0"):
        cheapest_path(nowhere, np.ones(2), 0)
    with pytest.raises(InputError, match="no trip of 40 blocks leads to road 7"):
        draw_driver(graph, DriverConfig(least_blocks=40.0), np.random.default_rng(0), 7)
    with pytest.raises(InputError, match="three rows"):
        CityConfig(rows=2)
    with pytest.raises(InputError, match="half a block"):
        CityConfig(jitter_m=200.0)
    with pytest.raises(InputError, match="no trips, or no penalty"):
        fit_trips([], Config(penalty=1.0))
    with pytest.raises(InputError, match="errands"):
        DriverConfig(errands=1.5)
    with pytest.raises(InputError, match="without a discount"):
        ActionLikelihood(Grid(3, 3, discount=0.9).mdp(), np.zeros(36))
