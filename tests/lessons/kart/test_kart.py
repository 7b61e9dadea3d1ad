"""The laws of the kart's world and learners, and what its lessons' claims follow."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.evaluate.intervals import Estimate
from drive_sim.learn import ridge
from drive_sim.learn import smile as smile_learner
from drive_sim.learn.ridge_sums import SummedDemonstrations
from drive_sim.lessons import kit
from drive_sim.lessons.kart import smile, tux_kart
from drive_sim.lessons.kart.falls import claim_falls_more
from drive_sim.lessons.kart.learners import METHODS, Learned, PartResult, learn_and_drive, rounds_of
from drive_sim.lessons.kart.smile_page import LESSON as MIXTURE
from drive_sim.lessons.kart.tux_kart_page import LESSON as KART
from drive_sim.lessons.kart.world import LapFalls, drive_laps, expert_laps, make_world
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.linear import LinearPolicy
from drive_sim.records import to_json
from tests.lessons.kart.small_kart import CONDITIONS, SMILE, TUX_KART

STRAIGHT_ON = LinearPolicy(np.zeros(1425), 0.0)
EFFORT = kit.Effort(450, 450, 900, 1.0)


@pytest.fixture(scope="module")
def world():
    return make_world(CONDITIONS)


def test_fewer_laps_of_the_expert_are_the_first_ones_of_more(world):
    one, three = expert_laps(world, 1, 1000), expert_laps(world, 3, 1000)
    np.testing.assert_array_equal(one[0].images, three[0].images)
    np.testing.assert_array_equal(one[0].curvature_per_m, three[0].curvature_per_m)
    assert (three[0].images != three[1].images).any()


def test_the_expert_keeps_the_road_and_who_does_not_steer_falls(world):
    expert = PursuitExpert(world.tracks, CONDITIONS.lookahead_m)
    driven = drive_laps(world, [expert, STRAIGHT_ON], 4, 1000)
    assert driven.falls.shape == (2, 4)
    assert driven.falls[0].sum() == 0
    assert driven.falls[1].min() > 0
    assert len(driven.places_m[1]) == driven.falls[1].sum()


def test_laps_are_relabelled_and_summed_as_if_they_were_one(world):
    laps = expert_laps(world, 2, 1000)
    first, second = (SummedDemonstrations((replace(lap, curvature_per_m=-lap.curvature_per_m),)) for lap in laps)
    whole = ridge.fit(ridge.Config(), laps[0] + laps[1])
    at_once, grown = (first + second).with_expert_labels(), first.with_expert_labels()
    ridge.fit(ridge.Config(), grown)
    for data in (at_once, grown + second.with_expert_labels()):
        policy = ridge.fit(ridge.Config(), data)
        np.testing.assert_allclose(policy.weights, whole.weights, rtol=1e-6, atol=1e-9)
        assert policy.bias_per_m == pytest.approx(whole.bias_per_m, rel=1e-6)
        assert len(data) == 300


@pytest.mark.parametrize("network_steps", [None, 5])
def test_every_method_begins_with_the_same_lap_and_the_same_policy(world, network_steps: int | None):
    lap = expert_laps(world, 1, 1000)[0]
    config = replace(TUX_KART.config, num_rounds=2, evaluate_after=(1, 2))
    clone, mixture, learner = (next(rounds_of(config, name, 1000, network_steps)).policy for name in METHODS)
    for policy in (mixture.policies[0], learner):
        np.testing.assert_array_equal(policy.predict(lap.images), clone.predict(lap.images))


@pytest.mark.parametrize("method", METHODS)
def test_a_lap_is_labelled_in_every_round(method: str):
    learned = learn_and_drive(SMILE.config, method, 1000, lambda *_: None)
    assert learned.effort.num_labels == 3 * CONDITIONS.ticks_per_lap
    assert learned.effort.learning_cpu_s > 0.0


def test_without_the_network_there_are_fewer_parts():
    assert len(KART.parts(TUX_KART.config)) == 4 * 2 + 3
    few = KART.parts(replace(TUX_KART.config, num_network_seeds=0))
    assert {part.stage for part in few} == {"expert", *METHODS}


def test_other_weights_are_of_the_same_policies():
    weights = smile.other_weights(replace(SMILE.config, num_rounds=4, evaluate_after=(4,)))
    np.testing.assert_allclose(weights["as it is"], smile_learner.without_expert(0.1, 4))
    assert weights["without the first"][0] == 0.0
    np.testing.assert_allclose(weights["later half, equal"], [0.0, 0.0, 0.5, 0.5])
    assert all(of.sum() == pytest.approx(1.0) for of in weights.values())


def driven(*falls: int) -> LapFalls:
    """Policies that fell so often in each of their ten laps."""
    return LapFalls(np.repeat(np.array(falls)[:, None], 10, axis=1), [[] for _ in falls])


def learned(*falls: int) -> Learned:
    return Learned(driven(*falls), EFFORT, driven(1), None)


def part_results(**parts: PartResult) -> kit.PartResults:
    """Two seeds, alike."""
    return kit.PartResults({stage: [to_json(part)] * 2 for stage, part in parts.items()})


def kart_claims(after: tuple[int, ...] = (1, 5, 10), **falls: tuple[int, ...]) -> tuple[list[bool], tux_kart.Result]:
    config = tux_kart.Config(0, 2, num_rounds=after[-1], evaluate_after=after, num_network_seeds=0)
    methods = {name: learned(*of) for name, of in falls.items()}
    result = tux_kart.result(config, part_results(expert=PartResult(driven(0), EFFORT), **methods))
    return [claim.met for claim in KART.page.claims(config, result)], result


def test_the_kart_s_claims_follow_the_falls():
    met, result = kart_claims(clone=(4, 3, 3), smile=(4, 3, 2), dagger=(4, 0, 0))
    assert met == [True, True, True, True]
    assert result.dagger_settled_after == 5
    met, result = kart_claims(clone=(4, 4, 5), smile=(4, 4, 5), dagger=(4, 0, 5))
    assert met == [False, False, False, False]
    assert result.dagger_settled_after is None
    met, result = kart_claims((1, 2, 4), clone=(4, 4, 4), smile=(4, 4, 2), dagger=(0, 0, 0))
    assert met == [True, True, False, True], "no lap after five was driven"
    assert result.dagger_settled_after == 1


def test_one_falls_more_only_where_intervals_lie_apart():
    often, seldom, between, once = (Estimate(*of, "") for of in ((3, 2, 4), (1, 0, 1.9), (2, 1, 3), (9, None, None)))
    assert claim_falls_more("", often, seldom).met
    for more, less in [(seldom, often), (often, between), (once, seldom), (often, once)]:
        assert not claim_falls_more("", more, less).met


def mixture_claims(mixture: int, dagger: int, reweighted: tuple[int, ...]) -> tuple[list[bool], str]:
    """What is claimed where the mixture's three policies fall 3, 1 and 2 times a lap."""
    alone = driven(3, 1, 2)
    config = replace(SMILE.config, num_laps=10)
    apart = smile.TakenApart(driven(mixture, mixture), EFFORT, alone, alone, driven(*reweighted))
    result = smile.result(config, part_results(smile=apart, dagger=learned(dagger, dagger)))
    assert [of.mean for of in result.members.alone] == result.members.mean == [3.0, 1.0, 2.0]
    assert (result.members.chosen, result.members.best.mean) == ([2, 2], 1.0)
    return [claim.met for claim in MIXTURE.page.claims(config, result)], MIXTURE.page.headline(config, result)


def test_the_weights_are_blamed_only_where_other_weights_fall_less(monkeypatch: pytest.MonkeyPatch):
    met, headline = mixture_claims(4, 0, reweighted=(5, 4, 3, 2, 1))
    assert met == [True, True, True, True, True, True]
    assert "mixture falls 4.0 times" in headline
    assert "5.0 times with its weights as they are and 2.0 times with them reversed" in headline
    assert mixture_claims(1, 1, reweighted=(3, 3, 3, 3, 3))[0] == [False, False, True, False, False, False]
    monkeypatch.setattr(smile_learner, "learned_weights", lambda alpha, n: alpha * (1.0 - alpha) ** np.arange(n)[::-1])
    assert mixture_claims(1, 1, reweighted=(3, 3, 3, 3, 3))[0] == [False] * 6
