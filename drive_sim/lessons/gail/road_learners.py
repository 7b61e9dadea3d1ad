"""Who learns to drive in the lesson on GAIL on the road, from as many labels each, by networks of one size.

clone           least squares on what the expert did
shift-rotate    the same rows, seen from shifted and turned places as well, each labelled by the label law
dagger          the learner drives, the expert says what it would do
gail            nobody is asked: a policy of steering units tries for itself, a discriminator pays
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from drive_sim.data.augment import ShiftRotate
from drive_sim.data.shift_and_rotate import corrected_curvature
from drive_sim.data.transitions import Transitions
from drive_sim.data.trials import Trials, with_ends
from drive_sim.learn import classification, dagger, gail, ppo, regression
from drive_sim.learn.base import ImitationTask
from drive_sim.learn.initial_flat import initial_choice
from drive_sim.lessons.gail.road_drives import World, as_units
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.road_input import LANE_POSE, PIXELS, USUAL
from drive_sim.policies.steering import SteeringPolicy
from drive_sim.policies.stochastic import TrainableCategorical
from drive_sim.sim.camera import Camera

METHODS = ("clone", "shift-rotate", "dagger", "gail")
VIEWS = 20
"""From how many places each row is seen as well."""


@dataclass(frozen=True, slots=True)
class Trying:
    """How GAIL tries: cars at once, PPO, the discriminator, and how many pairs of the ended state are shown.

    `shown_ends` is a share of what was shown: without any, the ended state would be the policy's alone.
    """

    num_cars: int = 16
    shown_ends: float = 0.01
    reward: str = "logit"
    policy: ppo.Config = field(
        default_factory=lambda: ppo.Config(num_rounds=30, ticks_per_round=100, entropy_weight=0.003)
    )

    @property
    def gail(self) -> gail.Config:
        """The learner's settings."""
        return gail.Config(self.reward, self.policy)


def demonstrate(world: World, num_laps: int, rng: np.random.Generator, camera: Camera | None = None) -> Transitions:
    """The expert drives so many laps, each on a road of its own, and is labelled with what it does."""
    suite = world.shown_roads
    env_rng, drive_rng = rng.spawn(2)
    env = world.make_env(suite, np.arange(num_laps) % len(suite.tracks), env_rng, camera)
    return world.labelled(env, PursuitExpert(suite.tracks), world.lap_ticks, drive_rng)


def clone(fit: regression.Config, shown: Transitions, rng: np.random.Generator) -> SteeringPolicy:
    """The network that commands what was shown with the least squared error."""
    return SteeringPolicy(regression.fit_gaussian(fit, shown, rng), LANE_POSE)


def clone_shifted(fit: regression.Config, shown: Transitions, rng: np.random.Generator) -> SteeringPolicy:
    """The same, of rows as they would be read from beside the lane and turned against it, labelled by the exact law."""
    views_rng, fit_rng = rng.spawn(2)
    law, index = ShiftRotate(), np.repeat(np.arange(len(shown)), VIEWS)
    shift_m = law.max_shift_m * views_rng.uniform(-1.0, 1.0, len(index))
    turn_rad = law.max_turn_rad * views_rng.uniform(-1.0, 1.0, len(index))
    moved = shown.rows(index)
    aside = np.zeros_like(moved.observation)
    aside[:, 0], aside[:, 1] = shift_m / USUAL[0], turn_rad / USUAL[1]
    action = corrected_curvature(moved.action[:, 0], shift_m, turn_rad, law.arc_length_m)
    seen = replace(moved, observation=moved.observation + aside, action=action[:, None])
    return clone(fit, shown + seen, fit_rng)


def clone_pictures(
    fit: regression.Config, shown: Transitions, trials: Trials, camera: Camera, rng: np.random.Generator
) -> SteeringPolicy:
    """The likeliest choice among the steering units, from small pictures, by the network that GAIL's policy is."""
    settings = replace(fit, learning_rate=1e-3)
    return SteeringPolicy(
        classification.fit(settings, as_units(shown, trials), rng), PIXELS, trials.units_per_m, camera
    )


def ask(world: World, fit: regression.Config, num_laps: int, rng: np.random.Generator) -> SteeringPolicy:
    """DAgger with as many labels: four drives, of which the first is the expert's; each as long as those before."""
    suite, ticks = world.shown_roads, num_laps * world.lap_ticks // 8
    expert = PursuitExpert(suite.tracks)
    task = ImitationTask(
        make_env=lambda env_rng: world.make_env(suite, env_rng.integers(len(suite.tracks), size=1), env_rng),
        expert=expert,
        base_learner=partial(clone, fit),
        collect=world.labelled,
    )
    *_, last = dagger.train(dagger.Config(4, ticks, growth=2.0), task, rng)
    return last.policy


def adversarial_rounds(
    world: World,
    trying: Trying,
    num_laps: int,
    shown: Transitions,
    rng: np.random.Generator,
    trials: Trials,
    camera: Camera | None = None,
) -> Iterator[gail.AdversarialRound]:
    """GAIL's rounds, on as many roads as were shown: on others a picture alone would tell who drives."""
    suite, num = world.shown_roads, len(trials.units_per_m)
    road = np.arange(trying.num_cars) % min(num_laps, len(suite.tracks))
    ends_rng, train_rng = rng.spawn(2)
    demonstrations = with_ends(as_units(shown, trials), round(trying.shown_ends * len(shown)), ends_rng)
    task = ImitationTask(
        demonstrations,
        lambda env_rng: world.make_env(suite, road, env_rng, camera),
        collect=trials.collect,
        initial_policy=partial(initial_choice, shown.observation.shape[1:], num),
    )
    return gail.train(trying.gail, task, train_rng)


def undecided(shape: tuple[int, ...], trials: Trials) -> TrainableCategorical:
    """Chooses any unit as often as any other."""
    return initial_choice(shape, len(trials.units_per_m), np.random.default_rng(0))
