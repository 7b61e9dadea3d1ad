"""Who learns in the lesson on turned starts: from normal starts alone, by asking the expert, or by trying.

clone           the likeliest choice of steering units for what the expert did
shift-rotate    the same rows seen from beside the lane and turned as well, each labelled by the label law
dagger          the learner drives from turned starts, the expert says what it would do
sqil            nobody is asked: to be where something was shown pays, and turned starts are where it tries
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from drive_sim.data.augment import ShiftRotate
from drive_sim.data.shift_and_rotate import corrected_curvature
from drive_sim.data.transitions import Transitions
from drive_sim.learn import classification, dagger, regression, sqil
from drive_sim.learn.base import ImitationTask, Round, better_round
from drive_sim.lessons.gail.turned_starts import TurnedRoads, World, drive_turned
from drive_sim.policies.alvinn import ALVINN_CAMERA, nearest_unit
from drive_sim.policies.road_input import FAR_LANE_POSE, PIXELS, USUAL, far_lane_pose_rows
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.policies.stochastic import Greedy, TrainableCategorical
from drive_sim.sim.camera import Camera
from drive_sim.sim.track import LanePose

VIEWS = 5
"""From how many places each row is seen as well."""
SqilRound = Round[TrainableCategorical]


@dataclass(frozen=True, slots=True)
class Budget:
    """What each learner has: the expert's drives, how a clone is fitted, how often the expert is asked, how SQIL tries.

    `from_pixels` is SQIL's budget there, with fewer drives and cars.
    """

    num_drives: int = 100
    fitting: regression.Config = field(default_factory=lambda: regression.Config(num_steps=3000, batch_size=256))
    asking: dagger.Config = field(default_factory=lambda: dagger.Config(num_rounds=4, ticks_per_round=100))
    trying: sqil.Config = field(
        default_factory=lambda: sqil.Config(
            num_rounds=60,
            ticks_per_round=60,
            updates_per_step=0.5,
            batch_size=128,
            hidden=(128, 128),
            gamma=0.97,
            temperature=0.001,
            average_rate=0.002,
            sample_weight=0.3,
            bounded=True,
        )
    )
    from_pixels: sqil.Config = field(
        default_factory=lambda: sqil.Config(
            num_rounds=32,
            ticks_per_round=60,
            updates_per_step=0.5,
            batch_size=32,
            learning_rate=3e-4,
            gamma=0.97,
            temperature=0.001,
            capacity=40_000,
            average_rate=0.002,
            sample_weight=0.3,
            bounded=True,
        )
    )
    pixel_drives: int = 60
    pixel_cars: int = 16


def steering(policy: TrainableCategorical, world: World, *, greedy: bool = False) -> SteeringPolicy:
    """A driver that reads the lane pose: it steers by the mean of its choice, or does what is likeliest."""
    return SteeringPolicy(Greedy(policy) if greedy else policy, FAR_LANE_POSE, world.units)


def steering_by_sight(policy: TrainableCategorical, world: World) -> SteeringPolicy:
    """A driver that reads ALVINN's pictures, and does what is likeliest."""
    return SteeringPolicy(Greedy(policy), PIXELS, world.units, ALVINN_CAMERA)


def clone(budget: Budget, shown: Transitions, rng: np.random.Generator) -> TrainableCategorical:
    """The choice that is likeliest to be what was shown."""
    return classification.fit(budget.fitting, shown, rng)


def clone_shifted(budget: Budget, world: World, shown: Transitions, rng: np.random.Generator) -> TrainableCategorical:
    """The same, of rows as they would be read from beside the lane and turned against it, labelled by the exact law."""
    views_rng, fit_rng = rng.spawn(2)
    law, index = ShiftRotate(), np.repeat(np.arange(len(shown)), VIEWS)
    shift_m = law.max_shift_m * views_rng.uniform(-1.0, 1.0, len(index))
    turn_rad = law.max_turn_rad * views_rng.uniform(-1.0, 1.0, len(index))
    seen, zero = shown.rows(index), np.zeros(len(index))
    offset_m, heading_rad = (np.sinh(seen.observation[:, i].astype(np.float64)) * USUAL[i] for i in range(2))
    curvature = seen.observation[:, 4].astype(np.float64) * USUAL[2]
    lane = LanePose(zero.astype(np.int64), zero, offset_m + shift_m, heading_rad + turn_rad, curvature, zero)
    driven = world.units[seen.action[:, 0].astype(np.int64)]
    label = nearest_unit(corrected_curvature(driven, shift_m, turn_rad, law.arc_length_m), world.units)
    moved = replace(seen, observation=far_lane_pose_rows(lane), action=label[:, None].astype(np.float64))
    return clone(budget, shown + moved, fit_rng)


def ask(
    budget: Budget, world: World, shown: Transitions, rng: np.random.Generator
) -> tuple[TrainableCategorical, int, int]:
    """DAgger's last policy, how many labels it took, and how many ticks the learner drove: its starts are turned."""
    offered = world.task(shown, FAR_LANE_POSE)
    task: ImitationTask[Transitions, TrainableCategorical] = ImitationTask(
        shown, offered.make_env, offered.expert, partial(clone, budget), offered.collect
    )
    *_, last = dagger.train(budget.asking, task, rng)
    labels = int(last.metrics["num_labels"])
    return last.policy, labels, labels - len(shown)


def try_out(
    config: sqil.Config, world: World, shown: Transitions, rng: np.random.Generator, num_cars: int, observation: str
) -> Iterator[SqilRound]:
    """SQIL's rounds, tried from turned starts."""
    return sqil.train(config, world.task(shown, observation, num_cars=num_cars), rng)


def best_by_validation(
    rounds: Iterator[SqilRound],
    validated: Callable[[SqilRound], float],
    every: int,
    told: Callable[[SqilRound, float], None],
) -> SqilRound:
    """The round whose policy finds back most often on validation roads, looked at every so many rounds."""
    best: SqilRound | None = None
    for latest in rounds:
        if (latest.index + 1) % every == 0:
            share = validated(latest)
            told(latest, share)
            best = better_round(best, replace(latest, metrics=latest.metrics | {"validation_loss": 1.0 - share}))
    assert best is not None, "there are as many rounds"
    return best


def validation(
    world: World, roads: TurnedRoads, turned_deg: float, camera: Camera | None
) -> Callable[[SqilRound], float]:
    """The share of validation roads on which a round's policy finds back from a turn."""

    def share(latest: SqilRound) -> float:
        if camera is None:
            driver = steering(latest.policy, world, greedy=True)
        else:
            driver = steering_by_sight(latest.policy, world)
        return float(drive_turned(world, roads, driver, (turned_deg,), camera).found(world).mean())

    return share
