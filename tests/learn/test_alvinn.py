"""ALVINN on the fly: back-propagation against autograd, what the buffer keeps, and what the views are labelled with."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import alvinn
from drive_sim.learn.alvinn_buffer import EVICTIONS, Patterns
from drive_sim.learn.base import ImitationTask
from drive_sim.policies.alvinn import ALVINN_CAMERA, curvature_units, hill, make_alvinn
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks

SHORT = alvinn.Config(num_frames=16)
each_rule = pytest.mark.parametrize("eviction", EVICTIONS)


@cache
def drive() -> Demonstrations:
    track, scene = make_demonstration_world(1000)
    config = EnvConfig(ALVINN_CAMERA, CONDITIONS.vehicle, CONDITIONS.demonstration)
    env = DriveEnv(Tracks.stack([track]), Scenes.stack([scene]), config, np.random.default_rng(0))
    return rollout.collect(env, PursuitExpert(env.tracks), 150, np.random.default_rng(0))


def patterns(*curvature_per_m: float, frame: int = 0) -> Patterns:
    """Patterns whose first pixel is their curvature, so that what belongs together can be checked."""
    k = np.array(curvature_per_m)
    return Patterns(np.repeat(k[:, None], 3, axis=1).astype(np.float32), k, np.full(len(k), frame))


def views(config: alvinn.Config, row: int = 0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return alvinn.views_of(config, drive().rows(slice(row, row + 1)), np.random.default_rng(seed))


def test_a_step_is_that_of_automatic_differentiation():
    rng = np.random.default_rng(0)
    by_hand, by_torch = (make_alvinn(np.random.default_rng(1), 5, 30, 4, 6) for _ in range(2))
    retinas = rng.standard_normal((3, 24)).astype(np.float32)
    targets = hill(np.array([0.05, -0.01, 0.0]), curvature_units(30, 0.12))
    loss = alvinn.back_propagate(by_hand, retinas, targets, 0.3)
    losses = []
    for x, target in zip(torch.from_numpy(retinas), torch.from_numpy(targets).float(), strict=True):
        error = by_torch(x[None])[0] - target
        by_torch.zero_grad()
        (0.5 * error.square().sum()).backward()
        losses.append(float(error.detach().square().mean()))
        with torch.no_grad():
            for weights in by_torch.parameters():
                assert weights.grad is not None
                weights.sub_(0.3 * weights.grad)
    for mine, theirs in zip(by_hand.parameters(), by_torch.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-7)
    assert loss == pytest.approx(np.mean(losses), rel=1e-5)


def test_sums_that_are_no_numbers_give_a_loss_that_is_none_and_no_warning():
    network = make_alvinn(np.random.default_rng(1), 5, 30, 4, 6)
    with torch.no_grad():
        network.units.weight[:, :2] = torch.tensor([np.inf, -np.inf])
    assert np.isnan(alvinn.back_propagate(network, np.ones((1, 24), np.float32), np.zeros((1, 30)), 0.1))


class TestBuffer:
    @each_rule
    def test_it_fills_then_keeps_its_size_and_takes_all_that_is_new(self, eviction: str):
        rng, buffer = np.random.default_rng(0), patterns()
        for frame in range(9):
            new = patterns(*rng.normal(0.0, 0.05, 7), frame=frame)
            buffer = buffer.put(new, 20, eviction)
            assert len(buffer) == min(20, 7 * (frame + 1))
            assert set(new.curvature_per_m) <= set(buffer.curvature_per_m)
            np.testing.assert_array_equal(buffer.inputs[:, 0], buffer.curvature_per_m.astype(np.float32))
            assert (buffer.frame == frame).sum() == 7

    def test_the_old_one_is_left_as_it_was(self):
        old = patterns(0.1, 0.2)
        old.put(patterns(0.3, 0.4), 2, "alike")
        np.testing.assert_array_equal(old.curvature_per_m, [0.1, 0.2])

    def test_the_pattern_most_alike_gives_way(self):
        buffer = patterns(-0.1, 0.0, 0.1).put(patterns(0.04, 0.08, frame=1), 3, "alike")
        assert buffer.curvature_per_m == pytest.approx([-0.1, 0.04, 0.08])

    def test_a_long_straight_does_not_push_the_bends_out_but_by_no_rule_it_does(self):
        bends = patterns(*np.linspace(-0.06, 0.06, 40))

        def after_a_straight(eviction: str) -> float:
            rng, buffer = np.random.default_rng(1), bends
            for frame in range(1, 30):
                buffer = buffer.put(patterns(*rng.normal(0.0, 0.002, 5), frame=frame), 40, eviction)
            return float(np.abs(buffer.curvature_per_m).max())

        assert after_a_straight("alike") > 0.05
        assert after_a_straight("oldest") < 0.01

    def test_a_long_bend_leaves_the_mean_straight_but_by_no_rule_it_does_not(self):
        both_ways = patterns(*np.linspace(-0.06, 0.06, 40))

        def mean_after_a_bend(eviction: str) -> float:
            rng, buffer = np.random.default_rng(1), both_ways
            for frame in range(1, 30):
                buffer = buffer.put(patterns(*rng.normal(0.03, 0.02, 5), frame=frame), 40, eviction)
            return float(buffer.curvature_per_m.mean())

        assert abs(mean_after_a_bend("straight")) < 0.005
        assert mean_after_a_bend("oldest") > 0.02

    def test_where_the_mean_is_straight_both_rules_choose_alike(self):
        new = patterns(0.03, frame=1)
        alike, straight = (patterns(-0.1, -0.02, 0.02, 0.1).put(new, 4, rule) for rule in ("alike", "straight"))
        np.testing.assert_array_equal(alike.curvature_per_m, straight.curvature_per_m)


class TestViews:
    def test_the_frame_comes_first_as_it_was_driven(self):
        images, label_per_m = views(alvinn.PUBLISHED, row=40)
        assert images.shape == (15, 30, 32, 3)
        np.testing.assert_array_equal(images[0], drive().images[40])
        assert label_per_m[0] == drive().curvature_per_m[40]
        assert (images[1:] != images[0]).any(axis=(1, 2, 3)).all()

    def test_without_motion_fifteen_times_the_frame(self):
        images, label_per_m = views(replace(alvinn.PUBLISHED, max_shift_m=0.0, max_turn_rad=0.0))
        assert (images == images[0]).all()
        assert (label_per_m == label_per_m[0]).all()

    def test_moved_to_the_left_it_steers_to_the_right(self):
        config = replace(alvinn.PUBLISHED, max_turn_rad=0.0)
        _, label_per_m = views(config)
        shift = np.random.default_rng(0).uniform(-1.0, 1.0, (2, 14))[0]
        assert np.corrcoef(shift, label_per_m[1:])[0, 1] < -0.99

    def test_a_target_farther_ahead_asks_for_gentler_ways_back(self):
        near, far = (np.ptp(views(replace(alvinn.PUBLISHED, lookahead_s=s))[1]) for s in (None, 2.5))
        assert far < 0.35 * near

    def test_views_whose_way_back_is_too_tight_are_left_out(self):
        every = views(alvinn.PUBLISHED)[1]
        images, label_per_m = views(replace(alvinn.PUBLISHED, least_radius_m=20.0))
        np.testing.assert_array_equal(label_per_m, every[np.abs(every) <= 0.05])
        assert 1 < len(images) == len(label_per_m) < 15

    def test_what_a_person_has_driven_stays_however_tight(self):
        _, label_per_m = views(replace(alvinn.PUBLISHED, least_radius_m=1e6))
        assert len(label_per_m) == 1

    def test_smeared_edges_are_other_pictures_with_the_same_labels(self):
        ahead, smeared = (views(replace(alvinn.PUBLISHED, fill=fill)) for fill in ("heading", "smear"))
        np.testing.assert_array_equal(ahead[1], smeared[1])
        assert (ahead[0] != smeared[0]).any()


def test_each_round_is_a_frame_and_the_buffer_behind_it():
    rounds = list(alvinn.train(SHORT, ImitationTask(drive()), np.random.default_rng(0)))
    assert [r.index for r in rounds] == list(range(16))
    assert [len(r.buffer) for r in rounds] == [min(200, 15 * n) for n in range(1, 17)]
    assert rounds[-1].metrics["loss"] < 0.5 * rounds[0].metrics["loss"]
    assert rounds[-1].metrics["num_labels"] == 16
    assert set(rounds[-1].buffer.frame) == set(range(16))


def test_a_longer_run_begins_as_a_shorter_one():
    short = list(alvinn.train(replace(SHORT, num_frames=3), ImitationTask(drive()), np.random.default_rng(0)))[-1]
    longer = list(alvinn.train(SHORT, ImitationTask(drive()), np.random.default_rng(0)))[2]
    np.testing.assert_array_equal(short.policy.network.hidden_weights, longer.policy.network.hidden_weights)


def test_frames_lie_so_many_rows_apart():
    frames, camera = alvinn.frames_of(SHORT, drive())
    np.testing.assert_array_equal(frames.images, drive().images[::9])
    assert camera == ALVINN_CAMERA


@pytest.mark.parametrize("config", [alvinn.PUBLISHED, alvinn.LATER], ids=["published", "later"])
def test_with_the_settings_of_either_time_it_steers_back_from_views_that_it_has_not_seen(config: alvinn.Config):
    *_, last = alvinn.train(replace(config, num_frames=16), ImitationTask(drive()), np.random.default_rng(0))
    policy = last.policy
    assert policy.rule == config.rule
    others = [views(config, row, seed=1) for row in range(4, 140, 9)]
    images, label_per_m = (np.concatenate(some) for some in zip(*others, strict=True))
    assert np.corrcoef(policy.predict(images), label_per_m)[0, 1] > 0.8


def test_a_pass_shows_every_pattern_once_and_more_steps_take_as_many_passes_as_they_need():
    one_pass = alvinn.order_of_showing(7, None, np.random.default_rng(0))
    np.testing.assert_array_equal(one_pass, np.random.default_rng(0).permutation(7))
    many = alvinn.order_of_showing(7, 24, np.random.default_rng(0))
    assert len(many) == 24
    np.testing.assert_array_equal(many[:7], one_pass)
    for begin in (0, 7, 14):
        assert sorted(many[begin : begin + 7]) == list(range(7))
    assert (many[:7] != many[7:14]).any()
    assert len(set(many[21:])) == 3


def test_the_frame_alone_learns_every_frame_as_it_was_driven_in_so_many_steps():
    config = replace(SHORT, num_views=1, steps_per_frame=200)
    *_, last = alvinn.train(config, ImitationTask(drive()), np.random.default_rng(0))
    frames, _ = alvinn.frames_of(config, drive())
    np.testing.assert_array_equal(last.buffer.frame, np.arange(16))
    np.testing.assert_array_equal(last.buffer.curvature_per_m, frames.curvature_per_m[:16])
    *_, fewer = alvinn.train(replace(config, steps_per_frame=None), ImitationTask(drive()), np.random.default_rng(0))
    assert last.metrics["loss"] < 0.5 * fewer.metrics["loss"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"num_frames": 0}, "num_frames must be positive"),
        ({"steps_per_frame": 0}, "steps_per_frame must be positive"),
        ({"buffer_size": 10}, "does not hold the 15 views"),
        ({"eviction": "newest"}, "eviction 'newest' is unknown; use one of alike, straight, oldest"),
    ],
)
def test_impossible_settings_are_one_line(wrong: dict[str, object], words: str):
    with pytest.raises(InputError, match=words):
        replace(alvinn.PUBLISHED, **wrong)


def test_too_short_a_drive_is_one_line():
    with pytest.raises(InputError, match="50 frames take 442; drive longer"):
        next(alvinn.train(alvinn.PUBLISHED, ImitationTask(drive()), np.random.default_rng(0)))
    with pytest.raises(InputError, match="camera is not known"):
        next(alvinn.train(SHORT, ImitationTask(replace(drive(), camera=None)), np.random.default_rng(0)))
    unknown = replace(drive(), speed_mps=np.full(150, np.nan))
    with pytest.raises(InputError, match="speeds are not known"):
        next(alvinn.train(replace(SHORT, lookahead_s=2.5), ImitationTask(unknown), np.random.default_rng(0)))
