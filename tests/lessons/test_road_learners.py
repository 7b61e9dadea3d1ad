from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.lessons.road_learners import METHODS, Course, rounds_of, teach

COURSE = Course(dagger.Config(num_rounds=2, ticks_per_round=12), num_steps=3, network="small")


def taught(method: str, course: Course = COURSE, seed: int = 1000):
    story = teach(course, method, seed)
    while True:
        try:
            next(story)
        except StopIteration as end:
            return end.value


def test_all_begin_with_the_expert_s_first_drive_and_label_as_many_pictures():
    data = {method: taught(method).data for method in METHODS}
    for other in ("shift-rotate", "dagger"):
        np.testing.assert_array_equal(data["clone"].images[:12], data[other].images[:12])
        assert len(data[other]) == len(data["clone"]) == COURSE.num_labels[-1] == 24
    np.testing.assert_array_equal(data["clone"].images, data["shift-rotate"].images)
    # The learner's own drive begins where the expert's second one does, and then goes elsewhere.
    np.testing.assert_array_equal(data["clone"].images[12], data["dagger"].images[12])
    assert (data["clone"].images[23] != data["dagger"].images[23]).any()


def test_what_was_driven_is_labelled_by_the_expert():
    data = taught("dagger").data
    np.testing.assert_array_equal(data.curvature_per_m, data.expert_curvature_per_m)


def test_cloning_is_fitted_where_it_is_asked_and_not_otherwise():
    policies = [latest.policy for latest in rounds_of(COURSE, "clone", 1000, fitted_after=(2,))]
    assert policies[0] is None
    assert policies[1] is not None


def test_with_one_drive_dagger_is_cloning():
    course = replace(COURSE, drives=dagger.Config(num_rounds=1, ticks_per_round=12))
    images = (clone := taught("clone", course)).data.images
    np.testing.assert_array_equal(clone.policy.predict(images), taught("dagger", course).policy.predict(images))


def test_an_unknown_method_is_one_line():
    with pytest.raises(InputError, match="clone, shift-rotate, dagger"):
        next(rounds_of(COURSE, "smile", 0, fitted_after=(1,)))
