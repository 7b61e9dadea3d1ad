"""Where the training pictures of a driving model were taken, read from what its folder says of its training."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from drive_sim import records
from drive_sim.app.model_discovery import training_recordings
from drive_sim.data.augment import ShiftRotate
from drive_sim.errors import InputError
from drive_sim.evaluate.familiarity import Familiarity, LanePlaces, lane_places, trained_places
from drive_sim.evaluate.shown_places import shown_lane_places
from drive_sim.lessons.kit.demonstration import demonstrated_lane

_MOST_SHOWN = 3000
_DRAWN_PLACES = 20_000
"""At most so many moved views; a network of the first drive sees 19,200."""
_MOST_TICKS = 100_000


@dataclass(frozen=True, slots=True)
class ScriptedDemonstration:
    """The scripted expert's drive on the demonstration road of a seed, which can be made again."""

    seed: Annotated[int, msgspec.Meta(ge=0)]
    num_ticks: Annotated[int, msgspec.Meta(ge=1, le=_MOST_TICKS)]


@dataclass(frozen=True, slots=True)
class _AlvinnViews:
    """How ALVINN's views of a frame were moved."""

    num_views: Annotated[int, msgspec.Meta(ge=1)]
    max_shift_m: float
    max_turn_rad: float


@dataclass(frozen=True, slots=True, eq=False)
class TrainingPlaces:
    """Frames that somebody has driven (n, 3), and how near others are to the pictures that were made of them."""

    shown: LanePlaces
    familiarity: Familiarity
    has_views: bool
    """Shifted and turned views were made."""


def read_training_places(model_folder: Path) -> TrainingPlaces:
    """What a model's recordings, and its augmenter, have shown it. Raises InputError where nothing says so."""
    shown = shown_to(model_folder)
    if not len(shown):
        raise InputError("what it was shown is not on this disk, or does not say where the car was")
    shift_rotate = augmenter(model_folder)
    draws = max(1, _DRAWN_PLACES // len(shown))
    places = trained_places(shown, shift_rotate, np.random.default_rng(0), draws)
    return TrainingPlaces(shown, Familiarity(places), shift_rotate is not None)


def scripted_demonstration(model_folder: Path) -> ScriptedDemonstration | None:
    """What a model that ships has learned from, if it says so. Raises InputError where it says that wrongly."""
    made = _json(model_folder / "metrics.json").get("demonstration")
    if made is None:
        return None
    return records.from_json(made, ScriptedDemonstration, "its metrics.json", "train the model again")


def shown_to(model_folder: Path) -> LanePlaces:
    """Where the frames (n, 3) were driven that a model has learned from; none where nothing says so.

    Raises InputError where a recording cannot be read, or a demonstration is told wrongly.
    """
    recordings = training_recordings(model_folder)
    if recordings:
        return shown_lane_places(recordings, _MOST_SHOWN)
    drive = scripted_demonstration(model_folder)
    return np.empty((0, 3)) if drive is None else lane_places(demonstrated_lane(drive.seed, drive.num_ticks))


def augmenter(model_folder: Path) -> ShiftRotate | None:
    """The shifts and turns of a network's views, or of ALVINN's; None where it saw its frames as they were."""
    training = _json(model_folder / "config.json").get("training")
    if not isinstance(training, dict):
        return None
    if isinstance(training.get("shift_rotate"), dict):
        return records.from_json(training["shift_rotate"], ShiftRotate, "its config.json", "train the model again")
    if isinstance(training.get("num_views"), int):
        views = records.from_json(training, _AlvinnViews, "its config.json", "train the model again")
        return ShiftRotate(views.max_shift_m, views.max_turn_rad, share=1.0 - 1.0 / views.num_views)
    return None


def _json(path: Path) -> dict[str, Any]:
    """What a file of the model's says; nothing where it cannot be read."""
    try:
        return records.read_json(path, "")
    except InputError:
        return {}
