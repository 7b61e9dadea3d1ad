"""Driving a suite to its end, and reporting on the way how far it is."""

from collections.abc import Iterable, Iterator

import numpy as np

from drive_sim.evaluate import EvalConfig, EvalReport, Tick, drive, make_report
from drive_sim.lessons.kit.progress import Report
from drive_sim.policies.base import Policy
from drive_sim.report.numbers import counted
from drive_sim.sim.suites import Suite

_REPORT_EVERY = 40
"""Control ticks between two reports."""


def drive_with_progress(policy: Policy, suite: Suite, config: EvalConfig, report: Report) -> EvalReport:
    """What `evaluate` returns; `report` is told of the share of all roads that is driven, and of interventions."""
    return make_report(_reported(drive(policy, suite, config), suite.distance_m, report), suite, config)


def _reported(ticks: Iterable[Tick], distance_m: float, report: Report) -> Iterator[Tick]:
    """The ticks themselves, as they pass."""
    interventions = 0
    for number, tick in enumerate(ticks):
        interventions += int((tick.intervened & tick.counted).sum())
        if number % _REPORT_EVERY == 0:
            share = float(np.minimum(tick.distance_m / distance_m, 1.0).mean())
            report(share, counted(interventions, "intervention"))
        yield tick
    report(1.0, counted(interventions, "intervention"))
