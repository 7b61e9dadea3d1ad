"""Who learns what from how many seconds, what is kept of it, and what is said of two curves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim.evaluate.curves import Crossing
from drive_sim.lessons.road.data_efficiency import Config, Point, learn_and_drive
from drive_sim.lessons.road.data_efficiency_page import _crossing_claim
from drive_sim.lessons.road.data_efficiency_result import typical_road
from drive_sim.lessons.road.learners import METHODS
from tests.lessons.road.small_road import DATA_EFFICIENCY

CONFIG = DATA_EFFICIENCY.config


class StoppedError(Exception):
    pass


def untimed(point: Point) -> Point:
    """A point without what is not the same again."""
    return replace(point, learning_cpu_s=0.0, cpu_s=0.0)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[Point]]]:
    folder = tmp_path_factory.mktemp("learned")
    return folder, {
        name: learn_and_drive(CONFIG, name, 1000, lambda *_: None, folder=folder).points for name in METHODS
    }


def weights(folder: Path, method: str, i: int) -> Path:
    return folder / "models" / f"{method}-seed-1000" / f"round-00{i}" / "model" / "weights.safetensors"


def test_the_curves_go_from_five_seconds_to_over_five_minutes():
    assert Config().budget.seconds == (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)


def test_at_the_first_point_dagger_is_cloning_to_the_bit(learned: tuple[Path, dict[str, list[Point]]]):
    folder, points = learned
    assert untimed(points["clone"][0]) == untimed(points["dagger"][0])
    assert weights(folder, "clone", 1).read_bytes() == weights(folder, "dagger", 1).read_bytes()
    assert untimed(points["clone"][1]) != untimed(points["dagger"][1])


def test_every_point_has_as_many_labels_for_each_method(learned: tuple[Path, dict[str, list[Point]]]):
    for points in learned[1].values():
        assert [point.num_labels for point in points] == [10, 20, 40]
        for point in points:
            assert [len(places) for places in point.driven.places_m] == point.driven.interventions
            assert len(point.driven.interventions) == 3
        assert points[2].learning_cpu_s > points[1].learning_cpu_s / 2


def test_a_part_that_was_stopped_fits_nothing_twice_and_finds_the_same(
    learned: tuple[Path, dict[str, list[Point]]], tmp_path: Path
):
    def stop_when_driving(_share: float, note: str) -> None:
        if note.startswith("2 s of 4: ") and "intervention" in note:
            raise StoppedError

    with pytest.raises(StoppedError):
        learn_and_drive(CONFIG, "dagger", 1000, stop_when_driving, folder=tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*") if path.is_file()}
    assert weights(tmp_path, "dagger", 2) in kept
    assert [path.stem for path in (tmp_path / "parts").iterdir()] == ["dagger-seed-1000-point-1"]
    again = learn_and_drive(CONFIG, "dagger", 1000, lambda *_: None, folder=tmp_path)
    assert list(map(untimed, again.points)) == list(map(untimed, learned[1]["dagger"]))
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert again.cpu_s == sum(point.cpu_s for point in again.points)


@pytest.mark.parametrize(
    ("crossing", "got"),
    [
        (
            Crossing(("clone", "dagger"), 15.9, 1.0, 12.0, 19.0, 1.0, True, [15.9], ["clone", None, "dagger"]),
            "they cross at 16 s (12 to 19); crossings in 100 % of them; "
            "cloning is better at 5 s; DAgger is better at 20 s",
        ),
        (
            Crossing(("shift-rotate", "dagger"), None, None, None, None, 0.5, False, [None], ["shift-rotate"] * 3),
            "they do not cross; crossings in 50 % of them; shift-and-rotate is better at 5, 10, 20 s",
        ),
    ],
)
def test_what_is_said_of_two_curves_is_what_they_do(crossing: Crossing, got: str):
    claim = _crossing_claim([5.0, 10.0, 20.0], crossing)
    assert claim.got == got
    assert claim.met == crossing.settled


def test_the_road_that_is_shown_is_the_median_one():
    counts = np.array([[[5, 0, 9], [5, 0, 9]], [[1, 2, 9], [1, 2, 9]]], dtype=np.float64)
    assert typical_road(counts) == 0
