"""Every command by name. A module a command; what is heavy is imported when it runs."""

from typing import Any

from drive_sim.cli.assignment import ASSIGNMENT
from drive_sim.cli.basin import BASIN
from drive_sim.cli.calibrate import CALIBRATE
from drive_sim.cli.command import Command
from drive_sim.cli.compare import COMPARE
from drive_sim.cli.convert import CONVERT
from drive_sim.cli.demo import DEMO
from drive_sim.cli.drive import DRIVE
from drive_sim.cli.evaluate import EVALUATE
from drive_sim.cli.export import EXPORT
from drive_sim.cli.grade import GRADE
from drive_sim.cli.home import HOME
from drive_sim.cli.lesson import LESSON
from drive_sim.cli.list_roads import ROADS
from drive_sim.cli.open import OPEN
from drive_sim.cli.page import PAGE
from drive_sim.cli.record import RECORD
from drive_sim.cli.reward import REWARD
from drive_sim.cli.story import STORY
from drive_sim.cli.train import TRAIN
from drive_sim.cli.truth import TRUTH
from drive_sim.cli.watch import WATCH

COMMANDS: dict[str, Command[Any]] = {
    "demo": DEMO,
    "home": HOME,
    "story": STORY,
    "drive": DRIVE,
    "record": RECORD,
    "train": TRAIN,
    "evaluate": EVALUATE,
    "watch": WATCH,
    "open": OPEN,
    "compare": COMPARE,
    "truth": TRUTH,
    "basin": BASIN,
    "calibrate": CALIBRATE,
    "convert": CONVERT,
    "export": EXPORT,
    "grade": GRADE,
    "lesson": LESSON,
    "assignment": ASSIGNMENT,
    "reward": REWARD,
    "page": PAGE,
    "roads": ROADS,
}
