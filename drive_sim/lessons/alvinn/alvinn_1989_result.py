"""What the lesson on ALVINN's first experiment found, made of all its parts."""

from dataclasses import dataclass

import numpy as np

from drive_sim.arrays import Numbers
from drive_sim.evaluate.intervals import Estimate, estimate_crossed, estimate_crossed_per_km, estimate_rate
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn.alvinn_1989 import METHODS, Config, Learned


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """What was found with one kind of road, over seeds (s): as `Learned` says, by epoch (s, e) and by width (s, w)."""

    well: Estimate
    well_per_seed: list[float]
    well_by_epoch: Numbers
    well_by_scene: list[float]
    well_by_width: Numbers
    centre_percent: float
    best_constant_percent: float
    place_share: Estimate
    place_share_per_seed: list[Estimate]
    place_share_untrained: Estimate
    place_share_by_width: list[Estimate]
    per_km: Estimate
    interventions: int
    driven_km: float
    num_labels: int
    steps: int
    learning_cpu_s: float


@dataclass(frozen=True, slots=True)
class Published:
    """Pomerleau 1989: half an hour of back-propagation on the Warp, a machine of 100 MFLOPS."""

    well_percent: float = 90.0
    num_pictures: int = 1200
    num_epochs: int = 40
    learning_s: float = 1800.0


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Both kinds of road, and the share with roads of one width less that with many: over seeds and units, by seed."""

    methods: dict[str, Method]
    difference: Estimate
    difference_per_seed: list[float]
    published: Published = Published()


def result(config: Config, found: kit.PartResults) -> Result:
    """What the networks have learned, and what their hidden units look for."""
    by_method = {name: found.read(name, Learned) for name in METHODS}
    one, many = (np.array([part.place_share[config.trained] for part in by_method[name]]) for name in METHODS)
    # With one seed both networks begin with the same weights, so unit i of one is compared with unit i of the other.
    methods = {name: _method(config, some) for name, some in by_method.items()}
    return Result(methods, estimate_rate(one - many), (one - many).mean(axis=1).tolist())


def _method(config: Config, parts: tuple[Learned, ...]) -> Method:
    num_well = np.array([part.num_well for part in parts])  # (seeds, epochs, roads, scenes)
    num_roads, num_scenes = config.roads_and_scenes
    by_road = 100.0 * (num_well.sum(axis=-1) / (config.num_novel // num_roads))
    by_scene = 100.0 * (num_well[:, -1].sum(axis=-2) / (config.num_novel // num_scenes))
    by_epoch = np.array([[np.mean(roads) for roads in seed] for seed in by_road])
    shares = np.array([part.place_share for part in parts])  # (seeds, widths, units)
    counts, km = np.array([part.interventions for part in parts]), np.array([part.driven_km for part in parts])
    constant = parts[0].constant_percent
    return Method(
        well=estimate_crossed(by_road[:, -1] / 100.0, most=1.0).percent,
        well_per_seed=by_epoch[:, -1].tolist(),
        well_by_epoch=by_epoch,
        well_by_scene=[float(np.mean(seeds)) for seeds in by_scene.T],
        well_by_width=np.array([part.well_by_width for part in parts]),
        centre_percent=float(constant[len(constant) // 2]),
        best_constant_percent=float(constant.max()),
        place_share=estimate_rate(shares[:, config.trained], most=1.0),
        place_share_per_seed=[estimate_rate(seed[None], most=1.0) for seed in shares[:, config.trained]],
        place_share_untrained=estimate_rate([part.place_share_untrained for part in parts], most=1.0),
        place_share_by_width=[estimate_rate(shares[:, i], most=1.0) for i in range(shares.shape[1])],
        per_km=estimate_crossed_per_km(counts, km),
        interventions=int(counts.sum()),
        driven_km=float(km.sum()),
        num_labels=config.num_pictures,
        steps=0,
        learning_cpu_s=float(np.mean([part.learning_cpu_s for part in parts])),
    )
