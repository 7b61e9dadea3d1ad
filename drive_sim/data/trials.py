"""Trials on our road: what a policy sees and does there that learns by trying, and demonstrations in the same terms.

Who leaves the lane has ended, and the learner has to be able to tell that this is bad (Kostrikov 2019, arXiv
1809.02925). So an end is a state of its own, in which a car stays for some ticks whatever it does; then it is put back
onto its lane, which is a cut and no end. A value that is bootstrapped there goes to r / (1 - gamma).
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarMask, PerCar
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.rollout import car_by_car
from drive_sim.data.transitions import Transitions
from drive_sim.errors import InputError
from drive_sim.policies.alvinn import curvature_units, nearest_unit
from drive_sim.policies.base import Actions, Actor, Observations
from drive_sim.policies.regressor import FlatObservation
from drive_sim.policies.road_input import ended_like, rows_of
from drive_sim.policies.steering import Units, steered_per_m
from drive_sim.sim.env import DriveEnv
from drive_sim.sim.intervention import INTERVENTION_M, needs_intervention
from drive_sim.sim.road_end import is_at_the_end
from drive_sim.sim.track import LanePose, progress_m
from drive_sim.sim.vehicle import Command


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """What is read (`road_input`), the curvatures (k,) that can be chosen, and how long an end lasts.

    A tick pays as in `drive_sim/Road-v0`, about 1 where the lane is kept, and 0 once a car has ended. Learners by
    imitation never read it.
    """

    input: str
    units_per_m: Units = field(default_factory=lambda: curvature_units(31, 0.06))
    ended_ticks: int = 5
    intervention_m: float = INTERVENTION_M
    offset_cost_per_m: float = 0.2

    def __post_init__(self) -> None:
        if self.ended_ticks < 1:
            raise InputError(f"trials: ended_ticks must be at least 1, got {self.ended_ticks}")

    def collect(
        self,
        env: DriveEnv,
        policy: Actor[FlatObservation, Actions],
        num_ticks: int,
        rng: np.random.Generator,
        *,
        labeller: Actor[FlatObservation, Actions] | None = None,  # noqa: ARG002 - nobody is asked
    ) -> Transitions:
        """What n cars see, choose and are paid in so many ticks, one car after the other; see `ImitationTask`."""
        steps: list[tuple[npt.NDArray[Any], ...]] = []
        ticks_left = np.zeros(env.num_cars, dtype=np.int64)
        now = self._seen(env, ticks_left > 0)
        for _ in range(num_ticks):
            action = policy.act(FlatObservation(now), rng)
            lane, had_ended = env.timestep.observation.lane, ticks_left > 0
            arrival = env.step(Command.steer(steered_per_m(action, self.units_per_m)))
            ends = needs_intervention(env.tracks, arrival, self.intervention_m) & ~had_ended
            ticks_left = np.where(ends, self.ended_ticks, ticks_left - had_ended)
            at_the_end = is_at_the_end(env.tracks, arrival.observation.lane)
            ticks_left = np.where(at_the_end, 0, ticks_left)
            back = (had_ended & (ticks_left == 0)) | at_the_end
            paid = np.where(ends | had_ended, 0.0, self._paid(env, lane))
            then = self._seen(env, ends | had_ended)
            steps.append((now, action, then, back, paid))
            env.put_back(back)
            if at_the_end.any():
                env.reset(at_the_end)
            now = self._seen(env, ticks_left > 0) if back.any() else then
        observation, action, led_to, cut, paid = (car_by_car(list(column)) for column in zip(*steps, strict=True))
        cut[num_ticks - 1 :: num_ticks] = True
        return self._transitions(observation, action, led_to, cut, paid)

    def shown(self, demos: Demonstrations, every: int = 1) -> Transitions:
        """Demonstrations in the same terms, of every so many rows; each command is the nearest unit's.

        What the last row of an unbroken drive led to is not known, so it is left out. Raises InputError where what is
        read is not there, or where no drive has two rows.
        """
        rows = rows_of(self.input, demos.lane, demos.images, demos.camera)
        index = np.concatenate([np.arange(drive.start, drive.stop - 1) for drive in demos.episodes()])[::every]
        if len(index) == 0:
            raise InputError(f"{demos.where}: no drive of two ticks on end; record more")
        lasts = np.array([drive.stop - 2 for drive in demos.episodes()])
        action = nearest_unit(demos.curvature_per_m[index], self.units_per_m).astype(np.float64)[:, None]
        return self._transitions(rows[index], action, rows[index + 1], np.isin(index, lasts), None)

    def _seen(self, env: DriveEnv, ended: CarMask) -> Observations:
        """What is read now, of cars that have ended their end."""
        observation = env.timestep.observation
        rows = rows_of(self.input, observation.lane, observation.images, env.config.camera)
        return np.where(ended.reshape(-1, *[1] * (rows.ndim - 1)), ended_like(rows), rows)

    def _paid(self, env: DriveEnv, before: LanePose) -> PerCar:
        """What the lane pays for the tick since that pose."""
        lane, cruise_m = env.timestep.observation.lane, max(env.config.vehicle.cruise_mps, 1.0) * env.config.tick_s
        return progress_m(env.tracks, before, lane) / cruise_m - self.offset_cost_per_m * np.abs(lane.offset_m)

    def _transitions(
        self,
        observation: Observations,
        action: Actions,
        led_to: Observations,
        cut: CarMask,
        paid: PerCar | None,
    ) -> Transitions:
        num, none = len(self.units_per_m), np.zeros(len(observation), dtype=np.bool_)
        low, high = np.zeros(1), np.array([num - 1.0])
        return Transitions(observation, action, led_to, none, cut, low, high, num_actions=num, reward=paid)


def with_ends(shown: Transitions, num_pairs: int, rng: np.random.Generator) -> Transitions:
    """Demonstrations and so many pairs of the ended state behind them, their actions drawn from those shown.

    A demonstrator who never ends shows none; the ended state alone would then tell policy and demonstrator apart.
    """
    pairs = shown.rows(rng.integers(len(shown), size=num_pairs))
    down, cut = ended_like(pairs.observation), np.ones(num_pairs, dtype=np.bool_)
    return shown + replace(pairs, observation=down, next_observation=down, truncated=cut)
