"""What the saliency lesson concludes from its figures, and on what condition."""

import re
from typing import Any

import numpy as np
import pytest

from drive_sim.lessons.saliency_2017_findings import bars, kind_figures
from drive_sim.lessons.saliency_2017_reading import against, reading
from drive_sim.lessons.saliency_maps import CONTROLS, MAPS

NUM_SEEDS, NUM_VIEWS = 4, 30


def part(rng: np.random.Generator, iou: dict[str, float], carried: dict[str, float]) -> dict[str, Any]:
    """One network's figures: IoU about so high, pointing as good, and such shares of the answer carried."""
    shape, whole = NUM_VIEWS, 0.002 * rng.uniform(0.9, 1.1, NUM_VIEWS)
    effects = {
        name: {
            "share": 0.1,
            "these": share * whole,
            "others": (1.0 - share) * whole,
            "these_answers": [-share, 0.0, share],
            "others_answers": [share - 1.0, 0.0, 1.0 - share],
            "carried": [share * 0.001, 0.001],
        }
        for name in (*MAPS, "truth")
        for share in (carried.get(name, 0.2),)
    }
    return {
        "iou": {name: iou.get(name, 0.1) + rng.normal(0.0, 0.02, shape) for name in MAPS},
        "points": {name: rng.random(shape) < iou.get(name, 0.1) for name in MAPS},
        "chance": {"iou": np.full(shape, 0.03), "points": np.full(shape, 0.17)},
        "effects": effects,
        "all": whole,
        "all_at_ends": 0.001,
        "all_answers": [-1.0, 0.0, 1.0],
        "true_share": 0.05,
        "interventions": [0, 0],
        "driven_km": [1.0, 1.0],
        "num_labels": 300,
        "steps": 300,
        "cpu_s": 1.0,
    }


def figures(iou: dict[str, float], carried: dict[str, float]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return kind_figures([part(rng, iou, carried) for _ in range(NUM_SEEDS)])


def met(found: dict[str, Any]) -> list[bool]:
    return [bar["met"] for bar in bars("country", found, 3)]


def test_the_best_map_by_far_meets_every_bar():
    assert met(figures({"vbp": 0.8}, {"vbp": 0.7, "gradient": 0.8})) == [True] * 4


def test_one_control_as_good_is_enough_to_miss():
    for control in CONTROLS:
        found = figures({"vbp": 0.8, control: 0.8}, {"vbp": 0.7, "gradient": 0.8})
        assert met(found) == [False, False, True, True]


def test_a_lead_within_the_noise_is_none():
    found = figures({"vbp": 0.1005}, {})
    ahead = [found["maps"][name]["vbp_ahead"]["iou"] for name in CONTROLS]
    assert any(of["mean"] > 0.0 and against(of) == "not told apart from" for of in ahead)
    assert not met(found)[0]


def test_the_same_views_are_compared_one_by_one():
    """Views differ by far more than two maps do on each of them, and the difference is seen all the same."""
    rng = np.random.default_rng(1)
    parts = [part(rng, {}, {}) for _ in range(NUM_SEEDS)]
    hard = rng.uniform(0.0, 0.8, NUM_VIEWS)
    for one in parts:
        one["iou"] = {name: hard + 0.02 * (name == "vbp") for name in MAPS}
    maps = kind_figures(parts)["maps"]
    assert maps["vbp"]["iou"]["low"] < maps["usual"]["iou"]["high"]
    for end in ("mean", "low", "high"):
        assert maps["usual"]["vbp_ahead"]["iou"][end] == pytest.approx(0.02)


def test_half_of_the_answer_is_not_most_of_it():
    rng = np.random.default_rng(2)
    parts = [part(rng, {}, {}) for _ in range(NUM_SEEDS)]
    for one in parts:
        share = rng.normal(0.51, 0.2, NUM_VIEWS)
        one["effects"]["vbp"]["these"], one["effects"]["vbp"]["others"] = share * one["all"], (1.0 - share) * one["all"]
    found = kind_figures(parts)
    assert not met(found)[2]
    assert "most of what steers, these views do not tell" in reading(found)[1]


def test_hits_without_a_miss_and_misses_without_a_hit_have_a_bound():
    n = NUM_SEEDS * NUM_VIEWS
    found = figures({"vbp": 1.1, "centre": -0.1}, {})["maps"]
    assert found["vbp"]["points"]["low"] == pytest.approx(1.0 - 3.0 / n)
    assert found["centre"]["points"]["high"] == pytest.approx(3.0 / n)
    assert found["centre"]["points"]["interval"] == f"rule of three, {n} views"


def test_the_reading_follows_the_figures():
    good = reading(figures({"vbp": 0.8}, {"vbp": 0.7, "truth": 0.8}))
    assert re.match(r"Agreement. VisualBackProp’s IoU of (79|80)\.\d% is above chance \(3\.0%\)", good[0])
    assert "not told apart" not in good[0]
    assert "most of what steers lies where it points" in good[1]
    assert good[2].startswith("Together. VisualBackProp has the highest IoU")
    poor = reading(figures({"vbp": 0.0, "usual": 0.4}, {"vbp": 0.05, "gradient": 0.8, "truth": 0.3}))
    assert "is below chance" in poor[0]
    assert "It agrees less than before" in poor[0]
    assert "lies elsewhere" in poor[1]
    assert "less than what as many pixels in blobs" in poor[1]
    assert "need not be wrong about the network" in poor[1]
    assert "“Where markings usually lie” (40%)" in poor[2]
    assert "“Gradient” (80%" in poor[2]
    assert poor[2].endswith("is another.")
    assert "is not shown" in reading(figures({}, {"gradient": 0.8}))[2]
