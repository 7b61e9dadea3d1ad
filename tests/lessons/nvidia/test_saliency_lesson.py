"""What the saliency lesson asks networks, and what it concludes from the figures, on what condition."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.evaluate.saliency_scores import intersection_over_union
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons.kit import Effort, train_with_progress, training_config, training_rng
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.lessons.nvidia import pixel_effects
from drive_sim.lessons.nvidia.pixel_effects import Effect
from drive_sim.lessons.nvidia.saliency import Asked
from drive_sim.lessons.nvidia.saliency_claims import claims_on
from drive_sim.lessons.nvidia.saliency_estimates import KindFigures, kind_figures
from drive_sim.lessons.nvidia.saliency_maps import CONTROLS, MAPS, make_views, maps_of
from drive_sim.lessons.nvidia.saliency_page import PAGE
from drive_sim.sim.conditions import CONDITIONS

NUM_SEEDS, NUM_VIEWS = 4, 30
SHIFTS_PX = (-4, 0, 4)


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


def test_the_untrained_network_is_the_one_that_learns():
    demos = demonstrate(1000, num_ticks=30)
    config = replace(training_config("plain", 1, "small"), learning_rate=1e-12, weight_decay=0.0)
    trained = train_with_progress(config, ImitationTask(demos), training_rng(1000), lambda *_: None).policy
    untrained = bc.make_policy(config, demos, training_rng(1000).spawn(4)[0])
    np.testing.assert_allclose(trained.predict(demos.images), untrained.predict(demos.images), atol=1e-6)


def test_a_larger_share_carries_more_and_all_of_it_everything(asked):
    policy, views, maps = asked
    carried = pixel_effects.carried(policy.predict, views, maps["gradient"], (0.05, 0.999), SHIFTS_PX)
    whole = pixel_effects.effect_of_all(policy.predict, views, SHIFTS_PX)[0].mean()
    assert carried[1] == pytest.approx(whole, rel=0.1)
    nothing = pixel_effects.effect_of(policy.predict, views, np.zeros_like(views.truth), SHIFTS_PX, carried)
    np.testing.assert_array_equal(nothing.these, 0.0)
    np.testing.assert_allclose(nothing.others.mean(), whole, rtol=1e-9)


def part(rng: np.random.Generator, iou: dict[str, float], carried: dict[str, float]) -> Asked:
    """One network's figures: IoU about so high, pointing as good, and such shares of the answer carried."""
    whole, three = 0.002 * rng.uniform(0.9, 1.1, NUM_VIEWS), np.array([-1.0, 0.0, 1.0])
    shares = {name: carried.get(name, 0.2) for name in (*MAPS, "truth")}
    noisy = {name: iou.get(name, 0.1) + rng.normal(0.0, 0.02, NUM_VIEWS) for name in MAPS}
    hits = {name: (rng.random(NUM_VIEWS) < iou.get(name, 0.1)).astype(float) for name in MAPS}
    return Asked(
        Effort(300, 300, 100, 1.0),
        interventions=np.zeros(2, dtype=np.int64),
        driven_km=np.ones(2),
        true_share=0.05,
        chance={"iou": np.full(NUM_VIEWS, 0.03), "points": np.full(NUM_VIEWS, 0.17)},
        scores={name: {"iou": noisy[name], "points": hits[name]} for name in MAPS},
        effects={
            name: Effect(0.1, share * whole, (1.0 - share) * whole, share * three, (1.0 - share) * three, share * three)
            for name, share in shares.items()
        },
        whole=whole,
        whole_answers=three,
        whole_at_ends=0.001,
        shown={},
    )


def figures(iou: dict[str, float], carried: dict[str, float]) -> KindFigures:
    rng = np.random.default_rng(0)
    return kind_figures([part(rng, iou, carried) for _ in range(NUM_SEEDS)])


def met(found: KindFigures) -> list[bool]:
    return [claim.met for claim in claims_on("country", found, 3)]


def test_the_best_map_by_far_meets_every_claim():
    assert all(met(figures({"vbp": 0.8}, {"vbp": 0.8, "gradient": 0.7, "truth": 0.7})))


def test_a_map_that_names_other_pixels_meets_none():
    assert not any(met(figures({"vbp": 0.0, "usual": 0.4}, {"vbp": 0.05, "gradient": 0.45, "truth": 0.3})))


def test_one_control_as_good_is_enough_to_miss():
    for control in CONTROLS:
        found = figures({"vbp": 0.8, control: 0.8}, {"vbp": 0.7, "gradient": 0.8})
        assert met(found)[:2] == [False, False]
        assert met(found)[4:6] == [True, True]


def test_a_lead_within_the_noise_is_none():
    found = figures({"vbp": 0.1005}, {})
    ahead = [found.maps[name].vbp_ahead["iou"] for name in CONTROLS]
    assert any(of.low is not None and of.low <= 0.0 < of.mean for of in ahead)
    assert not met(found)[0]


def test_the_same_views_are_compared_one_by_one():
    """Views differ by far more than two maps do on each of them, and the difference is seen all the same."""
    rng = np.random.default_rng(1)
    parts = [part(rng, {}, {}) for _ in range(NUM_SEEDS)]
    hard = rng.uniform(0.0, 0.8, NUM_VIEWS)
    scores = {name: {"iou": hard + 0.02 * (name == "vbp"), "points": hard} for name in MAPS}
    maps = kind_figures([replace(one, scores=scores) for one in parts]).maps
    ours, usual = maps["vbp"].scores["iou"], maps["usual"].scores["iou"]
    assert ours.low is not None
    assert usual.high is not None
    assert ours.low < usual.high
    ahead = maps["usual"].vbp_ahead["iou"]
    assert (ahead.mean, ahead.low, ahead.high) == pytest.approx((0.02, 0.02, 0.02))


def test_half_of_the_answer_is_not_most_of_it():
    rng = np.random.default_rng(2)
    parts = [part(rng, {}, {}) for _ in range(NUM_SEEDS)]
    for one in parts:
        these = rng.normal(0.51, 0.2, NUM_VIEWS) * one.whole
        one.effects["vbp"] = replace(one.effects["vbp"], these=these, others=one.whole - these)
    assert not met(kind_figures(parts))[4]


def test_hits_without_a_miss_and_misses_without_a_hit_have_a_bound():
    n = NUM_SEEDS * NUM_VIEWS
    found = figures({"vbp": 1.1, "centre": -0.1}, {}).maps
    assert found["vbp"].scores["points"].low == pytest.approx(1.0 - 3.0 / n)
    assert found["centre"].scores["points"].high == pytest.approx(3.0 / n)
    assert found["centre"].scores["points"].interval == f"rule of three, {n} views"


def test_how_much_was_demonstrated_is_not_fixed_in_its_page():
    """A line that students are asked to change makes it less."""
    assert "thirty seconds" not in PAGE.template.read_text(encoding="utf-8").lower()
