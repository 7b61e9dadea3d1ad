"""The kart lessons, small: their world's laws, what is kept and resumed, and their pages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.learn import ridge, smile
from drive_sim.learn.ridge_sums import SummedDemonstrations
from drive_sim.lessons import cells as part_store
from drive_sim.lessons import smile_findings, smile_mixture, tux_kart, tux_kart_findings
from drive_sim.lessons.catalogue import begun_lesson
from drive_sim.lessons.kart_world import KART_CONDITIONS, drive_laps, expert_laps, training_world
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.linear import LinearPolicy
from tests.lessons.lesson_laws import Told, check_page, check_result, check_resumed, tell

CONDITIONS = replace(KART_CONDITIONS, ticks_per_lap=150, held_out_seeds=(101, 102))
KART = tux_kart.Config(
    seed=1000,
    num_seeds=2,
    num_rounds=3,
    asked=(1, 3),
    num_laps=2,
    num_network_seeds=1,
    network_steps=5,
    conditions=CONDITIONS,
)
MIXTURE = smile_mixture.Config(seed=1000, num_seeds=2, num_rounds=3, asked=(1, 3), num_laps=2, conditions=CONDITIONS)
STRAIGHT_ON = LinearPolicy(np.zeros(1425), 0.0)


@pytest.fixture(scope="module")
def world():
    return training_world(CONDITIONS)


def test_fewer_laps_of_the_expert_are_the_first_ones_of_more(world):
    one, three = expert_laps(world, 1, 1000), expert_laps(world, 3, 1000)
    np.testing.assert_array_equal(one[0].images, three[0].images)
    np.testing.assert_array_equal(one[0].curvature_per_m, three[0].curvature_per_m)
    assert (three[0].images != three[1].images).any()


def test_the_expert_keeps_the_road_and_who_does_not_steer_falls(world):
    expert = PursuitExpert(world.tracks, CONDITIONS.lookahead_m)
    driven = drive_laps(world, (expert, STRAIGHT_ON), 4, 1000)
    assert driven.falls.shape == (2, 4)
    assert driven.falls[0].sum() == 0
    assert driven.falls[1].min() > 0
    assert len(driven.places_m[1]) == driven.falls[1].sum()


def test_sums_over_laps_give_the_same_policy_as_all_rows_at_once(world):
    laps = expert_laps(world, 2, 1000)
    summed = SummedDemonstrations((laps[0],)) + SummedDemonstrations((laps[1],))
    ours, theirs = ridge.fit(ridge.Config(), summed), ridge.fit(ridge.Config(), laps[0] + laps[1])
    np.testing.assert_allclose(ours.weights, theirs.weights, rtol=1e-6, atol=1e-9)
    assert ours.bias_per_m == pytest.approx(theirs.bias_per_m, rel=1e-6)
    assert len(summed) == 300


def test_laps_are_relabelled_before_they_are_summed(world):
    lap = expert_laps(world, 1, 1000)[0]
    wrong = replace(lap, curvature_per_m=-lap.curvature_per_m)
    right = SummedDemonstrations((wrong,)).with_expert_labels()
    assert right.sums.y == pytest.approx(lap.curvature_per_m.sum())


@pytest.mark.parametrize("network", [False, True])
def test_every_method_begins_with_the_same_lap_and_the_same_policy(world, network: bool):
    lap = expert_laps(world, 1, 1000)[0]
    firsts = [next(tux_kart.rounds_of(KART, world, name, 1000, network=network)).policy for name in tux_kart.METHODS]
    clone, mixture, learner = (policy.predict(lap.images) for policy in (firsts[0], firsts[1].policies[0], firsts[2]))
    np.testing.assert_array_equal(mixture, clone)
    np.testing.assert_array_equal(learner, clone)


def test_other_mixtures_are_of_the_same_policies():
    members = tuple(LinearPolicy(np.full(1425, k), 0.0) for k in range(4))
    mixtures = smile_mixture.other_mixtures(members, 0.1)
    np.testing.assert_allclose(mixtures["as it is"].weights, smile.without_expert(0.1, 4))
    assert mixtures["without the first"].weights[0] == 0.0
    np.testing.assert_allclose(mixtures["later half, equal"].weights, [0.0, 0.0, 0.5, 0.5])
    assert all(mixture.policies == members for mixture in mixtures.values())


def falls(mean: float, low: float, high: float) -> dict[str, Any]:
    return {"mean": mean, "low": low, "high": high}


REMIXED = {
    "as it is": falls(0.74, 0.56, 0.92),
    "without the first": falls(0.70, 0.52, 0.90),
    "equal": falls(0.22, 0.10, 0.36),
    "reversed": falls(0.04, 0.0, 0.1),
    "later half, equal": falls(0.0, 0.0, 0.06),
}


def test_the_weights_are_blamed_only_where_other_weights_fall_less():
    said = smile_findings.reading(falls(0.88, 0.7, 1.06), falls(0.0, 0.0, 0.06), REMIXED)
    assert said == {
        "trails": True,
        "reversed": "less",
        "without_first": "open",
        "without_first_beside_reversed": "more",
        "least": "later half, equal",
        "least_beside_as_it_is": "less",
        "least_beside_dagger": "open",
    }
    alike = {name: falls(2.5, 1.7, 3.3) for name in REMIXED}
    said = smile_findings.reading(falls(2.5, 1.8, 3.2), falls(2.0, 1.6, 2.4), alike)
    assert {of for name, of in said.items() if name not in ("trails", "least")} == {"open"}
    assert not said["trails"]
    single = {name: {"mean": of["mean"], "low": None, "high": None} for name, of in REMIXED.items()}
    assert smile_findings.reading(single["as it is"], single["reversed"], single)["reversed"] == "open"


def mixture_parts(falls_a_lap: dict[str, int]) -> list[dict[str, Any]]:
    """What two seeds would have found: in each of two laps so many falls of the mixture, its policies and others."""
    again = {name: [falls_a_lap[name]] * 2 for name in REMIXED}
    curve = {"laps_of_data": (1, 3), "falls": [[falls_a_lap["mixture"]] * 2] * 2}
    cost = {
        "num_labels": 450,
        "steps": 450,
        "evaluation_steps": 900,
        "learning_cpu_s": 1.0,
        "cpu_s": 1.0,
        "commit": "c",
    }
    alone = [[3, 3], [1, 1], [2, 2]]
    return [{**curve, **cost, "alone": alone, "tried": alone, "remixed": again}] * 2


def test_reversed_weights_are_compared_with_the_mixture_that_had_the_same_draws(monkeypatch: pytest.MonkeyPatch):
    counts = {"mixture": 4, **dict.fromkeys(REMIXED, 3), "reversed": 2}
    parts = mixture_parts(counts)
    found = {"smile": parts, "dagger": parts}
    result = smile_findings.make_result(MIXTURE, found, name="smile")
    assert "mixture falls 4.0 times" in result["headline"]
    assert "3.0 times with its weights as they are and 2.0 times with them reversed" in result["headline"]
    assert [of["mean"] for of in result["members"]["alone"]] == result["members"]["mean"] == [3.0, 1.0, 2.0]
    assert all(of["low"] <= of["mean"] <= of["high"] for of in result["members"]["alone"])
    assert result["weights"]["order"] == "fall"
    monkeypatch.setattr(smile, "learned_weights", lambda alpha, n: alpha * (1.0 - alpha) ** np.arange(n)[::-1])
    assert smile_findings.make_result(MIXTURE, found, name="smile")["weights"]["order"] == "rise"


def kart_methods(clone: list[int], dagger: list[int], held_out: dict[str, Any]) -> dict[str, Any]:
    """Figures of the two after 1, 2 and 3 laps of data, so many falls in ten laps."""

    def points(counts: list[int]) -> list[dict[str, Any]]:
        return [
            {"laps_of_data": laps, "num_falls": count, **falls(count / 10, count / 10 - 0.2, count / 10 + 0.2)}
            for laps, count in enumerate(counts, 1)
        ]

    return {"clone": {"points": points(clone), "held_out": held_out}, "dagger": {"points": points(dagger)}}


def test_what_the_kart_s_page_says_follows_the_falls():
    said = tux_kart_findings.reading(kart_methods([39, 34, 33], [39, 0, 0], falls(1.0, 0.6, 1.4)))
    assert said == {
        "clone_falls_more": True,
        "clone_last_beside_first": "less",
        "clone_unseen_beside_own": "less",
        "dagger_never_from": 2,
    }
    said = tux_kart_findings.reading(kart_methods([39, 39, 39], [39, 0, 38], falls(3.8, 3.0, 4.4)))
    assert said == {
        "clone_falls_more": False,
        "clone_last_beside_first": "open",
        "clone_unseen_beside_own": "open",
        "dagger_never_from": None,
    }


@pytest.mark.parametrize("wrong", [{"num_seeds": 0}, {"asked": (1, 2)}, {"num_laps": 0}])
def test_impossible_settings_are_refused(wrong: dict[str, Any]):
    with pytest.raises(InputError, match="tux-kart-2011"):
        replace(KART, **wrong)


def test_a_folder_goes_on_only_with_the_same_settings(tmp_path: Path):
    settings = {"seed": 0, "quick": True}
    with pytest.raises(InputError, match="no lesson was begun"):
        part_store.open_folder(tmp_path, "smile", settings, resume=True)
    part_store.open_folder(tmp_path / "new", "smile", settings, resume=False)
    part_store.open_folder(tmp_path / "new", "smile", settings, resume=True)
    with pytest.raises(InputError, match="changed"):
        part_store.open_folder(tmp_path / "new", "smile", settings | {"seed": 1}, resume=True)
    with pytest.raises(InputError, match="not empty"):
        part_store.open_folder(tmp_path / "new", "smile", settings, resume=False)
    with pytest.raises(InputError, match="lesson smile, not of tux-kart-2011"):
        begun_lesson(tmp_path / "new", "tux-kart-2011")


RUNS: dict[str, tuple[Callable[..., Any], Any]] = {
    "tux-kart-2011": (tux_kart.run, KART),
    "smile": (smile_mixture.run, MIXTURE),
}


@pytest.fixture(scope="module", params=RUNS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    run, config = RUNS[request.param]
    return tell(run, config, tmp_path_factory.mktemp("lesson") / request.param)


@pytest.mark.slow
def test_a_lesson_s_page_and_result(told: Told):
    check_page(told, 4)
    result = check_result(told)
    assert result["seeds"] == [1000, 1001]
    page = (told[0] / "report.html").read_text(encoding="utf-8")
    if result["lesson"] == "smile":
        assert ("do not tell the two apart" in page) == (result["reading"]["reversed"] == "open")
        assert ("Why it trails DAgger" in page) == result["reading"]["trails"]
        assert "The old outweigh the new" in page
    else:
        assert ("Does the clone fall more" in page) != result["reading"]["clone_falls_more"]
    for method in result["methods"].values():
        assert method["num_labels"] == 3 * CONDITIONS.ticks_per_lap
        assert method["learning_cpu_s"] > 0.0


@pytest.mark.slow
def test_stopped_and_resumed_is_as_if_never_stopped(told: Told, tmp_path: Path):
    check_resumed(told, *RUNS[told[2].result["lesson"]], tmp_path / "stopped")


def test_stages_are_partial_without_the_network():
    stages = {part.stage for part in tux_kart.parts_of(replace(KART, num_network_seeds=0))}
    assert stages == {"expert", "clone", "smile", "dagger"}
    assert len(tux_kart.parts_of(KART)) == 4 * 2 + 3
