"""What the saliency lesson asks networks, small."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.evaluate.saliency_scores import intersection_over_union
from drive_sim.learn import bc
from drive_sim.lessons import saliency_2017, saliency_effects
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.lessons.kit.training import training_config
from drive_sim.lessons.saliency_maps import MAPS, make_views, maps_of
from drive_sim.sim.conditions import CONDITIONS
from tests.lessons.lesson_laws import Told, check_page, check_result, check_resumed, tell

SALIENCY = saliency_2017.Config(
    seed=1000,
    num_seeds=1,
    num_views=4,
    num_roads=2,
    num_ticks=30,
    num_steps=6,
    network="small",
    shares=(0.1, 0.3),
    shifts_px=(-4, 0, 4),
    drive_m=60.0,
    num_driven=1,
)
NUM_VIEWS = 30


@pytest.fixture(scope="module")
def asked():
    demos = demonstrate(1000, num_ticks=30)
    policy = bc.make_policy(training_config("plain", 6, "small"), demos, np.random.default_rng(0))
    views = make_views("held-out", CONDITIONS, NUM_VIEWS, 2)
    return policy, views, maps_of(policy, policy, views, CONDITIONS, np.random.default_rng(0))


def test_all_networks_are_asked_about_the_same_views(asked):
    _, views, maps = asked
    again = make_views("held-out", CONDITIONS, NUM_VIEWS, 2)
    np.testing.assert_array_equal(again.images, views.images)
    assert tuple(maps) == MAPS
    assert all(values.shape == (NUM_VIEWS, 66, 200) for values in maps.values())
    assert views.truth.any(axis=(1, 2)).all()


def test_controls_know_what_they_are_said_to_know(asked):
    _, views, maps = asked
    np.testing.assert_allclose(maps["vbp"], maps["vbp-untrained"])
    assert (maps["usual"][0] == maps["usual"][-1]).all()
    chance = views.truth.mean() / (2.0 - views.truth.mean())
    assert intersection_over_union(maps["usual"], views.truth).mean() > 3.0 * chance
    assert intersection_over_union(maps["random"], views.truth).mean() < 3.0 * chance


def test_a_larger_share_carries_more_and_all_of_it_everything(asked):
    policy, views, maps = asked
    carried = saliency_effects.carried(policy.predict, views, maps["gradient"], (0.05, 0.999), (-4, 0, 4))
    whole = saliency_effects.effects_of_all(policy.predict, views, (-4, 0, 4))["all"].mean()
    assert carried[1] == pytest.approx(whole, rel=0.1)
    nothing = saliency_effects.effects(policy.predict, views, np.zeros_like(views.truth), (-4, 0, 4))
    np.testing.assert_array_equal(nothing["these"], 0.0)
    np.testing.assert_allclose(nothing["others"].mean(), whole, rtol=1e-9)


@pytest.mark.parametrize("wrong", [{"shifts_px": (-4, 0, 3)}, {"num_views": 2}, {"shares": (0.1, 1.0)}])
def test_impossible_settings_are_refused(wrong: dict[str, Any]):
    with pytest.raises(InputError, match="saliency"):
        replace(SALIENCY, **wrong)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(saliency_2017.run, SALIENCY, tmp_path_factory.mktemp("lesson") / "saliency")


@pytest.mark.slow
def test_a_lesson_s_page_and_result(told: Told):
    check_page(told, 3)
    result = check_result(told)
    assert all(method["num_labels"] == 30 for method in result["methods"].values())


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path):
    check_resumed(told, saliency_2017.run, SALIENCY, tmp_path / "stopped")
