from dataclasses import replace

import numpy as np
import pytest

from drive_sim.learn import bc, cloning_loss
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.lessons.kit.training import train_with_progress, training_config, training_rng


def test_only_shift_and_rotate_differs():
    plain, twin = training_config("plain"), training_config("shift-rotate")
    assert plain.shift_rotate is None
    assert twin.shift_rotate is not None
    assert replace(twin, shift_rotate=None) == plain


def test_the_demonstration_is_thirty_seconds_of_the_expert_on_its_lane():
    demos = demonstrate(1000)
    assert demos.duration_s == pytest.approx(30.0)
    assert demos.lane is not None
    assert np.abs(demos.lane.offset_m).max() < 0.2
    assert 0.005 < np.abs(demos.curvature_per_m).max() < 0.04


def test_what_is_trained_with_progress_is_what_is_trained_without():
    """The last round's weights; every round is told, and its error kept."""
    demos, told = demonstrate(1000, num_ticks=40), []
    config = replace(training_config("plain", 5, "small"), steps_per_round=2)
    found = train_with_progress(
        config, ImitationTask(demos), training_rng(3), lambda share, note: told.append((share, note))
    )
    *_, last = bc.train(config, ImitationTask(demos), training_rng(3))
    np.testing.assert_array_equal(found.policy.predict(demos.images), last.policy.predict(demos.images))
    assert found.steps == (2, 4, 5)
    assert [share for share, _ in told] == [0.4, 0.8, 1.0]
    assert told[-1][1].startswith("step 5, loss 0.9")
    assert found.error_per_m == cloning_loss.root_mean_square_error(last.metrics["loss"], config.curvature_unit_per_m)
