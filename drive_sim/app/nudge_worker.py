"""In a process beside the window: pushes are tried by rolling a rollout ahead; light to import."""

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drive_sim.lessons.kit.workers import Connection, lower_priority
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track

if TYPE_CHECKING:
    from drive_sim.app.live_rollout import LiveRollout
    from drive_sim.app.nudge_search import NudgeSearch, NudgeTrial
    from drive_sim.app.rollout_state import RolloutState


@dataclass(frozen=True, slots=True, eq=False)
class SearchTask:
    """The road, its sky, and the clone's and its twin's names and model folders."""

    track: Track
    scene: Scene
    drivers: tuple[tuple[str, Path], tuple[str, Path]]


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """From which state (as `packed`), and how long after it, pushes are tried; a new request ends the one before."""

    number: int
    state: bytes
    lead_s: float


@dataclass(frozen=True, slots=True, eq=False)
class MomentTried:
    """One more moment was tried for a request; what was found there, if anything, and whether it was the last."""

    number: int
    trial: "NudgeTrial | None"
    is_last: bool = False


def search_nudges(parent: Connection, task: SearchTask) -> None:
    """For each SearchRequest send MomentTried after MomentTried. Raises InputError where a model is broken."""
    lower_priority()
    search = make_search(task)
    while True:
        _search(parent, search, parent.recv())


def make_search(task: SearchTask) -> "NudgeSearch":
    """A rollout with drivers of its own."""
    from drive_sim.app.drivers import load_driver  # noqa: PLC0415 - the window need not load it twice
    from drive_sim.app.nudge_search import NudgeSearch  # noqa: PLC0415

    clone, twin = (load_driver(folder) for _, folder in task.drivers)
    clone.name, twin.name = (name for name, _ in task.drivers)
    return NudgeSearch(task.track, task.scene, (clone, twin))


def packed(state: "RolloutState", rollout: "LiveRollout") -> bytes:
    """A state of a rollout, for another rollout of the same road and as many drivers, in whatever process."""
    file = io.BytesIO()
    _Pickler(file, {id(part): number for number, part in enumerate(_known(rollout))}).dump(state)
    return file.getvalue()


def unpacked(data: bytes, rollout: "LiveRollout") -> "RolloutState":
    """The state as one of this rollout: its own drivers stand for those of the other, in their order."""
    return _Unpickler(io.BytesIO(data), _known(rollout)).load()


def _search(parent: Connection, search: "NudgeSearch", request: SearchRequest) -> None:
    for trial in search.trials(unpacked(request.state, search.rollout), request.lead_s):
        if parent.poll():
            return
        parent.send(MomentTried(request.number, trial))
    parent.send(MomentTried(request.number, None, is_last=True))


def _known(rollout: "LiveRollout") -> tuple[Any, ...]:
    """What both have already: road, sky and drivers."""
    car = rollout.car
    return car.track, car.scene, car.tracks, car.scenes, *rollout.drivers


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, numbers: dict[int, int]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._numbers = numbers

    def persistent_id(self, obj: Any) -> int | None:
        return self._numbers.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, known: tuple[Any, ...]) -> None:
        super().__init__(file)
        self._known = known

    def persistent_load(self, pid: Any) -> Any:
        return self._known[pid]
