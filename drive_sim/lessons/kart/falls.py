"""How often each method falls, as estimates: over laps of data, in a page's table and in its claims."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from drive_sim.evaluate.intervals import Count, Estimate, estimate_rate
from drive_sim.lessons import kit
from drive_sim.lessons.kart.learners import KartConfig, Learned, PartResult
from drive_sim.report.numbers import counted

PUBLISHED = {
    "clone": "3 to 4 falls a lap, flat however much data",
    "smile": "about 2 falls a lap after 20 laps of data",
    "dagger": "near 0 after 5 laps of data, none from 15",
}
"""Ross, Gordon and Bagnell, AISTATS 2011, section 5.1 (Super Tux Kart)."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method's falls a lap after so many laps of data, by seed too, and how many in how many laps; its effort a seed.

    `held_out`: at the end, on roads that it has not seen, where it was driven there.
    """

    laps_of_data: tuple[int, ...]
    falls: list[Estimate]
    per_seed: list[list[float]]
    fallen: list[Count]
    held_out: Estimate | None
    effort: kit.Effort

    @property
    def end(self) -> Estimate:
        """Falls a lap after all laps of data."""
        return self.falls[-1]


def method_of(parts: Sequence[PartResult], config: KartConfig) -> Method:
    """The figures of what a method found, seed by seed."""
    falls = np.array([part.driven.falls for part in parts]).swapaxes(0, 1)  # (numbers of laps of data, seeds, laps)
    elsewhere = [part.held_out.falls[0] for part in parts if isinstance(part, Learned)]
    return Method(
        laps_of_data=config.evaluate_after,
        falls=list(map(estimate_rate, falls)),
        per_seed=falls.mean(axis=2).T.tolist(),
        fallen=[Count(int(of.sum()), of.size) for of in falls],
        held_out=estimate_rate(elsewhere) if elsewhere else None,
        effort=kit.mean_effort([part.effort for part in parts]),
    )


def summary(_config: KartConfig, stage: str, found: kit.PartResults) -> str:
    """A few words on a stage."""
    falls = np.mean([part.driven.falls[-1] for part in found.read(stage, PartResult)])
    return f"{falls:.2f} falls a lap at the end"


def claim_falls_more(what: str, more: Estimate, less: Estimate, published: str = "") -> kit.Claim:
    """That one falls more often than the other: their intervals lie apart. Where one has none it is not met."""
    met = more.low is not None and less.high is not None and more.low > less.high
    written = [f"{of.mean:.2f} ({of.bounds(2) or 'no interval'})" for of in (more, less)]
    return kit.Claim(what, " against ".join(written), met, published)


def rows_of(
    config: KartConfig,
    published: Sequence[str],
    falls: Sequence[Sequence[Estimate | None]],
    efforts: Sequence[kit.Effort],
) -> list[kit.Row]:
    """The table, a column a policy, with a row for each number of laps; the last is shown at the top as well."""
    tile = kit.Tile("", f"falls a lap after {counted(config.num_rounds, 'lap')} of data")
    *rows, last = (
        kit.Row(f"After {counted(laps, 'lap')} of data", kit.estimates(of))
        for laps, *of in zip(config.evaluate_after, *falls, strict=True)
    )
    return [
        kit.Row("Published", kit.words(published), "falls a lap, ours with 95 % interval"),
        *rows,
        replace(last, tile=tile),
        *kit.effort_rows(efforts, "Steps driven to count falls", cpu_digits=1),
    ]
