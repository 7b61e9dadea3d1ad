"""Which push shows what a network has not learned: what would come of several is rolled ahead, and of none beside.

What is rolled ahead begins with the state of the car, the wind and the generators, and goes on by the very code that
drives in the window, a car at a time, so that it is what will happen, to the bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from drive_sim.app.driven_window import DrivenWindow, WindowRecorder
from drive_sim.app.drivers import PolicyDriver, make_expert
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.nudge import NUDGED_TO_M, Nudge
from drive_sim.app.rollout_state import RolloutState
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

WINDOW_S = 5.0
"""How long a push is followed."""
MOMENTS_S, HORIZON_S = 1.0, 30.0
"""How far apart the moments lie that are tried, and for how long on."""
BEND_PER_M, AHEAD_M = 0.01, 30.0
"""A moment is tried where the road bends so much within so many metres ahead: on a straight either comes back."""
GOOD_S, GOOD_M = 2.5, 0.5
"""For so long before a push the car has been no farther off its lane."""
CONTROL_M = 0.8
"""How far off its lane the car may come that is not pushed: well within what would be an intervention."""
FAR_M, MOST_SHOWN = 1.5, 2
"""So far off its lane everybody sees that a car has left it; off the road nothing shows more."""
SHARES = (1.0, 0.75, 0.5)
"""Sizes of a push that are tried, in shares of the largest."""
_CALM_M, _CALM_S = 0.3, 1.5
"""A car that has been so near its lane for so long is not followed any farther."""


@dataclass(frozen=True, slots=True, eq=False)
class NudgeTrial:
    """A push at a rollout's control tick `num_ticks`, and what is expected of it: all windows are rolled ahead."""

    num_ticks: int
    nudge: Nudge
    clone: DrivenWindow
    twin: DrivenWindow
    control: DrivenWindow
    """The clone's, where nobody pushes."""
    expert: DrivenWindow

    @property
    def shows(self) -> int:
        """How much everybody sees of it."""
        return how_much_shows(self.clone)


class NudgeSearch:
    """A rollout of its own in which pushes are tried; the drivers are the clone, its twin, and the expert beside."""

    def __init__(self, track: Track, scene: Scene, drivers: tuple[PolicyDriver, PolicyDriver]) -> None:
        self.rollout = LiveRollout(track, scene, list(drivers), np.random.default_rng(0))
        self._expert = make_expert(self.rollout.car.tracks)
        self.rollout.drivers.append(self._expert)
        self._clone, self._twin = drivers

    def trials(self, state: RolloutState, lead_s: float) -> Iterator[NudgeTrial | None]:
        """Pushes `lead_s` from this state on or later, after which the clone leaves and the twin comes back.

        And without which the clone does not leave. One a moment, in their order, None where none shows more than those
        before; after one that leads off the road nothing more is tried.
        """
        rollout, shown = self.rollout, -1
        rollout.restore(state)
        while not rollout.car.begins_tick:
            rollout.advance()
        self._go(round(lead_s / self._tick_s))
        for _ in range(round(HORIZON_S / MOMENTS_S)):
            moment = rollout.snapshot()
            trial = self._best_at(moment, shown) if self._bends_ahead and self._was_calm else None
            yield trial
            if trial is not None:
                shown = trial.shows
            if shown == MOST_SHOWN:
                return
            rollout.restore(moment)
            self._go(round(MOMENTS_S / self._tick_s))

    def rolled(
        self, state: RolloutState, driver: PolicyDriver, nudge: Nudge | None, *, until_calm: bool = False
    ) -> DrivenWindow:
        """What comes of a push at this state (None: of none) where this driver has the wheel and is left alone."""
        rollout = self.rollout
        rollout.restore(state)
        rollout.hand_to(driver)
        rollout.puts_back = False
        if nudge is not None:
            rollout.push(nudge)
        recorder, num_calm, has_left = WindowRecorder(rollout), 0, False
        for _ in range(round(WINDOW_S / self._tick_s)):
            self._go(1)
            recorder.add_tick()
            num_calm = num_calm + 1 if abs(rollout.car.offset_m) < _CALM_M else 0
            has_left = has_left or rollout.is_off
            if until_calm and not has_left and num_calm * self._tick_s >= _CALM_S:
                break
        return recorder.window

    def _best_at(self, state: RolloutState, shown: int) -> NudgeTrial | None:
        """The push at this moment that shows most; None where none shows more, or the car leaves without one."""
        self.rollout.restore(state)
        offset_m, control = self.rollout.car.offset_m, None
        found: list[NudgeTrial] = []
        for side in (1.0, -1.0):
            for nudge in candidates(offset_m, side):
                clone = self.rolled(state, self._clone, nudge, until_calm=True)
                if clone.left_lane_s is None or how_much_shows(clone) <= shown:
                    break  # nor does it after a smaller one
                control = control or self.rolled(state, self._clone, None)
                if control.largest_m > CONTROL_M:
                    return None
                twin = self.rolled(state, self._twin, nudge)
                if twin.has_come_back:
                    expert = self.rolled(state, self._expert, nudge)
                    found.append(NudgeTrial(state.num_ticks, nudge, clone, twin, control, expert))
                    break
        return max(found, key=lambda trial: (trial.shows, trial.clone.largest_m), default=None)

    @property
    def _bends_ahead(self) -> bool:
        track, s_m = self.rollout.car.track, float(self.rollout.car.observation.lane.s_m[0])
        samples = np.arange(int(s_m / track.spacing_m), int((s_m + AHEAD_M) / track.spacing_m) + 1)
        return bool(
            np.abs(track.curvature_per_m.take(samples, mode="wrap" if track.closed else "clip")).max() > BEND_PER_M
        )

    @property
    def _was_calm(self) -> bool:
        """The last seconds were good ones."""
        past = list(self.rollout.history)[-round(GOOD_S / self._tick_s) :]
        return all(abs(tick.offset_m) <= GOOD_M and not tick.was_put_back for tick in past)

    @property
    def _tick_s(self) -> float:
        return self.rollout.car.env.config.tick_s

    def _go(self, num_ticks: int) -> None:
        for _ in range(num_ticks * self.rollout.car.env.config.num_substeps):
            self.rollout.advance()


def how_much_shows(clone: DrivenWindow) -> int:
    """2 where the clone leaves the road, 1 where it comes far off its lane, 0 where it does neither."""
    return MOST_SHOWN if clone.left_road_s is not None else int(clone.largest_m >= FAR_M)


def candidates(offset_m: float, side: float) -> Iterator[Nudge]:
    """Pushes to a side (left: 1, right: -1), the largest first, that leave a car within 0.7 m of its lane."""
    for share in SHARES:
        nudge = Nudge.to(side, share)
        if abs(offset_m + nudge.shift_m) <= NUDGED_TO_M:
            yield nudge


def best_ahead(trials: list[NudgeTrial], num_ticks: int) -> NudgeTrial | None:
    """Of those whose moment is still to come at this tick, the first of those that show most."""
    ahead = [trial for trial in trials if trial.num_ticks > num_ticks]
    return max(ahead, key=lambda trial: (trial.shows, -trial.num_ticks), default=None)
