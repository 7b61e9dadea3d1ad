"""A network that clones a scripted driver from pictures, with shifted and rotated views, beside the reward's policy."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from drive_sim.data import rollout
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn.base import ImitationTask
from drive_sim.lessons import kit
from drive_sim.lessons.irl.changed_roads import WORLDS, drive_unaided, make_worlds
from drive_sim.lessons.irl.reward_on_the_road import DRIVEN, DRIVERS, Config, demonstration_env
from drive_sim.lessons.irl.styled_drivers import STYLES
from drive_sim.sim.camera import Camera


@dataclass(frozen=True, slots=True)
class PictureClone:
    """What became of a driver's clone from pictures in each world: roads on which it was lost, and interventions; the
    root mean square error of its commands at the end of its training, in 1/m."""

    driver: str
    lost: dict[str, int]
    interventions: dict[str, int]
    error_per_m: float


def picture_parts(config: Config) -> list[kit.Part]:
    """A part for each seed and driver."""
    return [
        kit.Part("pictures", f"{driver} {seed}", partial(clone_from_pictures, config, driver, seed))
        for seed in config.seeds
        for driver in DRIVERS
    ]


def clone_from_pictures(config: Config, driver: str, seed: int, report: kit.Report) -> PictureClone:
    """A part: a driver's recording of two minutes is cloned as the first drive's better network clones the expert.

    The drives meet the same gusts as those of the other policies do.
    """
    demos = demonstrate_with_pictures(config, driver, seed)
    cloning = kit.training_config("shift-rotate", config.num_steps, config.network)
    training = kit.between(report, 0.05, 0.4)
    trained = kit.train_with_progress(cloning, ImitationTask(demos), kit.training_rng(seed), training)
    lost, interventions = {}, {}
    for number, (name, world) in enumerate(make_worlds(config.num_roads, config.gusts).items()):
        report(0.4 + 0.6 * number / len(WORLDS), name)
        rng = np.random.default_rng([seed, DRIVEN, number])
        driven = drive_unaided(trained.policy, world, STYLES[driver], config.distance_m, rng, Camera())
        lost[name], interventions[name] = driven.lost, driven.interventions
    return PictureClone(driver, lost, interventions, trained.error_per_m)


def demonstrate_with_pictures(config: Config, driver: str, seed: int) -> Demonstrations:
    """The drive from which the driver's reward is read, with what a camera saw."""
    env, styled = demonstration_env(config, driver, seed, camera=Camera())
    ticks = round(config.seconds * env.config.control_hz)
    return rollout.collect(env, styled, ticks, np.random.default_rng(seed), source=driver, intervention_m=np.inf)
