"""A push in the lecture, from the looking for it to the end of what comes of it, for one car or for two."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from drive_sim.app.counted_pushes import CountedPushes
from drive_sim.app.driven_window import DrivenWindow, WindowRecorder
from drive_sim.app.lecture_record import CalmDrive, LectureMoment, Phase, PushRecord
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.nudge_choice import NudgeChoice
from drive_sim.app.nudge_search import HORIZON_S, MOST_SHOWN, WINDOW_S, NudgeTrial, best_ahead
from drive_sim.app.rollout_handover import go_on_from
from drive_sim.app.rollout_panels import short_label
from drive_sim.app.rollout_state import RolloutState

LEAD_S, APPROACH_S = 3.0, 2.0
"""How far ahead a push is sought, and how long before it the way to it is kept: the last good seconds."""
_PREPARED_S = 1.0
SLOW_FRAMES, SLOW_EDGE_M, SLOW_AFTER_S = 4, 0.8, 0.8
"""From so near to the road's edge on, and until so long after it was left, time goes so many times slower."""


class PushStory:
    """The rollouts drive alike, by the clone, until a push; from then on each is driven by whom it is for.

    `drivers` says by which of its rollout's drivers: the clone (0) or the twin (1). One look ahead serves all cars.
    """

    def __init__(self, rollouts: Sequence[LiveRollout], drivers: Sequence[int], choice: NudgeChoice) -> None:
        self.rollouts, self.drivers = tuple(rollouts), tuple(drivers)
        self._choice = choice
        self.phase, self.calm, self.leaves_alone = Phase.CALM, CalmDrive(), True
        self.trial: NudgeTrial | None = None
        self.approach: RolloutState | None = None
        """Where the way to the push begins, kept so that it can be driven again."""
        self.approach_poses: list[npt.NDArray[np.float64]] = []
        self.windows: tuple[DrivenWindow, ...] = ()
        self.records: list[PushRecord] = []
        """All pushes that were followed to the end."""
        self._recorders: tuple[WindowRecorder, ...] = ()
        self._num_in_vain = self._num_frames = self._sought_until = self._known_until = 0
        self._counted: CountedPushes | None = None
        self._late_s = 0.0

    @property
    def moment(self) -> LectureMoment:
        """What is to be said and shown now."""
        clone, twin = (short_label(driver.label) for driver in self.rollouts[0].drivers[:2])
        return LectureMoment(
            phase=self.phase,
            labels=(clone, twin),
            drivers=self.drivers,
            puts_back=not self.leaves_alone,
            calm=self.calm,
            trial=self.trial,
            windows=self.windows,
            num_in_vain=self._num_in_vain,
            interventions=self._counted.interventions if self._counted is not None else (),
        )

    @property
    def is_slow(self) -> bool:
        """A car that is left alone is about to leave the road, or has just done so."""
        return self.phase is Phase.PUSHED and self.leaves_alone and any(map(_is_leaving, self.windows))

    @property
    def is_at_push(self) -> bool:
        """The car is on the last way to a push, or it was pushed and is followed, or was."""
        near = self.phase is Phase.COMING and not self.num_free_ticks
        return near or self.phase in {Phase.PUSHED, Phase.OVER}

    @property
    def num_free_ticks(self) -> int:
        """For so many control ticks from now on nobody pushes, as far as that is known."""
        until = self._known_until if self.phase is Phase.SEEKING else 0
        if self.phase is Phase.COMING and self.trial is not None:
            until = self.trial.num_ticks - self._ticks(APPROACH_S)
        return max(0, until - self.rollouts[0].num_ticks)

    def drive_calmly(self) -> None:
        """Nobody pushes; the clone has the wheel."""
        self._settle(Phase.CALM)
        self.calm = CalmDrive()

    def seek(self) -> None:
        """Drive on along the lane, and look for a push on the way."""
        self._settle(Phase.SEEKING)
        self._num_in_vain = 0
        self._look(LEAD_S + self._late_s)

    def follow(self, drivers: Sequence[int]) -> None:
        """The push is for these drivers: the one that is looked for, or the same one again where it has been."""
        self.drivers = tuple(drivers)
        if self.phase in {Phase.CALM, Phase.SEEKING}:
            self.seek()
        elif self.trial is not None and self.approach is not None and self.phase in {Phase.PUSHED, Phase.OVER}:
            self.repeat(self.trial, self.approach)

    def repeat(self, trial: NudgeTrial, approach: RolloutState) -> None:
        """Drive the way to a push that was chosen before, and so the push."""
        self._settle(Phase.COMING)
        for rollout in self.rollouts:
            go_on_from(rollout, approach)
        self.trial, self.approach = trial, approach

    def ask_for_push(self) -> bool:
        """By a person's wish: look for another one; False where one is sought, near, or still followed."""
        if self.phase is Phase.OVER:
            self.seek()
            return True
        return self._counted is not None and self._counted.ask_for_push()

    def leave_alone(self, leaves_alone: bool) -> None:
        """Leave the cars alone after a push, or put them back; two cars' interventions are counted then."""
        self.leaves_alone = leaves_alone
        first, *others = self.rollouts
        if others:
            if leaves_alone:
                self.seek()
            else:
                self._settle(Phase.COUNTING)
                self._counted = CountedPushes(self.rollouts, self.drivers)
        elif self.phase is Phase.PUSHED:
            first.puts_back = not leaves_alone
        elif self.phase is Phase.OVER:
            self.seek()

    def advance(self) -> bool:
        """One frame; whether the cars have moved: time may go slower, and at a window's end it stops."""
        self._num_frames += 1
        if self.phase is Phase.OVER or (self.is_slow and self._num_frames % SLOW_FRAMES):
            return False
        if self.rollouts[0].car.begins_tick:
            self._begin_tick()
        for rollout in self.rollouts:
            rollout.advance()
        if self.rollouts[0].car.begins_tick:
            self._end_tick()
        return True

    def _begin_tick(self) -> None:
        rollout, trial = self.rollouts[0], self.trial
        if self.phase is Phase.SEEKING:
            self._hear()
        elif self._counted is not None:
            self._counted.begin_tick()
        elif self.phase is Phase.COMING and trial is not None:
            num_before = trial.num_ticks - rollout.num_ticks
            if self.approach is None and num_before <= self._ticks(APPROACH_S):
                self.approach = rollout.snapshot()
            self.approach_poses.append(rollout.car.state.poses[0].copy())
            if num_before == 0:
                self._begin_window(trial)

    def _end_tick(self) -> None:
        if self.phase in {Phase.CALM, Phase.SEEKING, Phase.COMING}:
            self.calm = _further(self.calm, self.rollouts[0])
        if self.phase is Phase.CALM and self.calm.duration_s > _PREPARED_S:
            self._choice.prepare()
        if self.phase is not Phase.PUSHED:
            return
        for recorder in self._recorders:
            recorder.add_tick()
        self.windows = tuple(recorder.window for recorder in self._recorders)
        if self.trial is not None and len(self.windows[0].offset_m) >= self._ticks(WINDOW_S):
            self.records.append(PushRecord(self.trial, self.drivers, self.windows, not self.leaves_alone))
            self.phase = Phase.OVER
            if not self.leaves_alone:
                self.seek()

    def _begin_window(self, trial: NudgeTrial) -> None:
        self.phase = Phase.PUSHED
        for rollout, own in zip(self.rollouts, self.drivers, strict=True):
            rollout.driver_index, rollout.puts_back = own, not self.leaves_alone
            rollout.push(trial.nudge)
        self._recorders = tuple(map(WindowRecorder, self.rollouts))
        self.windows = tuple(recorder.window for recorder in self._recorders)

    def _hear(self) -> None:
        """What the look ahead has found: a push that shows much is taken at once, another one when its time comes."""
        choice, num_ticks = self._choice, self.rollouts[0].num_ticks
        choice.poll()
        best = best_ahead(choice.trials, num_ticks)
        if best is not None:
            is_due = best.num_ticks - num_ticks <= self._ticks(APPROACH_S)
            if is_due or not choice.is_seeking or best.shows == MOST_SHOWN:
                self.phase, self.trial = Phase.COMING, best
        elif not (choice.is_seeking or choice.failure):
            self._num_in_vain += not choice.trials
            self._known_until = num_ticks if choice.trials else self._sought_until
            if choice.trials:  # found too late, on a machine that has much to do
                self._late_s += LEAD_S
            ahead_s = (self._sought_until - num_ticks) * self._tick_s
            self._look(LEAD_S + self._late_s if choice.trials else max(LEAD_S, ahead_s))

    def _look(self, lead_s: float) -> None:
        rollout = self.rollouts[0]
        self._sought_until = rollout.num_ticks + self._ticks(lead_s + HORIZON_S)
        self._choice.seek(rollout, lead_s)

    def _settle(self, phase: Phase) -> None:
        """All cars where the first one is, on its lane, by the clone; nothing of a push is left."""
        first = self.rollouts[0]
        self.phase, self.trial, self.approach = phase, None, None
        self.approach_poses, self._recorders, self.windows, self._counted = [], (), (), None
        first.driver_index, first.puts_back = 0, True
        if first.is_off:
            first.put_back()
        for rollout in self.rollouts[1:]:
            go_on_from(rollout, first.snapshot())

    @property
    def _tick_s(self) -> float:
        return self.rollouts[0].car.env.config.tick_s

    def _ticks(self, seconds: float) -> int:
        return round(seconds / self._tick_s)


def _further(calm: CalmDrive, rollout: LiveRollout) -> CalmDrive:
    """One more control tick was driven."""
    last, tick_s = rollout.history[-1], rollout.car.env.config.tick_s
    return CalmDrive(
        calm.duration_s + tick_s, max(calm.largest_m, abs(last.offset_m)), calm.times_left + last.was_put_back
    )


def _is_leaving(window: DrivenWindow) -> bool:
    left_s = window.left_road_s
    if left_s is not None:
        return window.duration_s - left_s < SLOW_AFTER_S
    return bool(window.edge_m) and window.edge_m[-1] < SLOW_EDGE_M
