"""Closed-loop evaluation: a policy drives every road of a suite at once; what it did is counted and kept.

`drive` is the loop, tick by tick, for whoever wants to watch; `evaluate` runs it to the end; `summary` counts.
"""

from drive_sim.evaluate.closed_loop import TIMEOUT_FACTOR, EvalConfig, Tick, drive
from drive_sim.evaluate.eval_report import EvalReport, evaluate, make_report
from drive_sim.evaluate.metrics import autonomy_percent, summary
from drive_sim.evaluate.time_and_comfort import time_and_comfort

__all__ = [
    "TIMEOUT_FACTOR",
    "EvalConfig",
    "EvalReport",
    "Tick",
    "autonomy_percent",
    "drive",
    "evaluate",
    "make_report",
    "summary",
    "time_and_comfort",
]
