"""Learning behind whoever drives: the same ticks, the same bits; judged before it learns; twins that draw alike."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from drive_sim.learn import alvinn, cloning_on_the_fly, live
from drive_sim.learn.base import ImitationTask
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_demonstration_world
from drive_sim.sim.track import Tracks

each_network = pytest.mark.parametrize("network", ["alvinn", pytest.param("small", marks=pytest.mark.slow)])
SMALL = cloning_on_the_fly.Config(batch_size=16)
CONFIGS = {
    "alvinn": live.CONFIGS["alvinn"],
    "small": {"views": SMALL, "alone": replace(SMALL, shift_rotate=None)},
}


@cache
def driven(network: str, num_ticks: int = 6) -> tuple[live.DrivenTick, ...]:
    track, scene = make_demonstration_world(1000)
    config = EnvConfig(live.CAMERAS[network], CONDITIONS.vehicle, CONDITIONS.demonstration)
    env = DriveEnv(Tracks.stack([track]), Scenes.stack([scene]), config, np.random.default_rng(0))
    expert, ticks = PursuitExpert(env.tracks), []
    for number in range(num_ticks):
        command = expert.act(env.timestep.observation)
        ticks.append(live.tick_of(number, env, network, float(command.curvature_per_m[0]), is_placed=number == 0))
        env.step(command)
    return tuple(ticks)


def learned(network: str, twin: str, ticks: Sequence[live.DrivenTick]) -> tuple[live.LiveLearner, list[live.Asked]]:
    learner = live.LiveLearner(CONFIGS[network][twin], 3, CONDITIONS.vehicle, 0.1)
    return learner, [learner.observe(tick) for tick in ticks]


def weights(learner: live.LiveLearner) -> np.ndarray:
    assert learner.learner is not None
    arrays = learner.learner.policy.network.state_dict().values()
    return np.concatenate([array.detach().numpy().ravel() for array in arrays])


@each_network
def test_the_same_seed_and_the_same_driving_learn_the_same_to_the_bit(network: str) -> None:
    ticks = driven(network)
    (one, asked), (other, asked_too) = (learned(network, "views", ticks) for _ in range(2))
    np.testing.assert_array_equal(weights(one), weights(other))
    assert [answer.virtual for answer in asked] == [answer.virtual for answer in asked_too]


@each_network
def test_each_error_is_of_a_tick_that_was_not_yet_learned_from(network: str) -> None:
    """What is driven in a tick changes no answer up to it, but its own error, and what is learned."""
    ticks = driven(network)
    last = ticks[-1]
    otherwise = replace(last, frame=replace(last.frame, curvature_per_m=last.frame.curvature_per_m + 0.05))
    (one, asked), (other, asked_too) = (learned(network, "views", [*ticks[:-1], end]) for end in (last, otherwise))
    assert [answer.predicted_per_m for answer in asked] == [answer.predicted_per_m for answer in asked_too]
    assert asked[-1].error_per_m == pytest.approx(asked_too[-1].error_per_m + 0.05)
    assert not np.array_equal(weights(one), weights(other))


@each_network
def test_twins_begin_alike_and_views_are_all_in_which_they_differ(network: str) -> None:
    twins = [learned(network, twin, driven(network)[:1])[1][0] for twin in live.TWINS]
    assert twins[0].predicted_per_m == twins[1].predicted_per_m
    (views, _), (alone, _) = (learned(network, twin, driven(network)) for twin in live.TWINS)
    assert not np.array_equal(weights(views), weights(alone))
    assert views.learner is not None
    assert alone.learner is not None
    frames = [set(learner.learner.buffer.frame.tolist()) for learner in (views, alone) if learner.learner is not None]
    assert frames == [set(range(6))] * 2


def test_alvinn_live_is_the_lessons_alvinn_with_a_frame_every_tick() -> None:
    ticks = driven("alvinn")
    learner, _ = learned("alvinn", "views", ticks)
    demos = sum((tick.frame for tick in ticks[1:]), start=ticks[0].frame)
    config = replace(alvinn.PUBLISHED, ticks_per_frame=1, num_frames=len(ticks))
    rng = np.random.default_rng([3, live.LEARNING])
    *_, last = alvinn.train(config, ImitationTask(demos), rng)
    there = np.concatenate([array.numpy().ravel() for array in last.policy.network.state_dict().values()])
    np.testing.assert_array_equal(weights(learner), there)


@each_network
def test_a_policy_made_of_kept_weights_drives_alike_and_learns_no_more(network: str) -> None:
    ticks = driven(network)
    learner, _ = learned(network, "views", ticks)
    assert learner.learner is not None
    now = learner.learner.policy.predict(ticks[0].frame.images)
    kept = live.policy_of(network, learner.config, live.weights_of(learner.learner.policy))
    learner.observe(ticks[0])
    np.testing.assert_array_equal(kept.predict(ticks[0].frame.images), now)


@each_network
def test_the_buffer_holds_exemplars_and_no_more_than_its_size(network: str) -> None:
    config = replace(CONFIGS[network]["views"], buffer_size=8 if network == "small" else 16)
    learner = live.LiveLearner(config, 3, CONDITIONS.vehicle, 0.1)
    for tick in driven(network) * 2:
        learner.observe(tick)
    assert learner.learner is not None
    buffer = learner.learner.buffer
    assert len(buffer.inputs) == len(buffer.curvature_per_m) == config.buffer_size
    assert 11 in buffer.frame
