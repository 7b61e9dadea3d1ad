"""A driver for every road: what its rounds are made of, and that its seed decides everything."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from drive_sim.errors import InputError
from drive_sim.learn import domain_randomised
from drive_sim.learn.domain_randomised import Config, draw_worlds
from drive_sim.learn.start_anywhere import BEFORE_CROSSING_M
from drive_sim.sim.crossings import crossings_m

SMALL = Config(
    num_rounds=2,
    roads_per_round=4,
    cars_per_road=2,
    road_length_m=100.0,
    ticks_per_round=8,
    keep_every=2,
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
    assert (len(tracks.tracks), len(scenes.scenes)) == (14, 28)
    assert len({scene.kind for scene in scenes.scenes}) == 7
    assert all(one.kind != other.kind for one, other in zip(scenes.scenes[::2], scenes.scenes[1::2], strict=True))
    assert all(0.2 <= scene.shoulder_m <= 0.9 for scene in scenes.scenes)
    assert 0 < tracks.goal_is_told.sum() < 14
    assert {bool(track.x_m[0] == 0.0) for track in tracks.tracks} == {False, True}


def test_roads_drawn_in_parts_are_those_drawn_at_once() -> None:
    at_once, _ = draw_worlds(SMALL, 4, np.random.default_rng(4))
    rng = np.random.default_rng(4)
    parts = [track for first in (0, 2) for track in draw_worlds(SMALL, 2, rng, first)[0].tracks]
    for one, other in zip(at_once.tracks, parts, strict=True):
        assert np.array_equal(one.samples, other.samples)


def test_some_cars_begin_shortly_before_a_crossing() -> None:
    crossing = replace(SMALL.distribution, loop_share=1.0, width_m=(4.0, 4.0))
    config = replace(SMALL, distribution=crossing, road_length_m=300.0, crossing_share=1.0, tight_share=0.0)
    (first,) = islice(domain_randomised.train(config, np.random.default_rng(5)), 1)
    tracks, _ = draw_worlds(config, 4, np.random.default_rng(5).spawn(2)[0])
    lane = first.rollout.lane
    assert lane is not None
    for car in range(8):
        begun = car * 4  # of each car four ticks of eight are kept
        before_m = crossings_m(tracks.tracks[lane.track_idx[begun]]) - lane.s_m[begun]
        assert ((before_m >= -1e-6) & (before_m <= BEFORE_CROSSING_M)).any()


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="at least 1"):
        Config(num_rounds=0)
    with pytest.raises(InputError, match="told_share"):
        Config(told_share=1.5)
