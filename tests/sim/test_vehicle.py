from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_sim import geometry
from drive_sim.errors import InputError
from drive_sim.sim import vehicle
from drive_sim.sim.disturbance import Push
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState

DT_S = 1.0 / 60.0
PARAMS = VehicleParams()


def drive(state, curvature_per_m, num_ticks, params=PARAMS, **kwargs):
    command = Command.steer(np.broadcast_to(curvature_per_m, len(state.poses)))
    for _ in range(num_ticks):
        state = vehicle.step(state, command, params, DT_S, num_substeps=6, **kwargs)
    return state


def random_state(rng, num_cars, params=PARAMS):
    poses = np.column_stack([rng.normal(0, 50, (num_cars, 2)), rng.uniform(-3, 3, num_cars)])
    return VehicleState.at(poses, params, rng.uniform(-0.1, 0.1, num_cars))


@pytest.mark.parametrize("curvature_per_m", [0.01, -0.05, 0.12])
def test_full_circle_returns_to_start(curvature_per_m):
    num_ticks = 40
    speed_mps = 2.0 * np.pi / abs(curvature_per_m) / (num_ticks * 6 * DT_S)
    params = replace(PARAMS, cruise_mps=speed_mps, max_speed_mps=speed_mps)
    start = VehicleState.at(np.array([[3.0, -4.0, 0.7]]), params, curvature_per_m)
    end = drive(start, curvature_per_m, num_ticks, params)
    np.testing.assert_allclose(end.poses[:, :2], start.poses[:, :2], atol=1e-9)
    np.testing.assert_allclose(end.poses[:, 2] - start.poses[:, 2], np.sign(curvature_per_m) * 2 * np.pi, atol=1e-12)


@given(st.floats(-0.12, 0.12), st.floats(0.0, 30.0), st.floats(1e-4, 0.13))
def test_one_step_is_an_exact_arc(curvature_per_m, speed_mps, dt_s):
    start = VehicleState.at(np.zeros((1, 3)), replace(PARAMS, cruise_mps=speed_mps), curvature_per_m)
    end = vehicle.step(start, Command.steer([curvature_per_m]), PARAMS, dt_s)
    forward_m, left_m = geometry.arc_end_point(curvature_per_m, speed_mps * dt_s)
    np.testing.assert_allclose(end.poses[0], [forward_m, left_m, curvature_per_m * speed_mps * dt_s], atol=1e-12)


def test_many_substeps_equal_one_long_one():
    start = random_state(np.random.default_rng(0), 50)
    hold = Command.steer(start.curvature_per_m)
    one = vehicle.step(start, hold, PARAMS, 0.1)
    many = vehicle.step(start, hold, PARAMS, 0.1 / 12, num_substeps=12)
    np.testing.assert_allclose(many.poses, one.poses, atol=1e-11)


def test_wheels_follow_by_a_first_order_lag():
    params = replace(PARAMS, rate_per_m_s=100.0)
    state = drive(VehicleState.at(np.zeros((1, 3)), params), 0.05, 3, params)
    np.testing.assert_allclose(state.curvature_per_m, 0.05 * (1.0 - np.exp(-0.3 / params.lag_s)), rtol=1e-12)


def test_wheels_without_lag_obey_at_once():
    params = replace(PARAMS, lag_s=0.0, rate_per_m_s=100.0)
    assert drive(VehicleState.at(np.zeros((1, 3)), params), 0.05, 1, params).curvature_per_m == 0.05


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20))
def test_wheels_keep_rate_and_lock(commands):
    state = VehicleState.at(np.zeros((1, 3)), PARAMS)
    for curvature_per_m in commands:
        after = vehicle.step(state, Command.steer([curvature_per_m]), PARAMS, DT_S)
        change = abs(after.curvature_per_m - state.curvature_per_m)
        assert change <= PARAMS.rate_per_m_s * DT_S + 1e-15
        assert abs(after.curvature_per_m) <= PARAMS.max_curvature_per_m
        state = after


def test_latency_delays_the_same_drive():
    late_params = replace(PARAMS, latency_ticks=3)
    commands = np.random.default_rng(1).uniform(-0.1, 0.1, 20)
    prompt, late = (VehicleState.at(np.zeros((1, 3)), params) for params in (PARAMS, late_params))
    prompt_wheels, late_wheels = [], []
    for curvature_per_m in commands:
        prompt = vehicle.step(prompt, Command.steer([curvature_per_m]), PARAMS, DT_S, num_substeps=6)
        late = vehicle.step(late, Command.steer([curvature_per_m]), late_params, DT_S, num_substeps=6)
        prompt_wheels.append(prompt.curvature_per_m[0])
        late_wheels.append(late.curvature_per_m[0])
    assert late_wheels[:3] == [0.0, 0.0, 0.0]
    assert late_wheels[3:] == prompt_wheels[:-3]


def test_mirrored_commands_drive_the_mirrored_path():
    rng = np.random.default_rng(2)
    state = random_state(rng, 20)
    flip = np.array([1.0, -1.0, -1.0])
    mirror = replace(state, poses=state.poses * flip, curvature_per_m=-state.curvature_per_m)
    for _ in range(20):
        curvature_per_m, push = rng.uniform(-0.2, 0.2, 20), rng.normal(0, 0.2, (4, 20))
        state = vehicle.step(state, Command.steer(curvature_per_m), PARAMS, DT_S, push=Push(*push), num_substeps=6)
        mirror = vehicle.step(mirror, Command.steer(-curvature_per_m), PARAMS, DT_S, push=Push(*-push), num_substeps=6)
    np.testing.assert_allclose(mirror.poses * flip, state.poses, atol=1e-9)


def test_a_batch_equals_its_singles():
    rng = np.random.default_rng(3)
    params = replace(PARAMS, latency_ticks=1)
    state = random_state(rng, 8, params)
    curvature_per_m, acceleration, push = rng.normal(0, 0.1, 8), rng.normal(0, 3, 8), Push(*rng.normal(0, 0.1, (4, 8)))
    batch = vehicle.step(state, Command(curvature_per_m, acceleration), params, DT_S, push=push, num_substeps=6)
    for i in range(8):
        one = slice(i, i + 1)
        single = vehicle.step(
            VehicleState(*(getattr(state, name)[one] for name in VehicleState.__slots__)),
            Command(curvature_per_m[one], acceleration[one]),
            params,
            DT_S,
            push=Push(*(getattr(push, name)[one] for name in Push.__slots__)),
            num_substeps=6,
        )
        for name in VehicleState.__slots__:
            assert np.array_equal(getattr(single, name), getattr(batch, name)[one])


@pytest.mark.parametrize(("wanted_mps2", "driven_mps2"), [(1.5, 1.5), (9.0, 3.0), (-2.5, -2.5), (-20.0, -8.0)])
def test_a_command_accelerates_evenly_within_the_pedals_limits(wanted_mps2, driven_mps2):
    state = VehicleState.at(np.zeros((1, 3)), PARAMS)
    command = Command(np.zeros(1), np.array([wanted_mps2]))
    for tick in range(1, 11):
        state = vehicle.step(state, command, PARAMS, DT_S, num_substeps=6)
        time_s = 0.1 * tick
        np.testing.assert_allclose(state.speed_mps, 12.0 + driven_mps2 * time_s)
        np.testing.assert_allclose(state.poses[0, 0], 12.0 * time_s + 0.5 * driven_mps2 * time_s**2)


def test_a_car_stops_and_does_not_reverse_and_has_a_top_speed():
    state = VehicleState.at(np.zeros((2, 3)), PARAMS, 0.05)
    pedals, before = Command(np.full(2, 0.05), np.array([-8.0, 3.0])), state
    for _ in range(100):
        before, state = state, vehicle.step(state, pedals, PARAMS, DT_S, num_substeps=6)
    np.testing.assert_array_equal(state.speed_mps, [0.0, PARAMS.max_speed_mps])
    np.testing.assert_array_equal(state.poses[0], before.poses[0])
    # 12 m/s at 8 m/s^2: nine metres, to within the substep in which it stops.
    turned_rad = state.poses[0, 2]
    assert 0.05 * 9.0 - 0.01 < turned_rad < 0.05 * 9.0 + 0.01


def test_cars_are_put_at_a_speed_that_they_can_drive():
    state = VehicleState.at(np.zeros((3, 3)), PARAMS, 0.0, np.array([-1.0, 5.0, 99.0]))
    np.testing.assert_array_equal(state.speed_mps, [0.0, 5.0, PARAMS.max_speed_mps])


@given(st.integers(0, 2**31))
def test_grip_that_is_never_reached_changes_no_bit(seed):
    """Off or as good as off is the same drive: no number of an older run moves."""
    rng = np.random.default_rng(seed)
    sticky = replace(PARAMS, grip_mps2=1e9)
    state, command = random_state(rng, 6), Command(rng.normal(0, 0.1, 6), rng.normal(0, 3, 6))
    push = Push(*rng.normal(0, 0.2, (4, 6)))
    plain, held = (vehicle.step(state, command, p, DT_S, push=push, num_substeps=6) for p in (PARAMS, sticky))
    for name in VehicleState.__slots__:
        assert np.array_equal(getattr(plain, name), getattr(held, name))


@given(st.floats(0.5, 8.0), st.floats(1.0, 29.0), st.floats(-0.12, 0.12))
def test_with_little_grip_the_car_drives_the_curve_that_its_tyres_hold(grip_mps2, speed_mps, wheels_per_m):
    params = replace(PARAMS, grip_mps2=grip_mps2)
    state = replace(VehicleState.at(np.zeros((1, 3)), params, wheels_per_m), speed_mps=np.array([speed_mps]))
    after = vehicle.step(state, Command.steer([wheels_per_m]), params, DT_S)
    driven_per_m = after.poses[0, 2] / (speed_mps * DT_S)
    most_per_m = grip_mps2 / speed_mps**2
    assert driven_per_m == pytest.approx(np.clip(wheels_per_m, -most_per_m, most_per_m), rel=1e-9, abs=1e-15)
    assert after.curvature_per_m[0] == pytest.approx(wheels_per_m, rel=1e-12), "the wheels stand where they are steered"


def test_commands_under_way_neither_vanish_nor_jump_where_the_latency_changes():
    state = replace(VehicleState.at(np.zeros((1, 3)), PARAMS, 0.05), pending_per_m=np.array([[0.01, 0.02]]))
    assert state.with_latency(4).pending_per_m.tolist() == [[0.01, 0.01, 0.01, 0.02]]
    assert state.with_latency(1).pending_per_m.tolist() == [[0.02]]
    assert state.with_latency(2).pending_per_m.tolist() == [[0.01, 0.02]]
    prompt = state.with_latency(0)
    assert prompt.pending_per_m.shape == (1, 0)
    assert prompt.with_latency(2).pending_per_m.tolist() == [[0.05, 0.05]], "the wheels stay as they stand"


def test_a_step_leaves_its_input_alone():
    state = random_state(np.random.default_rng(4), 5)
    copies = [getattr(state, name).copy() for name in VehicleState.__slots__]
    drive(state, 0.1, 1, push=Push(*np.ones((4, 5))))
    assert all(np.array_equal(a, getattr(state, b)) for a, b in zip(copies, VehicleState.__slots__, strict=True))


def test_drift_goes_left_and_a_kick_shifts_before_it_turns():
    params = replace(PARAMS, cruise_mps=0.0)
    start = VehicleState.at(np.array([[0.0, 0.0, np.pi / 2]]), params)
    drifted = drive(start, 0.0, 10, params, push=replace(Push.none(1), drift_mps=np.array([0.5])))
    np.testing.assert_allclose(drifted.poses, [[-0.5, 0.0, np.pi / 2]], atol=1e-12)
    kicked = drive(start, 0.0, 1, params, push=replace(Push.none(1), shift_m=np.array([0.3]), turn_rad=np.array([0.1])))
    np.testing.assert_allclose(kicked.poses, geometry.shifted_pose(start.poses, 0.3, 0.1), atol=1e-12)


def test_brakes_stop_the_car_and_do_not_reverse_it():
    state = VehicleState.at(np.zeros((1, 3)), PARAMS)
    for _ in range(60):
        state = vehicle.step(state, Command(np.zeros(1), np.array([-100.0])), PARAMS, DT_S, num_substeps=6)
    assert state.speed_mps == 0.0
    # From 12 m/s at 8 m/s^2 the way to a stop is v^2 / 2a, but for the last substep.
    np.testing.assert_allclose(state.poses[0, 0], 12.0**2 / 16.0, atol=0.01)
    for _ in range(200):
        state = vehicle.step(state, Command(np.zeros(1), np.array([100.0])), PARAMS, DT_S, num_substeps=6)
    assert state.speed_mps == PARAMS.max_speed_mps


def test_impossible_parameters_are_refused():
    with pytest.raises(InputError, match="wheelbase_m must be positive"):
        VehicleParams(wheelbase_m=0.0)
    with pytest.raises(InputError, match="lag_s must not be negative"):
        VehicleParams(lag_s=-0.1)
    with pytest.raises(InputError, match="too long"):
        vehicle.step(VehicleState.at(np.zeros((1, 3)), PARAMS), Command.steer([0.0]), PARAMS, 1.0)


def test_wheels_start_no_further_than_their_lock():
    assert VehicleState.at(np.zeros((1, 3)), PARAMS, 0.5).curvature_per_m == PARAMS.max_curvature_per_m
