"""One network of the ALVINN lesson: what it learns from, how it learns, and what is asked of it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.simulated_pictures import make_pictures, make_views
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.learn import alvinn_1989 as learner
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.lessons import alvinn_1989_filters
from drive_sim.lessons import cells as part_store
from drive_sim.lessons.alvinn_1989 import Config
from drive_sim.lessons.alvinn_1989_filters import TOLERANCE_UNITS, Away, Probe, units_away
from drive_sim.lessons.kit.progress import Progress
from drive_sim.policies.alvinn import ALVINN_CAMERA, AlvinnPolicy, nearest_unit
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.suites import make_suite

_TRAINING, _NOVEL, _PROBES, _LEARNING, _WARMING_UP = 19891, 19892, 19893, 19894, 19895
"""First words of the generators' seeds: no road of the training is among the novel ones."""


def learn(config: Config, method: str, seed: int) -> part_store.Work:
    """One network: learn epoch by epoch, answer novel pictures after each, then look inside, and drive."""
    novel, probes = novel_pictures(config, method), make_probes(config)
    warm_up(config)
    epochs = rounds(config, method, seed)
    latest = next(epochs)
    untrained = alvinn_1989_filters.by_width(latest.policy, probes)
    well = [_well_by_road(config, latest.policy, novel)]
    for latest in epochs:
        well.append(_well_by_road(config, latest.policy, novel))
        yield Progress(method, 0.8 * latest.index / config.num_epochs, f"epoch {latest.index}")
    suite = replace(make_suite("held-out", num_roads=config.num_driven), distance_m=config.drive_m)
    driven = evaluate(latest.policy, suite, EvalConfig(vehicle=CONDITIONS.vehicle, camera=latest.policy.camera))
    away = units_away(latest.policy, novel.images, novel.curvature_per_m)
    return {
        "method": method,
        "seed": seed,
        "well_by_road": well[-1],
        "well_by_epoch": [float(np.mean(roads)) for roads in well],
        "well_by_scene": _by_scene(config, away),
        "away_counts": np.bincount(away, minlength=latest.policy.network.num_units).tolist(),
        **constants(latest.policy, novel),
        "widths": alvinn_1989_filters.by_width(latest.policy, probes),
        "untrained": untrained["place_share"],
        **(_shown(config, latest.policy, novel) if seed == config.seed else {}),
        "num_labels": config.num_pictures,
        "steps": 0,
        "learning_cpu_s": latest.metrics["learning_cpu_s"],
        "interventions": driven.interventions,
        "driven_km": driven.distance_m / 1000.0,
    }


@cache
def warm_up(config: Config) -> None:
    """One throw-away step of learning, once a process: what starts only now is not billed to the first epoch."""
    rng = np.random.default_rng(_WARMING_UP)
    settings = learner.Config(config.generator.sharpest_per_m, num_epochs=1)
    learner.fit(settings, make_pictures(config.generator, settings.batch_size, ALVINN_CAMERA, rng), rng)


def _shown(config: Config, policy: AlvinnPolicy, novel: Demonstrations) -> dict[str, Any]:
    """For the page: the hidden units' weights, and the answers to the first novel picture of each kind of scene."""
    images = novel.images[: len(config.generator.scene_kinds)]
    examples = {
        "images": images,
        "curvature_per_m": novel.curvature_per_m[: len(images)],
        "activity": policy.activity(images),
    }
    return {"hidden": policy.network.hidden_weights.astype(np.float64).round(5), "examples": examples}


def rounds(config: Config, method: str, seed: int) -> Iterator[Round[AlvinnPolicy]]:
    """The epochs of a network; with one seed both widths have the same bends, poses, scenes and first weights."""
    settings = learner.Config(config.generator.sharpest_per_m, num_epochs=config.num_epochs)
    pictures = make_pictures(
        config.roads(method), config.num_pictures, ALVINN_CAMERA, np.random.default_rng([_TRAINING, seed])
    )
    return learner.train(settings, ImitationTask(pictures), np.random.default_rng([_LEARNING, seed]))


def novel_pictures(config: Config, method: str) -> Demonstrations:
    """Labelled pictures of roads that nobody learns from, in the order of their roads and scenes.

    They are the same for all seeds of a run, and drawn from its first.
    """
    rng = np.random.default_rng([_NOVEL, config.seed])
    return make_pictures(config.roads(method), config.num_novel, ALVINN_CAMERA, rng)


def make_probes(config: Config) -> list[Probe]:
    """The same places on roads of each of the widths that are probed: the same for all seeds of a run, as above."""
    generator = replace(config.generator, num_roads=min(12, config.generator.num_roads))
    views = make_views(generator, config.num_probes, np.random.default_rng([_PROBES, config.seed]))
    return [
        alvinn_1989_filters.make_probe(views, width_m, generator.lookahead_m, ALVINN_CAMERA)
        for width_m in config.probe_widths_m
    ]


def constants(policy: AlvinnPolicy, novel: Demonstrations) -> dict[str, float]:
    """The share of novel pictures, in percent, that the centre unit would answer well; and the best single unit."""
    right, number = nearest_unit(novel.curvature_per_m, policy.units), np.arange(len(policy.units))
    well = 100.0 * (np.abs(right[:, None] - number) <= TOLERANCE_UNITS).mean(axis=0)
    return {"centre_percent": float(well[len(number) // 2]), "best_constant_percent": float(well.max())}


def _well_by_road(config: Config, policy: AlvinnPolicy, novel: Demonstrations) -> list[float]:
    """The share answered well of each novel road's pictures, in percent."""
    well = units_away(policy, novel.images, novel.curvature_per_m) <= TOLERANCE_UNITS
    kinds, num_roads = len(config.generator.scene_kinds), config.generator.num_roads
    return (100.0 * well.reshape(-1, num_roads, kinds).mean(axis=(0, 2))).tolist()


def _by_scene(config: Config, away: Away) -> dict[str, float]:
    kinds = config.generator.scene_kinds
    well = 100.0 * (away.reshape(-1, len(kinds)) <= TOLERANCE_UNITS).mean(axis=0)
    return dict(zip(kinds, well.tolist(), strict=True))
