"""Pushes in the lecture: what is rolled ahead is what is driven, one push at a time, and sentences are true of it."""

import time
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest

from bench.lecture_witness import Witness
from drive_sim.app.canvas import HEADING, Canvas
from drive_sim.app.driven_window import WindowRecorder
from drive_sim.app.drivers import PolicyDriver, load_drivers
from drive_sim.app.lecture_record import Phase
from drive_sim.app.lecture_sentences import at_most_m, sentence_of
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.look_ahead import LookAhead
from drive_sim.app.nudge_choice import NudgeChoice
from drive_sim.app.nudge_search import NudgeSearch, best_ahead
from drive_sim.app.nudge_worker import make_search, packed, unpacked
from drive_sim.app.push_story import PushStory
from drive_sim.app.session import Session
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

FRAMES_A_TICK = 6


class OnlyNearTheLane:
    """Drives as the expert near the lane, and straight on elsewhere, like somebody who has seen nothing else."""

    def __init__(self, expert: PursuitExpert) -> None:
        self.expert = expert

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        near = np.abs(observation.lane.offset_m) < 0.5
        return Command.steer(np.where(near, self.expert.act(observation).curvature_per_m, 0.0))


def make_drivers(rollout: LiveRollout) -> tuple[PolicyDriver, PolicyDriver]:
    expert = PursuitExpert(rollout.car.tracks)
    clone = PolicyDriver("plain", OnlyNearTheLane(expert), label="Plain cloning")
    return clone, PolicyDriver("shift-rotate", expert, label="With shift-and-rotate")


@pytest.fixture
def rollout(session: Session) -> LiveRollout:
    assert session.roads.given is not None
    rollout = LiveRollout(*session.roads.given, [], np.random.default_rng(5))
    rollout.drivers = list(make_drivers(rollout))
    return rollout


@pytest.fixture
def search(rollout: LiveRollout) -> NudgeSearch:
    return NudgeSearch(rollout.car.track, rollout.car.scene, make_drivers(rollout))


@pytest.fixture
def story(rollout: LiveRollout, search: NudgeSearch) -> PushStory:
    choice = LookAhead((rollout.car.track, rollout.car.scene), make_drivers(rollout))
    choice.search = search
    return PushStory([rollout], (0,), choice)


def until(story: PushStory, phase: Phase, witness: Witness | None = None) -> None:
    for _ in range(60 * 60):
        if story.phase is phase:
            return
        story.advance()
        if witness is not None:
            witness.see(story, sentence_of(story.moment))
    pytest.fail(f"never came to {phase}")


@pytest.mark.parametrize("driver_index", [0, 1])
def test_what_is_rolled_ahead_is_what_is_driven_to_the_bit(
    rollout: LiveRollout, search: NudgeSearch, driver_index: int
) -> None:
    for _ in range(5 * FRAMES_A_TICK):
        rollout.advance()
    state = unpacked(packed(rollout.snapshot(), rollout), search.rollout)
    trial = next(trial for trial in search.trials(state, 1.0) if trial is not None)
    while rollout.num_ticks < trial.num_ticks:
        rollout.advance()
    rollout.driver_index, rollout.puts_back = driver_index, False
    rollout.push(trial.nudge)
    recorder = WindowRecorder(rollout)
    for _ in range(len(trial.clone.offset_m)):
        for _ in range(FRAMES_A_TICK):
            rollout.advance()
        recorder.add_tick()
    expected = (trial.clone, trial.twin)[driver_index]
    np.testing.assert_array_equal(recorder.window.poses, expected.poses)
    assert (recorder.window.left_lane_s is None) == (driver_index == 1)
    assert trial.control.left_lane_s is None
    assert trial.twin.has_come_back


def test_no_push_is_chosen_where_the_clone_leaves_anyway_or_never(rollout: LiveRollout, session: Session) -> None:
    assert session.roads.given is not None
    clone, twin = make_drivers(rollout)
    straight_on = PolicyDriver("plain", OnlyNearTheLane(PursuitExpert(rollout.car.tracks, 1e-3)))
    for pair in ((straight_on, twin), (twin, clone), (clone, clone)):
        search = NudgeSearch(*session.roads.given, pair)
        tried = list(islice(search.trials(search.rollout.snapshot(), 1.0), 3))
        assert tried == [None, None, None], pair


def test_a_push_whose_moment_has_passed_is_none(rollout: LiveRollout, search: NudgeSearch) -> None:
    trials = [trial for trial in search.trials(search.rollout.snapshot(), 1.0) if trial is not None]
    assert best_ahead(trials, trials[-1].num_ticks - 1) is trials[-1]
    assert best_ahead(trials, trials[-1].num_ticks) is None


def test_near_a_push_no_other_one_is_made(story: PushStory) -> None:
    story.seek()
    until(story, Phase.COMING)
    trial = story.trial
    placed = story.rollouts[0].car.num_placed
    assert not story.ask_for_push()
    until(story, Phase.PUSHED)
    assert not story.ask_for_push()
    until(story, Phase.OVER)
    assert story.trial is trial
    assert story.rollouts[0].car.num_placed == placed + 1, "one push"
    assert story.ask_for_push(), "over: another one is sought"


def test_the_same_push_again_for_the_twin_and_time_slows_only_where_the_road_is_left(story: PushStory) -> None:
    story.seek()
    until(story, Phase.PUSHED)
    assert not story.is_slow
    num_slow = 0
    while story.phase is Phase.PUSHED:
        num_slow += story.is_slow
        story.advance()
    assert num_slow > 60
    story.follow((1,))
    until(story, Phase.OVER)
    first, second = story.records
    assert first.trial is second.trial
    np.testing.assert_array_equal(first.windows[0].poses[0], second.windows[0].poses[0])
    assert first.windows[0].left_road_s is not None
    assert second.windows[0].has_come_back


@pytest.mark.parametrize("leaves_alone", [True, False])
def test_every_sentence_is_true_of_what_was_driven_and_fits(
    story: PushStory, canvas: Canvas, leaves_alone: bool
) -> None:
    witness, narrow = Witness(), 720.0 - 130.0
    story.leave_alone(leaves_alone)
    story.drive_calmly()
    for _ in range(200):
        story.advance()
        witness.see(story, sentence_of(story.moment))
    story.seek()
    until(story, Phase.PUSHED, witness)
    until(story, Phase.OVER if leaves_alone else Phase.SEEKING, witness)
    assert witness.num_sentences > 5
    assert not witness.false
    for phase in (story.phase, Phase.COMING):
        story.phase = phase
        story.trial = story.trial or story.records[0].trial
        assert len(canvas.wrapped(sentence_of(story.moment), narrow, size=HEADING, bold=True)) <= 3


def test_the_witness_contradicts_what_was_not_driven(story: PushStory) -> None:
    witness = Witness()
    story.seek()
    until(story, Phase.PUSHED, witness)
    until(story, Phase.OVER, witness)
    true = sentence_of(story.moment)
    for old, new in (
        ("off the road after", "off the road after 9"),
        ("left", "right"),
        ("cloning", "shift-and-rotate"),
    ):
        assert old in true or new == "right"
        before = len(witness.false)
        witness.see(story, true.replace(old, new, 1) if old in true else true.replace("right", "left", 1))
        assert len(witness.false) == before + 1, new


def test_a_car_that_is_back_on_its_lane_is_two_cars_start(
    story: PushStory, rollout: LiveRollout, session: Session
) -> None:
    assert session.roads.given is not None
    second = LiveRollout(*session.roads.given, [], np.random.default_rng(9))
    second.drivers = list(make_drivers(second))
    both = PushStory([rollout, second], (0, 1), story._choice)
    both.seek()
    until(both, Phase.PUSHED)
    np.testing.assert_array_equal(both.windows[0].poses[0], both.windows[1].poses[0])
    until(both, Phase.OVER)
    clone, twin = both.windows
    assert clone.left_road_s is not None
    assert twin.has_come_back
    assert both.ask_for_push()
    both.advance()
    np.testing.assert_array_equal(rollout.car.state.poses, second.car.state.poses)
    both.leave_alone(leaves_alone=False)
    for _ in range(30 * 60):
        both.advance()
    clone_count, twin_count = both.moment.interventions
    assert clone_count > twin_count == 0


def test_an_offset_that_was_never_exceeded_is_rounded_up() -> None:
    assert [at_most_m(offset_m) for offset_m in (0.0, 0.41, 0.5, 0.5001)] == ["0.0 m", "0.5 m", "0.5 m", "0.6 m"]


@pytest.fixture
def real_choice(rollout: LiveRollout, session: Session, pair: tuple[str, str]) -> Iterator[NudgeChoice]:
    drivers, _ = load_drivers(session, pair, rollout.car.tracks)
    rollout.drivers = drivers
    choice = NudgeChoice((rollout.car.track, rollout.car.scene), (drivers[0], drivers[1]))
    yield choice
    choice.close()


def test_the_process_drives_the_same_models_by_the_same_names(rollout: LiveRollout, real_choice: NudgeChoice) -> None:
    search = make_search(real_choice._task)
    assert [driver.name for driver in search.rollout.drivers] == ["plain", "shift-rotate", "expert"]
    state = unpacked(packed(rollout.snapshot(), rollout), search.rollout)
    rolled = search.rolled(state, search.rollout.drivers[0], None)
    rollout.puts_back = False
    for _ in range(len(rolled.offset_m) * FRAMES_A_TICK):
        rollout.advance()
    assert rollout.car.offset_m == rolled.offset_m[-1]


@pytest.mark.slow
def test_the_process_says_where_no_push_is_found(rollout: LiveRollout, real_choice: NudgeChoice) -> None:
    story = PushStory([rollout], (0,), real_choice)
    story.seek()
    deadline_s = time.monotonic() + 120.0
    while real_choice.is_seeking and time.monotonic() < deadline_s:
        real_choice.poll()
        time.sleep(0.01)
    story.advance()
    assert story.phase is Phase.SEEKING
    assert sentence_of(story.moment).startswith("No push was found")
