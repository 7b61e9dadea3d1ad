from pathlib import Path

from drive_sim.lessons.catalogue import LESSONS
from tests.longest_first import APART, LONG_S, group_of

ROOT = Path(__file__).parents[1]


def test_a_file_stays_together_and_lessons_are_apart():
    run, read = (f"{file}::test_it" for file in APART)
    assert group_of("tests/sim/test_lane.py::test_a[1]") == group_of("tests/sim/test_lane.py::test_b")
    assert group_of(f"{run}[smile]") == group_of(f"{run}_too[smile]") != group_of(f"{run}[recovery]")
    assert len({group_of(f"{run}[smile]"), group_of(f"{read}[smile]"), group_of(run), group_of(read)}) == 4


def test_what_is_long_is_there():
    files = {group.partition("[")[0] for group in LONG_S} | set(APART)
    assert not [file for file in files if not (ROOT / file).is_file()]
    lessons = {group.partition("[")[2].removesuffix("]") for group in LONG_S if "[" in group}
    assert lessons <= set(LESSONS)
