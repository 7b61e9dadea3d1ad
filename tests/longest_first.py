"""How workers share the tests: a file's stay together, long ones come first, so that all workers end at one time.

The files of `APART` have nothing to share but within a lesson, so each of their lessons is handed out by itself.
"""

from typing import TYPE_CHECKING

from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

APART = ("tests/cli/test_lesson_command.py", "tests/lessons/test_lessons.py")
_QUICK_S = {
    "gail-2016": 180,
    "perpendicular-start": 165,
    "driving-styles-2004": 150,
    "gail-on-the-road": 135,
    "any-road": 125,
    "reward-on-the-road": 95,
    "pilotnet-2016": 75,
    "tux-kart-2011": 55,
    "no-hands-1995": 50,
    "saliency": 50,
    "data-efficiency": 50,
    "recovery": 50,
    "cascading-errors": 45,
    "smile": 40,
    "deep-maxent": 40,
    "gridworld-2004": 35,
    "alvinn-1989": 30,
    "alvinn-on-the-fly": 30,
}
_SMALL_S = {
    "reward-on-the-road": 60,
    "no-hands-1995": 45,
    "gail-on-the-road": 40,
    "gail-2016": 35,
    "driving-styles-2004": 30,
    "saliency": 30,
    "cascading-errors": 30,
}
LONG_S = {
    "tests/test_shipped_models.py": 180,
    "tests/app/test_monkey.py": 130,
    "tests/fuzz/test_fuzz.py": 130,
    "tests/report/play/test_page_lesson.py": 120,
    "tests/app/test_real_window.py": 90,
    "tests/app/test_watch.py": 60,
    "tests/cli/test_network.py": 60,
    "tests/test_same_seed.py": 50,
    "tests/cli/test_lesson_command.py": 50,
    "tests/test_wheel.py": 40,
    "tests/irl/test_sideslip.py": 35,
    "tests/policies/test_confined.py": 35,
    "tests/cli/test_grade_command.py": 30,
    "tests/lessons/kit/test_runner.py": 30,
    "tests/cli/test_compare_command.py": 25,
    **{f"{APART[0]}[{name}]": took_s for name, took_s in _QUICK_S.items()},
    **{f"{APART[1]}[{name}]": took_s for name, took_s in _SMALL_S.items()},
}
"""About how many seconds those take that take longest; others are ordered by their number of tests."""


class LongestFirst(LoadFileScheduling):
    """Hands out files, and lessons, longest first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    def _assign_work_unit(self, node: "WorkerController") -> None:
        longest = max(self.workqueue, key=lambda group: (LONG_S.get(group, 0), len(self.workqueue[group])))
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


def group_of(nodeid: str) -> str:
    """What of a test's address says with which others it stays: its file, and apart from others its parameters."""
    file, _, test = nodeid.partition("::")
    return f"{file}[{test.partition('[')[2]}" if file in APART and "[" in test else file
