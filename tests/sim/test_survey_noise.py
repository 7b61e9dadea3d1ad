import numpy as np
import pytest

from drive_sim.sim.survey_noise import without_noise

NAMES = ("BrandsHatch", "Norisring", "Spielberg", "Suzuka")


def loop(step_m=5.0, closed=True):
    """Soft bends of 40 m radius and more, about 1.2 km round, 12 m wide."""
    angle_rad = np.linspace(0.0, 2.0 * np.pi * (1.0 if closed else 0.8), round(1200.0 / step_m), endpoint=False)
    place_m = 180.0 * np.exp(1j * angle_rad) * (1.0 + 0.15 * np.cos(3.0 * angle_rad))
    widths_m = np.stack([6.0 + np.cos(angle_rad), 6.0 - np.cos(angle_rad)])
    return np.column_stack([place_m.real, place_m.imag, *widths_m])


@pytest.mark.parametrize("name", NAMES)
def test_real_surveys_have_none(shared_data, name):
    points = np.loadtxt(shared_data / "circuits" / f"{name}.csv", delimiter=",")
    kept, *noise_m = without_noise(points, closed=True)
    np.testing.assert_array_equal(kept, points)
    assert noise_m == [0.0, 0.0]


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("step_m", [0.5, 2.0, 5.0])
def test_noise_is_measured_and_most_of_it_taken_out(step_m, closed):
    true = loop(step_m, closed)
    kept, *noise_m = without_noise(true + np.random.default_rng(3).normal(0.0, 0.3, true.shape), closed=closed)
    np.testing.assert_allclose(noise_m, 0.3, atol=0.04)
    assert np.sqrt(np.mean((kept - true) ** 2)) < 0.5 * 0.3


@pytest.mark.parametrize("closed", [True, False])
def test_moved_turned_and_begun_elsewhere_it_is_the_same(closed):
    noisy = loop(5.0, closed) + np.random.default_rng(4).normal(0.0, 0.3, loop(5.0, closed).shape)
    kept, *noise_m = without_noise(noisy, closed=closed)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    moved = np.column_stack([noisy[:, :2] @ turn.T + [5e5, 5e6], noisy[:, 2:]])
    shift = 17 if closed else 0
    again, *noise_again_m = without_noise(np.roll(moved, shift, axis=0), closed=closed)
    np.testing.assert_allclose(np.roll(again, -shift, axis=0)[:, :2], kept[:, :2] @ turn.T + [5e5, 5e6], atol=1e-6)
    np.testing.assert_allclose(noise_again_m, noise_m, atol=1e-6)


@pytest.mark.parametrize("column", [0, 2])
def test_a_single_mistake_is_no_noise(column):
    points = loop()
    points[60, column] += 5.0
    kept, *noise_m = without_noise(points, closed=True)
    np.testing.assert_array_equal(kept, points)
    assert noise_m == [0.0, 0.0]


def test_a_gate_and_few_points_are_left_as_they_are():
    points = loop()
    points[100:, 2:] = 2.0
    for given in (points, loop(100.0)):
        np.testing.assert_array_equal(without_noise(given, closed=True)[0], given)
