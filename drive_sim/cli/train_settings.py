"""What a training is asked for, kept beside its rounds so that they go on as they began; and what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from drive_sim.cli.command import Result
from drive_sim.cli.errors import stopping
from drive_sim.cli.options import (
    AUGMENTERS,
    INPUTS,
    METHODS,
    MOST_ROUNDS,
    MOST_STEPS,
    NETWORKS,
    REWARDS,
    RoadOptions,
    program,
)
from drive_sim.cli.recordings import read_camera
from drive_sim.errors import InputError, one_of

SETTINGS_FILE = "settings.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a training: the result, what to say of it, and whether it came to its end."""

    result: Result
    summary: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """How a policy learns, and from what; None is the method's own default, or the seed's road, or no camera file."""

    method: str
    network: str
    augment: str
    steps: int | None
    rounds: int | None
    seed: int
    track: str | None
    recordings: tuple[Path, ...] = ()
    camera: Path | None = None
    input: str | None = None
    reward: str | None = None
    width: float | None = None

    def __post_init__(self) -> None:
        one_of("method", self.method, METHODS)
        one_of("network", self.network, (*NETWORKS, "linear"))
        for name in self.augmenters:
            one_of("augmenter", name, AUGMENTERS)
        if "none" in self.augmenters and len(self.augmenters) > 1:
            raise InputError(f"--augment {self.augment}: none goes with nothing else")
        one_of("input", self.input or INPUTS[0], INPUTS)
        one_of("reward", self.reward or REWARDS[0], REWARDS)
        for name, most in (("steps", MOST_STEPS), ("rounds", MOST_ROUNDS)):
            number = getattr(self, name)
            if number is not None and not 1 <= number <= most:
                raise InputError(f"{name} must be from 1 to {most}, got {number!s:.20}")
        if self.seed < 0:
            raise InputError(f"seed must not be negative, got {self.seed!s:.20}")

    @property
    def augmenters(self) -> tuple[str, ...]:
        """The names that `augment` joins by commas."""
        return tuple(name.strip() for name in self.augment.split(","))

    @property
    def road(self) -> RoadOptions:
        """The road to learn on."""
        return RoadOptions(self.track, self.seed, self.width)

    def without_files(self) -> dict[str, str | int | None]:
        """What is written with each model: all but the files that it learned from."""
        return {name: value for name, value in asdict(self).items() if name not in ("recordings", "camera")}

    def save(self, folder: Path) -> None:
        """Write the settings into a folder; paths become absolute, since a run goes on from any folder."""
        from drive_sim.files import write_json

        recordings = [str(path.absolute()) for path in self.recordings]
        camera = None if self.camera is None else str(self.camera.absolute())
        write_json(folder / SETTINGS_FILE, self.without_files() | {"recordings": recordings, "camera": camera})


@contextmanager
def in_rounds(folder: Path) -> Iterator[str]:
    """Where a training in rounds is begun or goes on, this run's alone: a stop inside is told with how it goes on.

    Lends how that is typed. Raises InputError where another run learns in the folder.
    """
    from drive_sim.files import claim

    again = f"go on: {program()} train --resume {folder}"
    claim(folder, "another run learns in it; let it end, or stop it")
    with stopping(folder, f"what was finished is in {folder}; {again}"):
        yield again


def load_settings(folder: Path) -> Settings:
    """The settings that a training was begun with. Raises InputError where there are none, or one is none."""
    from drive_sim import records

    path = folder / SETTINGS_FILE
    if not path.exists():
        raise InputError(f"{path} is missing: bc keeps no rounds to go on with, all other methods do")
    settings = records.read_record(path, Settings, "start again in a new folder")
    if settings.method == "bc":
        raise InputError(f"{path} is damaged: bc keeps no rounds; start again in a new folder")
    if settings.camera is not None:
        read_camera(settings.camera)  # also of a method that sees nothing by it
    return settings
