"""A driver for every road: what its rounds are made of, and that its seed decides everything."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from drive_sim.errors import InputError
from drive_sim.learn import domain_randomised
from drive_sim.learn.domain_randomised import Config, draw_worlds

SMALL = Config(
    num_rounds=2,
    roads_per_round=8,
    road_length_m=100.0,
    ticks_per_round=4,
    told_share=0.5,
    steps_later=2,
    steps_last=2,
    fit=replace(Config().fit, num_steps=3, batch_size=8),
)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights_and_rounds_learn_on() -> None:
    rounds, again = (list(domain_randomised.train(SMALL, np.random.default_rng(1))) for _ in range(2))
    for one, other in zip(rounds, again, strict=True):
        for a, b in zip(one.policy.parameters(), other.policy.parameters(), strict=True):
            assert torch.equal(a, b)
    assert [len(of.rollout) for of in rounds] == [32, 32]
    first, second = ([w.detach() for w in of.policy.parameters()] for of in rounds)
    changed = max(float((a - b).abs().max()) for a, b in zip(first, second, strict=True))
    assert 0.0 < changed < 0.02  # it goes on from there, and does not begin anew


def test_half_of_the_cars_keep_their_speed_and_all_are_told_how_fast_to_go() -> None:
    (first,) = islice(domain_randomised.train(SMALL, np.random.default_rng(2)), 1)
    demos = first.rollout
    kept, own = demos.rows(slice(0, 16)), demos.rows(slice(16, 32))
    assert set(kept.speed_mps) == {12.0}
    assert len(set(own.speed_mps)) > 4
    assert np.abs(kept.acceleration_mps2).max() > 0.0


def test_roads_go_both_ways_under_every_sky_and_some_tell_their_place() -> None:
    tracks, scenes = draw_worlds(SMALL, 14, np.random.default_rng(3))
    assert len({scene.kind for scene in scenes.scenes}) == 7
    assert 0 < tracks.goal_is_told.sum() < 14
    assert {bool(track.x_m[0] == 0.0) for track in tracks.tracks} == {False, True}


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="at least 1"):
        Config(num_rounds=0)
    with pytest.raises(InputError, match="told_share"):
        Config(told_share=1.5)
