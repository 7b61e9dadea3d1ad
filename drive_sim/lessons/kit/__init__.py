"""What every lesson shares: its record, its parts and where they are kept, the runner, and the frame of its page."""

from drive_sim.lessons.kit.attachments import Attachments
from drive_sim.lessons.kit.driving import drive_with_progress
from drive_sim.lessons.kit.effort import Effort, effort_rows, mean_effort
from drive_sim.lessons.kit.lesson import Claim, Fact, Lesson, Page, SeedConfig
from drive_sim.lessons.kit.parts import Part, PartResults, parts_by_seed
from drive_sim.lessons.kit.progress import Report, between
from drive_sim.lessons.kit.table import Cell, Row, Shown, Tile, estimate_cell, estimates, numbers, rates, series, words
from drive_sim.lessons.kit.training import train_with_progress, training_config, training_rng

__all__ = [
    "Attachments",
    "Cell",
    "Claim",
    "Effort",
    "Fact",
    "Lesson",
    "Page",
    "Part",
    "PartResults",
    "Report",
    "Row",
    "SeedConfig",
    "Shown",
    "Tile",
    "between",
    "drive_with_progress",
    "effort_rows",
    "estimate_cell",
    "estimates",
    "mean_effort",
    "numbers",
    "parts_by_seed",
    "rates",
    "series",
    "train_with_progress",
    "training_config",
    "training_rng",
    "words",
]
