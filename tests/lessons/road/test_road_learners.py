from dataclasses import replace

import numpy as np
import pytest

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.lessons.road.learners import METHODS, DataBudget, learning_rng, rounds_of, task_of, train
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.suites import make_suite

BUDGET = DataBudget(dagger.Config(num_rounds=2, ticks_per_round=12), num_steps=3, network="small")


def learn(method: str, budget: DataBudget = BUDGET) -> tuple[NeuralPolicy, Demonstrations]:
    trained = train(budget, method, 1000, make_suite("held-out", num_roads=1).tracks, lambda *_: None)
    assert isinstance(trained.policy, NeuralPolicy)
    assert trained.data is not None
    return trained.policy, trained.data


def test_all_begin_with_the_expert_s_first_drive_and_label_as_many_pictures():
    data = {method: learn(method)[1] for method in METHODS}
    for other in ("shift-rotate", "dagger"):
        np.testing.assert_array_equal(data["clone"].images[:12], data[other].images[:12])
        assert len(data[other]) == len(data["clone"]) == BUDGET.num_labels[-1] == 24
    np.testing.assert_array_equal(data["clone"].images, data["shift-rotate"].images)
    # The learner's own drive begins where the expert's second one does, and then goes elsewhere.
    np.testing.assert_array_equal(data["clone"].images[12], data["dagger"].images[12])
    assert (data["clone"].images[23] != data["dagger"].images[23]).any()


def test_what_was_driven_is_labelled_by_the_expert():
    _, data = learn("dagger")
    np.testing.assert_array_equal(data.curvature_per_m, data.expert_curvature_per_m)


def test_cloning_is_fitted_where_it_is_asked_and_not_otherwise():
    rounds = rounds_of(BUDGET, task_of(BUDGET, "clone"), learning_rng(1000), method="clone", fitted_after=(2,))
    first, second = rounds
    assert first.policy is None
    assert second.policy is not None
    assert second.metrics["fit_cpu_s"] > first.metrics["fit_cpu_s"]


def test_with_one_drive_dagger_is_cloning():
    budget = replace(BUDGET, drives=dagger.Config(num_rounds=1, ticks_per_round=12))
    (clone, data), (learner, _) = (learn(method, budget) for method in ("clone", "dagger"))
    np.testing.assert_array_equal(clone.predict(data.images), learner.predict(data.images))


def test_an_unknown_method_is_one_line():
    with pytest.raises(InputError, match="clone, shift-rotate, dagger"):
        task_of(BUDGET, "smile")
