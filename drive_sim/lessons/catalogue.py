"""The lessons by name: what was published, what ours shows, and how it is run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from drive_sim import files
from drive_sim.errors import InputError
from drive_sim.lessons import (
    alvinn_1989,
    alvinn_on_the_fly,
    cascading_errors,
    data_efficiency,
    no_hands,
    pilotnet_2016,
    recovery,
    saliency_2017,
    smile_mixture,
    tux_kart,
)
from drive_sim.lessons.kit import part_store
from drive_sim.lessons.kit.progress import Finished, Progress


class Run(Protocol):
    """Runs a lesson into a new folder, or goes on in one; the last record is `Finished`."""

    def __call__(self, config: Any, folder: Path, *, resume: bool = False) -> Iterator[Progress | Finished]:
        """The lesson as records of its progress."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One lesson: two lines for the list, its stages by name, its settings for (seed, quick), and what runs it."""

    published: str
    ours: str
    stages: Mapping[str, str]
    make_config: Callable[..., Any]
    run: Run


_ALL = "lessons.json"
"""In the folder of a run of all lessons."""
LESSONS: dict[str, Entry] = {
    "cascading-errors": Entry(
        published="cloning costs up to J* + T^2 eps, DAgger about J* + T eps (Ross and Bagnell 2010; Ross et al. 2011)",
        ours="600 ticks without help: how cost grows with T for a clone, with shift-and-rotate, and for DAgger",
        stages=cascading_errors.STAGES,
        make_config=cascading_errors.make_config,
        run=cascading_errors.run,
    ),
    "tux-kart-2011": Entry(
        published="cloning 3-4 falls a lap however much data, SMILe about 2, DAgger none (Ross et al. 2011)",
        ours="the same protocol on one road: falls a lap over laps of data, linear policy and small network",
        stages=tux_kart.STAGES,
        make_config=tux_kart.make_config,
        run=tux_kart.run,
    ),
    "smile": Entry(
        published="a mixture that lets go of the expert; it trails DAgger (Ross and Bagnell 2010; Ross et al. 2011)",
        ours="its weights round by round, each of its policies alone, other weights: why it trails",
        stages=smile_mixture.STAGES,
        make_config=smile_mixture.make_config,
        run=smile_mixture.run,
    ),
    "recovery": Entry(
        published="recovery from a perturbed start: 0, 50 or 100 % by what was in the training (ChauffeurNet 2019)",
        ours="put beside the lane at every offset and heading: from where a clone and its two cures find back",
        stages=recovery.STAGES,
        make_config=recovery.make_config,
        run=recovery.run,
    ),
    "data-efficiency": Entry(
        published="no number to reproduce: how many seconds of demonstration does it take, and with which method?",
        ours="interventions a km over 5 s to 5 min of labelled driving: clone, shift-and-rotate, DAgger; crossings",
        stages=data_efficiency.STAGES,
        make_config=data_efficiency.make_config,
        run=data_efficiency.run,
    ),
    "alvinn-1989": Entry(
        published="about 90 % of novel simulated pictures within two of 45 units, 1200 pictures x 40 (Pomerleau 1989)",
        ours="the same 1200 x 40: answers, seconds, hidden units on roads of one width and of many, a film, a drive",
        stages=alvinn_1989.STAGES,
        make_config=alvinn_1989.make_config,
        run=alvinn_1989.run,
    ),
    "alvinn-on-the-fly": Entry(
        published="drives after about 50 cycles, about 5 minutes at 4 mph, of watching a person (Pomerleau 1991)",
        ours="unseen roads after 10 to 100 frames: as published, without views, rule or later edges, later settings",
        stages=alvinn_on_the_fly.STAGES,
        make_config=alvinn_on_the_fly.make_config,
        run=alvinn_on_the_fly.run,
    ),
    "pilotnet-2016": Entry(
        published="98 % autonomy on the road after 72 hours of data; no figure from the simulator (NVIDIA 2016)",
        ours="100 miles of unseen road after thirty seconds: neither, three cameras, shift-and-rotate, NVIDIA's mix",
        stages=pilotnet_2016.STAGES,
        make_config=pilotnet_2016.make_config,
        run=pilotnet_2016.run,
    ),
    "saliency": Entry(
        published="VisualBackProp's maps of what PilotNet looks at, as pictures; no score (NVIDIA 2016, 2017)",
        ours="such maps against the renderer's own lines and edges, and what moving the marked pixels does",
        stages=saliency_2017.STAGES,
        make_config=saliency_2017.make_config,
        run=saliency_2017.run,
    ),
    "no-hands-1995": Entry(
        published="RALPH, which is not a neural network, steered 2797 of 2849 miles, 98.2 % (Pomerleau 1995)",
        ours="thirty seconds of demonstration, then as many miles of unseen, endless road; five further seeds",
        stages=no_hands.STAGES,
        make_config=no_hands.make_config,
        run=no_hands.run,
    ),
}


def begun_lesson(folder: Path, name: str | None = None) -> str:
    """The name of the lesson that was begun in a folder. Raises InputError where it is not `name`, or there is none."""
    begun = part_store.begun(folder)["lesson"]
    if begun not in LESSONS:
        raise InputError(f"{folder} is the folder of {begun!r}, which is no lesson of this version; there are others")
    if name not in (None, begun):
        raise InputError(f"{folder} is the folder of the lesson {begun}, not of {name}")
    return begun


def begin_all(folder: Path, *, seed: int, quick: bool) -> None:
    """Make a folder for all lessons, each in one of its own inside, and note how they are run."""
    files.new_folder(folder)
    files.write_json(folder / _ALL, {"seed": seed, "quick": quick})


def all_begun(folder: Path) -> dict[str, Any] | None:
    """With what seed and quickness all lessons were begun in a folder; None where they were not."""
    if not (folder / _ALL).exists():
        return None
    begun = part_store.read_object(folder / _ALL, "begin anew in another folder")
    if not (isinstance(begun.get("seed"), int) and isinstance(begun.get("quick"), bool)):
        raise InputError(f"{folder / _ALL} does not say how all lessons were begun; begin anew in another folder")
    return begun


def run_lesson(
    name: str, folder: Path, *, seed: int = 0, quick: bool = False, resume: bool = False
) -> Iterator[Progress | Finished]:
    """Run a lesson. With `resume` go on in its folder, with the seed and quickness that it was begun with.

    Where it has come to its end already, only that is told.
    """
    entry = LESSONS[name]
    if resume:
        begun_lesson(folder, name)
        settings = part_store.begun(folder)["settings"]
        seed, quick = settings["seed"], settings["quick"]
        result = part_store.finished_result(folder)
        if result is not None:
            yield Finished(folder, result["headline"], result)
            return
    yield from entry.run(entry.make_config(seed, quick=quick), folder, resume=resume)
