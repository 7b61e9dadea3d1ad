"""Transitions: each row leads to the next one, an end and a cut stay apart, and driving for them is driving."""

from dataclasses import replace

import numpy as np
import pytest

from drive_sim.data import rollout
from drive_sim.data.transitions import Transitions, collect_transitions
from drive_sim.errors import InputError
from drive_sim.learn.road import road_task
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.linear import KART_CAMERA
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.observation import Observation
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command

TRACKS = Tracks.stack(
    [make_circuit(np.random.default_rng(s), kind=ROAD_KINDS["country"], length_m=600.0) for s in (3, 4)]
)
SCENES = Scenes.stack([make_scene("day", np.random.default_rng(s)) for s in (3, 4)])
NUM_TICKS = 60


class Straight:
    """Drives straight on, and so off the road."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        return Command.steer(np.zeros(len(observation.speed_mps)))


def make_env(camera: bool = True) -> DriveEnv:
    calm = EnvConfig(KART_CAMERA if camera else None, disturbance=Disturbance())
    return DriveEnv(TRACKS, SCENES, calm, np.random.default_rng(0))


def off_the_road(intervention_m: float = 1.0) -> Transitions:
    return collect_transitions(
        make_env(),
        Straight(),
        NUM_TICKS,
        np.random.default_rng(1),
        labeller=PursuitExpert(TRACKS),
        intervention_m=intervention_m,
    )


def test_a_row_leads_to_the_next_one_unless_it_is_done() -> None:
    rows = off_the_road()
    assert len(rows) == 2 * NUM_TICKS
    leads_on = (rows.next_observation[:-1] == rows.observation[1:]).all(axis=(1, 2, 3))
    np.testing.assert_array_equal(leads_on[~rows.done[:-1]], True)
    put_back = rows.truncated.copy()
    put_back[NUM_TICKS - 1 :: NUM_TICKS] = False
    assert put_back.any(), "Straight on one gets lost."
    # Seen before it was put back, not after.
    assert not leads_on[put_back[:-1]].any()


def test_who_is_put_back_in_time_was_cut_off_and_who_left_the_road_has_ended() -> None:
    early, late = off_the_road(), off_the_road(intervention_m=np.inf)
    assert not early.terminated.any()
    assert late.terminated.any()
    for rows in (early, late):
        assert not (rows.terminated & rows.truncated).any()
        np.testing.assert_array_equal(rows.done, rows.terminated | rows.truncated)
        assert rows.done[NUM_TICKS - 1] and rows.done[-1], "Where one car's rows end another's begin."
    np.testing.assert_array_equal(np.flatnonzero(late.truncated), np.array([NUM_TICKS, 2 * NUM_TICKS]) - 1)


def test_driving_for_transitions_is_driving_for_demonstrations() -> None:
    rows = off_the_road()
    demos = rollout.collect(make_env(), Straight(), NUM_TICKS, np.random.default_rng(1), labeller=PursuitExpert(TRACKS))
    np.testing.assert_array_equal(rows.observation, demos.images)
    np.testing.assert_array_equal(rows.action[:, 0], demos.curvature_per_m)
    labelled = rows.with_expert_labels()
    np.testing.assert_array_equal(labelled.action[:, 0], demos.with_expert_labels().curvature_per_m)
    np.testing.assert_array_equal(labelled.next_observation, rows.next_observation)


def test_a_task_on_our_road_rolls_them_out() -> None:
    task = road_task(TRACKS, SCENES, EnvConfig(KART_CAMERA), demonstrations=off_the_road(), collect=collect_transitions)
    offer = task.require("a learner from reward", ("demonstrations", "make_env"))
    rows = task.rollout(1, offer.expert, 5, np.random.default_rng(0))
    assert len(offer.demonstrations + rows) == 2 * NUM_TICKS + 10
    np.testing.assert_array_equal(rows.action, rows.expert_action)


def test_two_rollouts_are_one_after_the_other() -> None:
    rows = off_the_road()
    both = rows + rows
    for name in ("observation", "action", "next_observation", "terminated", "truncated", "expert_action"):
        np.testing.assert_array_equal(getattr(both, name), np.concatenate([getattr(rows, name)] * 2))
    unasked = replace(rows, expert_action=None)
    assert (rows + unasked).expert_action is None
    with pytest.raises(InputError, match="no expert was asked"):
        (rows + unasked).with_expert_labels()


def test_what_cannot_be_is_said() -> None:
    rows = off_the_road()
    with pytest.raises(InputError, match="120 observations, but another number"):
        replace(rows, action=rows.action[1:])
    with pytest.raises(InputError, match="no camera"):
        collect_transitions(make_env(camera=False), Straight(), 3, np.random.default_rng(0))
    with pytest.raises(InputError, match="at least two ticks"):
        collect_transitions(make_env(), Straight(), 0, np.random.default_rng(0))


def test_some_rows_are_those_rows_and_two_parts_are_the_whole() -> None:
    whole = replace(off_the_road(), reward=np.arange(2.0 * NUM_TICKS))
    first, second = whole.rows(np.arange(50)), whole.rows(np.arange(len(whole)) >= 50)
    for name in ("observation", "action", "next_observation", "terminated", "truncated", "expert_action", "reward"):
        np.testing.assert_array_equal(getattr(first + second, name), getattr(whole, name))
    assert (first + replace(second, reward=None)).reward is None
    with pytest.raises(InputError, match="two worlds"):
        _ = first + replace(second, num_actions=2)
