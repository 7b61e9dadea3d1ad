"""Several cars from one place on, each by its own driver, pushed alike every few seconds: interventions are counted."""

from collections.abc import Sequence

import numpy as np

from drive_sim.app.live_rollout import LiveRollout

EVERY_S, NEAR_S = 5.0, 2.0
"""Time between two pushes, and how near to one nobody adds another."""


class CountedPushes:
    """The first push comes after half the time; sides are drawn, the same at each beginning."""

    def __init__(self, rollouts: Sequence[LiveRollout], drivers: Sequence[int]) -> None:
        """Begin here: from the next control tick on `drivers` say by which of its drivers each car is driven."""
        self._rollouts, self._drivers = tuple(rollouts), tuple(drivers)
        self._sides = np.random.default_rng(0)
        for rollout, own in zip(rollouts, drivers, strict=True):
            rollout.driver_index = own
        self._from_ticks = rollouts[0].num_ticks
        self._before = self._totals

    @property
    def interventions(self) -> tuple[int, ...]:
        """Each car's, since the beginning."""
        return tuple(now - before for now, before in zip(self._totals, self._before, strict=True))

    def begin_tick(self) -> None:
        """A control tick begins; where it is time, all are pushed to the same side."""
        if self._since_push == 0:
            self._push_all()

    def ask_for_push(self) -> bool:
        """By a person's wish: push all at once, unless the last or the next push is near; whether it was done."""
        if min(self._since_push, self._every - self._since_push) * self._tick_s < NEAR_S:
            return False
        self._push_all()
        return True

    def _push_all(self) -> None:
        side = int(self._sides.choice([-1, 1]))
        for rollout in self._rollouts:
            rollout.nudge(side)

    @property
    def _since_push(self) -> int:
        """Control ticks since the last push that time has made, or would have."""
        return (self._rollouts[0].num_ticks - self._from_ticks + self._every // 2) % self._every

    @property
    def _every(self) -> int:
        return round(EVERY_S / self._tick_s)

    @property
    def _tick_s(self) -> float:
        return self._rollouts[0].car.env.config.tick_s

    @property
    def _totals(self) -> tuple[int, ...]:
        both = zip(self._rollouts, self._drivers, strict=True)
        return tuple(rollout.drivers[own].tally.interventions for rollout, own in both)
