"""Learning rates: a straight rise to the peak, then half a cosine."""

import pytest

from drive_sim.learn.schedule import half_cosine, warm_up_and_cosine


def test_half_a_cosine_falls_from_one_over_a_half_to_nothing() -> None:
    assert [half_cosine(share) for share in (0.0, 0.5, 1.0)] == pytest.approx([1.0, 0.5, 0.0])
    assert half_cosine(1.0 / 3.0) == pytest.approx(0.75)


def test_the_peak_is_reached_with_the_last_step_of_the_warm_up_and_held_for_one() -> None:
    rates = [warm_up_and_cosine(step, 100, 2.0, 0.1) for step in range(100)]
    assert rates[0] == pytest.approx(0.2)
    assert rates[4] == pytest.approx(1.0)
    assert rates[9] == rates[10] == 2.0
    assert rates[55] == pytest.approx(1.0)
    assert rates[99] == pytest.approx(2.0 * half_cosine(89 / 90))


def test_one_step_is_taken_at_the_peak() -> None:
    assert warm_up_and_cosine(0, 1, 2.0, 0.1) == 2.0
