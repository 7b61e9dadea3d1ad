from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.disturbance import Disturbance, Push, Weather
from drive_sim.sim.weather_by_car import WeatherByCar

ROUGH = Disturbance(
    gust_mps=0.3, gust_time_s=1.5, kick_rate_hz=0.5, kick_shift_m=0.4, kick_turn_rad=0.1, wheel_noise_per_m=0.01
)
TICK_S = 0.1


def pushes(disturbance, num_ticks, num_cars=64, seed=0):
    taken = islice(Weather(disturbance, num_cars, TICK_S, np.random.default_rng(seed)), num_ticks)
    return np.stack([[getattr(push, name) for name in Push.__slots__] for push in taken], axis=1)


def test_same_seed_same_weather():
    assert np.array_equal(pushes(ROUGH, 20), pushes(ROUGH, 20))
    assert not np.array_equal(pushes(ROUGH, 20), pushes(ROUGH, 20, seed=1))


def test_no_disturbance_is_calm():
    assert not pushes(Disturbance.none(), 5).any()


def test_gusts_have_their_spread_and_time_constant():
    drift_mps = pushes(ROUGH, 2000, num_cars=200)[0]
    assert drift_mps.std() == pytest.approx(ROUGH.gust_mps, rel=0.03)
    assert drift_mps[0].std() == pytest.approx(ROUGH.gust_mps, rel=0.2)  # windy from the first tick on
    correlation = np.mean(drift_mps[:-15] * drift_mps[15:]) / drift_mps.var()
    assert correlation == pytest.approx(np.exp(-15 * TICK_S / ROUGH.gust_time_s), abs=0.03)


def test_kicks_come_at_their_rate_and_within_their_limits():
    _, shift_m, turn_rad, _ = pushes(ROUGH, 2000, num_cars=200)
    assert np.mean(shift_m != 0.0) == pytest.approx(1.0 - np.exp(-ROUGH.kick_rate_hz * TICK_S), rel=0.03)
    assert 0.99 * ROUGH.kick_shift_m < np.abs(shift_m).max() <= ROUGH.kick_shift_m
    assert 0.99 * ROUGH.kick_turn_rad < np.abs(turn_rad).max() <= ROUGH.kick_turn_rad


def test_each_part_has_a_stream_of_its_own():
    rough = pushes(ROUGH, 50)
    assert np.array_equal(pushes(replace(ROUGH, kick_rate_hz=0.0, wheel_noise_per_m=0.0), 50)[0], rough[0])
    assert np.array_equal(pushes(replace(ROUGH, gust_mps=0.0), 50)[1:], rough[1:])
    twice = pushes(replace(ROUGH, kick_shift_m=2.0 * ROUGH.kick_shift_m), 50)
    np.testing.assert_allclose(twice[1], 2.0 * rough[1])


@pytest.mark.parametrize("field", ["gust_mps", "kick_rate_hz", "kick_shift_m", "kick_turn_rad", "wheel_noise_per_m"])
def test_negative_strengths_are_refused(field):
    with pytest.raises(InputError, match=field):
        Disturbance(**{field: -1.0})


def test_gusts_need_a_time_constant():
    with pytest.raises(InputError, match="gust_time_s"):
        Disturbance(gust_time_s=0.0)


def test_a_car_meets_the_weather_of_its_number_whatever_cars_are_with_it():
    def pushes_of(numbers: list[int]):
        weather = WeatherByCar(ROUGH, np.array(numbers), TICK_S, np.random.default_rng(0))
        return np.stack([[getattr(push, name) for name in Push.__slots__] for push in islice(weather, 30)], axis=1)

    together = pushes_of(list(range(12)))
    np.testing.assert_array_equal(pushes_of([9, 4]), together[:, :, [9, 4]])
    assert len(np.unique(together[0, 0])) == 12


def test_the_children_are_those_that_the_generator_would_spawn():
    spawned = np.random.default_rng(5).spawn(4)[3]
    (push,) = islice(WeatherByCar(ROUGH, np.array([3]), TICK_S, np.random.default_rng(5)), 1)
    np.testing.assert_array_equal(push.drift_mps, next(Weather(ROUGH, 1, TICK_S, spawned)).drift_mps)


def test_weather_by_car_goes_on_from_what_was_kept():
    weather = WeatherByCar(ROUGH, np.arange(3), TICK_S, np.random.default_rng(0))
    next(weather)
    kept, after = weather.snapshot(), next(weather)
    weather.restore(kept)
    np.testing.assert_array_equal(next(weather).drift_mps, after.drift_mps)


def test_weather_by_car_turns_calm_for_every_car():
    weather = WeatherByCar(Disturbance(wheel_noise_per_m=0.1), np.arange(3), TICK_S, np.random.default_rng(0))
    assert next(weather).wheel_error_per_m.all()
    weather.disturbance = Disturbance.none()
    assert not next(weather).wheel_error_per_m.any()
