"""The lessons by name: where each is, what was published, and what ours shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from drive_sim import files, records
from drive_sim.errors import InputError
from drive_sim.lessons.kit import part_store, runner
from drive_sim.lessons.kit.executors import OpenExecutor, local_processes
from drive_sim.lessons.kit.lesson import Lesson
from drive_sim.lessons.kit.progress import Finished, Progress

_ALL = "lessons.json"
"""In the folder of a run of all lessons."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One lesson: the module of its page, which holds `LESSON`, and two lines for the list."""

    module: str
    published: str
    ours: str

    def load(self) -> Lesson[Any, Any]:
        """The lesson itself."""
        return import_module(self.module).LESSON

    @property
    def stages(self) -> dict[str, str]:
        """The titles of its stages."""
        return self.load().all_stages


LESSONS: dict[str, Entry] = {
    "cascading-errors": Entry(
        "drive_sim.lessons.road.cascading_errors_page",
        "cloning costs up to J* + T^2 eps, DAgger about J* + T eps (Ross and Bagnell 2010; Ross et al. 2011)",
        "600 ticks without help: how cost grows with T for a clone, with shift-and-rotate, and for DAgger",
    ),
    "tux-kart-2011": Entry(
        "drive_sim.lessons.kart.tux_kart_page",
        "cloning 3-4 falls a lap however much data, SMILe about 2, DAgger none (Ross et al. 2011)",
        "the same protocol on one road: falls a lap over laps of data, linear policy and small network",
    ),
    "smile": Entry(
        "drive_sim.lessons.kart.smile_page",
        "a mixture that lets go of the expert; it trails DAgger (Ross and Bagnell 2010; Ross et al. 2011)",
        "its weights round by round, each of its policies alone, other weights: why it trails",
    ),
    "recovery": Entry(
        "drive_sim.lessons.road.recovery_page",
        "recovery from a perturbed start: 0, 50 or 100 % by what was in the training (ChauffeurNet 2019)",
        "put beside the lane at every offset and heading: from where a clone and its two cures find back",
    ),
    "data-efficiency": Entry(
        "drive_sim.lessons.road.data_efficiency_page",
        "no number to reproduce: how many seconds of demonstration does it take, and with which method?",
        "interventions a km over 5 s to 5 min of labelled driving: clone, shift-and-rotate, DAgger; crossings",
    ),
    "any-road": Entry(
        "drive_sim.lessons.road.any_road_page",
        "trained on random renderings alone, a detector is accurate to 1.5 cm in reality (Tobin et al. 2017)",
        "a driver for every road, one ingredient left out at a time: view, widths, flares, bends, DAgger, speed",
    ),
    "alvinn-1989": Entry(
        "drive_sim.lessons.alvinn.alvinn_1989_page",
        "about 90 % of novel simulated pictures within two of 45 units, 1200 pictures x 40 (Pomerleau 1989)",
        "the same 1200 x 40: answers, seconds, hidden units on roads of one width and of many, a film, a drive",
    ),
    "alvinn-on-the-fly": Entry(
        "drive_sim.lessons.alvinn.on_the_fly_page",
        "drives after about 50 cycles, about 5 minutes at 4 mph, of watching a person (Pomerleau 1991)",
        "unseen roads after 10 to 100 frames: as published, without views, rule or later edges, later settings",
    ),
    "pilotnet-2016": Entry(
        "drive_sim.lessons.nvidia.pilotnet_2016_page",
        "98 % autonomy on the road after 72 hours of data; no figure from the simulator (NVIDIA 2016)",
        "100 miles of unseen road after thirty seconds: neither, three cameras, shift-and-rotate, NVIDIA's mix",
    ),
    "saliency": Entry(
        "drive_sim.lessons.nvidia.saliency_page",
        "VisualBackProp's maps of what PilotNet looks at, as pictures; no score (NVIDIA 2016, 2017)",
        "such maps against the renderer's own lines and edges, and what moving the marked pixels does",
    ),
    "no-hands-1995": Entry(
        "drive_sim.lessons.no_hands.no_hands_page",
        "RALPH, which is not a neural network, steered 2797 of 2849 miles, 98.2 % (Pomerleau 1995)",
        "thirty seconds of demonstration, then as many miles of unseen, endless road; five further seeds",
    ),
    "reward-exercise": Entry(
        "drive_sim.lessons.irl.reward_exercise_page",
        "two walks on a 3x3 grid: what is the reward function? (the lecture; it gives no answer)",
        "a page to paint rewards on; how many explain both walks, who picks which, and what would tell more",
    ),
    "maxent-2008": Entry(
        "drive_sim.lessons.irl.maxent_2008_page",
        "maximum entropy > action-based > max-margin > time, on private taxi data (Ziebart et al. 2008)",
        "the fork, ten drawn cities with drivers of no model's family, and what the faults of its copies do",
    ),
    "gridworld-2004": Entry(
        "drive_sim.lessons.irl.gridworld_2004_page",
        "an expert's features met to .0021 in 30 iterations, 97 % of its value from 20 paths (Abbeel and Ng 2004)",
        "the same 128 x 128 cells: both searches as one nearest point, exact; maximum entropy beside them",
    ),
    "driving-styles-2004": Entry(
        "drive_sim.lessons.irl.driving_styles_2004_page",
        "five ways to drive on a highway, each learned from two minutes (Abbeel and Ng 2004, table 1)",
        "each driven again and filmed beside its demonstration; what its driver minds; whose another drive is",
    ),
    "deep-maxent": Entry(
        "drive_sim.lessons.irl.deep_maxent_page",
        "a network's reward under maximum entropy: curves of value lost, no table (Wulfmeier et al. 2015)",
        "objectworlds: value lost over 1 to 256 demonstrations, linear against network, unseen worlds too",
    ),
    "reward-on-the-road": Entry(
        "drive_sim.lessons.irl.reward_on_the_road_page",
        "nobody has it: what a driver likes on our road, read from two minutes of driving",
        "three scripted likings, how exactly they are read, and driven by where half the road is closed",
    ),
    "gail-2016": Entry(
        "drive_sim.lessons.gail.gail_2016_page",
        "CartPole from 1/4/7/10 trajectories: cloning 72/169/189/177, GAIL 200, FEM 200 (Ho and Ermon 2016)",
        "the same, beside rewards that know nothing, and where staying alive tells nothing: a fixed horizon",
    ),
    "gail-on-the-road": Entry(
        "drive_sim.lessons.gail.gail_on_the_road_page",
        "nobody has it: GAIL on our road, beside cloning, shift-and-rotate and DAgger of as many labels",
        "from lane poses of 1 to 10 laps, where an end is a state; then from pixels, one seed, as it is",
    ),
    "perpendicular-start": Entry(
        "drive_sim.lessons.gail.perpendicular_start_page",
        "CarRacing begun turned by 90 degrees: cloning -45, SQIL 375, expert 480 (Reddy et al. 2020)",
        "our road, turned 90 degrees: who finds back; clone, shift-and-rotate, DAgger, SQIL by pose and pixels",
    ),
}


def begun_lesson(folder: Path, name: str | None = None) -> str:
    """The name of the lesson that was begun in a folder. Raises InputError where it is not `name`, or there is none."""
    begun = part_store.begun(folder).lesson
    if begun not in LESSONS:
        raise InputError(f"{folder} is the folder of {begun!r}, which is no lesson of this version; there are others")
    if name not in (None, begun):
        raise InputError(f"{folder} is the folder of the lesson {begun}, not of {name}")
    return begun


@dataclass(frozen=True, slots=True)
class AllBegun:
    """From which seed on all lessons were begun in a folder, and whether as quick runs."""

    seed: int
    quick: bool


def begin_all(folder: Path, *, seed: int, quick: bool) -> AllBegun:
    """Make a folder for all lessons, each in one of its own inside, and note how they are run."""
    files.new_folder(folder)
    begun = AllBegun(seed, quick)
    files.write_json(folder / _ALL, records.to_json(begun))
    return begun


def all_begun(folder: Path) -> AllBegun | None:
    """How all lessons were begun in a folder; None where they were not. Raises InputError for a damaged note."""
    path = folder / _ALL
    if not path.exists():
        return None
    remedy = "begin anew in another folder"
    where = f"{path} does not say how all lessons were begun"
    return records.from_json(records.read_json(path, remedy), AllBegun, where, remedy)


def run_lesson(
    name: str,
    folder: Path,
    *,
    seed: int = 0,
    quick: bool = False,
    resume: bool = False,
    executor: OpenExecutor = local_processes,
) -> Iterator[Progress | Finished]:
    """Run a lesson. With `resume` go on in its folder, with the seed and quickness that it was begun with.

    Where it has come to its end already, only that is told.
    """
    if resume:
        begun_lesson(folder, name)
        settings = part_store.begun(folder).settings
        seed, quick = settings.seed, settings.quick
        result = part_store.finished_result(folder)
        if result is not None:
            yield Finished(folder, result["headline"], result)
            return
    lesson = LESSONS[name].load()
    yield from runner.run(lesson, lesson.config(seed, quick=quick), folder, resume=resume, executor=executor)
