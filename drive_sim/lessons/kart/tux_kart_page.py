"""The page of the kart experiment: the falls, where they are, and what the policy sees."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.arrays import Picture
from drive_sim.lessons import kit
from drive_sim.lessons.kart.falls import PUBLISHED, claim_falls_more, rows_of, summary
from drive_sim.lessons.kart.kart_figures import plot_falls
from drive_sim.lessons.kart.learners import METHODS, Learned
from drive_sim.lessons.kart.tux_kart import QUICK, Config, Result, parts, result
from drive_sim.lessons.kart.world import KartWorld, make_world
from drive_sim.policies.linear import KART_CAMERA
from drive_sim.report import page, plots
from drive_sim.report.numbers import counted
from drive_sim.sim.render import render
from drive_sim.sim.track import point_on_lane

STAGES = {
    "expert": "The expert drives",
    "clone": "Cloning: more and more laps of the expert",
    "smile": "SMILe: a mixture that lets go of the expert lap by lap",
    "dagger": "DAgger: the learner drives, the expert labels",
    "network clone": "A small network instead of the linear policy: cloning",
    "network smile": "A small network: SMILe",
    "network dagger": "A small network: DAgger",
}
PUBLISHED_BOXES = {"clone": (1.0, 20.0, 3.0, 4.0), "smile": (19.5, 20.5, 1.8, 2.2), "dagger": (15.0, 20.0, -0.05, 0.05)}
"""Where the paper says that its own curves lie."""
CLONE_BAR = (2.5, 4.5)
CLONE_AT = (1, 5, 10, 20)
DAGGER_FROM = 5
_LARGE = 20
"""A screen's picture of the same view is so many times as wide as the policy's."""


def _headline(config: Config, result: Result) -> str:
    clone, mixture, learner = (result.methods[name] for name in METHODS)
    fallen = learner.fallen[-1]
    return (
        f"With {config.num_rounds} laps of data, the clone falls off the road {clone.end.mean:.1f} times a lap, SMILe "
        f"{mixture.end.mean:.1f} times, and DAgger "
        + (f"{learner.end.mean:.2g} times." if fallen.num else f"not once in {fallen.of} laps.")
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    """What the linear policies were asked to show."""
    (low, high), published = CLONE_BAR, PUBLISHED
    clone, mixture, learner = (result.methods[name] for name in METHODS)
    at = {n: of.mean for n, of in zip(clone.laps_of_data, clone.falls, strict=True) if n in CLONE_AT}
    where, means = ", ".join(map(str, at)), ", ".join(f"{mean:.2f}" for mean in at.values())
    in_band = all(low <= mean <= high for mean in at.values())
    ends = f"clone {clone.end.mean:.2f}, SMILe {mixture.end.mean:.2f}, DAgger {learner.end.mean:.2f}"
    in_between = learner.end.mean < mixture.end.mean < clone.end.mean
    late = [of for n, of in zip(learner.laps_of_data, learner.fallen, strict=True) if n >= DAGGER_FROM]
    num, laps, settled = sum(of.num for of in late), sum(of.of for of in late), result.dagger_settled_after
    fallen = f"{counted(num, 'fall')} in {laps} laps; {f'none from {settled} on' if settled else 'it still falls'}"
    never = bool(late) and num == 0
    return [
        kit.Claim(
            f"the clone falls {low} to {high} times a lap after {where} laps", means, in_band, published["clone"]
        ),
        kit.Claim(f"after {config.num_rounds} laps SMILe is in between", ends, in_between, published["smile"]),
        kit.Claim(f"DAgger never falls from {DAGGER_FROM} laps of data on", fallen, never, published["dagger"]),
        claim_falls_more("the clone falls more often than DAgger at the end", clone.end, learner.end),
    ]


def _rows(config: Config, result: Result) -> list[kit.Row]:
    methods = [result.methods[name] for name in METHODS]
    published, efforts = [PUBLISHED[name] for name in METHODS], [of.effort for of in methods]
    unseen = f"On {len(config.conditions.held_out_seeds)} roads never seen"
    rows = rows_of(config, published, [of.falls for of in methods], efforts)
    rows.append(kit.Row(unseen, kit.estimates(of.held_out for of in methods), "at the end; the paper has none"))
    if result.networks:
        networks, seeds = [result.networks[name] for name in METHODS], counted(len(config.network_seeds), "seed")
        rows += [
            kit.Row("With a small network", kit.estimates(of.end for of in networks), f"at the end; {seeds}"),
            kit.Row(f"{unseen}, with it", kit.estimates(of.held_out for of in networks), seeds),
            kit.Row("Learning with it, s", kit.numbers(of.effort.learning_cpu_s for of in networks), "processor time"),
        ]
    return rows


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    learned = {name: found.read(name, Learned) for name in METHODS}
    places_m = {name: [place for part in of for place in part.driven.places_m[-1]] for name, of in learned.items()}
    shape = KART_CAMERA.height_px, KART_CAMERA.width_px, 3
    lightness = {name: np.reshape(learned[name][0].weights or [], shape)[..., 0] for name in ("clone", "dagger")}
    figures = {
        "falls": plot_falls(result.methods, PUBLISHED_BOXES if config.num_rounds >= max(CLONE_AT) else None),
        "places": plots.plot_places(make_world(config.conditions).tracks.tracks[0], places_m, "fall"),
        "weights": plots.plot_signed_maps(lightness),
    }
    return figures | ({"network": plot_falls(result.networks)} if result.networks else {})


def _facts(config: Config, result: Result) -> dict[str, kit.Fact]:
    world = make_world(config.conditions)
    small, large = views(world)
    return {
        "network_figures": ["network"] if result.networks else [],
        "small": page.picture_uri(small.repeat(_LARGE, axis=0).repeat(_LARGE, axis=1)),
        "large": page.picture_uri(large, "jpeg"),
        "tightest_m": 1.0 / float(np.abs(world.tracks.tracks[0].curvature_per_m).max()),
    }


def views(world: KartWorld, s_m: float = 120.0) -> tuple[Picture, Picture]:
    """What the policy sees at one place of the road, noise and all, and the same view as a screen would show it."""
    index = np.zeros(1, dtype=np.int64)
    pose = point_on_lane(world.tracks, index, np.array([s_m]))
    camera = KART_CAMERA.resized(_LARGE * KART_CAMERA.width_px, _LARGE * KART_CAMERA.height_px)
    small = render(world.tracks, world.scenes, KART_CAMERA, pose, index, index, noise_seed=1)
    return small[0], render(world.tracks, world.scenes, camera, pose, index, index)[0]


PAGE = kit.Page(Path(__file__), METHODS, _headline, _claims, _rows, _figures, _facts)
LESSON = kit.Lesson(Config.lesson, QUICK, STAGES, parts, summary, result, PAGE)
