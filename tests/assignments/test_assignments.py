"""Assignments: the solution is the project's own file, what is missing is asked for, and mistakes are named."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from drive_sim.assignments.assignment import PACKAGE
from drive_sim.assignments.catalogue import ASSIGNMENTS
from drive_sim.assignments.gaps import Gap, with_gaps
from drive_sim.assignments.sentences import NotRightError
from drive_sim.cli import main
from tests.assignments.classroom import loaded, said
from tests.assignments.mistakes import MISTAKES, RIGHT_AS_WELL, Mistake

ROOT = Path(__file__).resolve().parents[2]
each_assignment = pytest.mark.parametrize("name", ASSIGNMENTS)


def solution(name: str) -> str:
    return (PACKAGE / ASSIGNMENTS[name].solution).read_text(encoding="utf-8")


@pytest.mark.slow
@each_assignment
def test_solved_it_passes(name: str, tmp_path: Path) -> None:
    outcomes = said(ASSIGNMENTS[name], solution(name), tmp_path)
    assert len(outcomes) >= 8
    assert {test: str(error) for test, error in outcomes.items() if error} == {}


@each_assignment
def test_unsolved_each_test_asks_for_what_is_missing(name: str, tmp_path: Path) -> None:
    assignment = ASSIGNMENTS[name]
    outcomes = said(assignment, assignment.files()[assignment.file], tmp_path)
    asked = {gap.asks for gap in assignment.gaps}
    assert outcomes.pop("test_it_is_your_own") is None
    for test, error in outcomes.items():
        assert isinstance(error, NotImplementedError), test
        assert any(asks in str(error) for asks in asked), test


@each_assignment
def test_the_bodies_are_cut_out_and_put_back(name: str) -> None:
    """Each gap is one `raise` where the project's statements stood; those put back make the project's own program."""
    assignment, source = ASSIGNMENTS[name], solution(name)
    for count in range(len(assignment.gaps) + 1):
        cut = with_gaps(source, assignment.gaps[:count])
        errors = [
            node for node in ast.walk(ast.parse(cut)) if isinstance(node, ast.Raise) and "NotImpl" in ast.unparse(node)
        ]
        assert len(errors) == count
    filled = with_gaps(source, assignment.gaps)
    for gap in assignment.gaps:
        filled = put_back(filled, with_gaps(source, [gap]), source)
    assert ast.dump(ast.parse(filled)) == ast.dump(ast.parse(source))


def put_back(open_source: str, with_one_gap: str, source: str) -> str:
    """The statements that the source has where one gap alone is open, in place of that gap's error."""
    cut, whole = with_one_gap.splitlines(), source.splitlines()
    start = next(i for i, (one, other) in enumerate(zip(cut, whole, strict=False)) if one != other)
    rest = next(i for i, (one, other) in enumerate(zip(cut[::-1], whole[::-1], strict=False)) if one != other)
    gap, body = "\n".join(cut[start : len(cut) - rest]), "\n".join(whole[start : len(whole) - rest])
    assert open_source.count(gap) == 1
    return open_source.replace(gap, body)


@each_assignment
def test_comments_stay_as_hints(name: str) -> None:
    comments = [line.strip() for line in solution(name).splitlines() if line.lstrip().startswith("#")]
    text = ASSIGNMENTS[name].files()[ASSIGNMENTS[name].file]
    assert all(comment in text for comment in comments)


@pytest.mark.parametrize(
    ("name", "mistake"),
    [(name, mistake) for name in MISTAKES for mistake in MISTAKES[name]],
    ids=lambda of: str(of)[:40],
)
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_mistake_is_named(name: str, mistake: Mistake, tmp_path: Path) -> None:
    source = solution(name)
    assert source.count(mistake.right) == 1, "the project's file has changed: change the mistake, too"
    outcomes = said(ASSIGNMENTS[name], source.replace(mistake.right, mistake.wrong), tmp_path)
    sentences = [str(error) for error in outcomes.values() if isinstance(error, NotRightError)]
    assert any(mistake.said in sentence for sentence in sentences), outcomes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "written", "otherwise"), [(name, *ways) for name in RIGHT_AS_WELL for ways in RIGHT_AS_WELL[name]]
)
def test_other_ways_to_write_it_pass(name: str, written: str, otherwise: str, tmp_path: Path) -> None:
    assert solution(name).count(written) == 1
    outcomes = said(ASSIGNMENTS[name], solution(name).replace(written, otherwise), tmp_path)
    assert {test: str(error) for test, error in outcomes.items() if error} == {}


def test_a_gap_that_the_source_does_not_have_is_an_error() -> None:
    with pytest.raises(LookupError, match="no function"):
        with_gaps("def f():\n    return 1\n", [Gap("g", "")])
    with pytest.raises(LookupError, match="no statements"):
        with_gaps("def f():\n    return 1\n", [Gap("f", "", "x = ")])


def test_a_gap_may_stand_in_a_loop_and_what_it_asks_may_be_long() -> None:
    source = (
        "def f():\n    for i in range(2):\n        # why\n        a = i\n        b = a\n        c = b\n    return c\n"
    )
    cut = with_gaps(source, [Gap("f", 'say "b" ' * 20, "a =", "b =")])
    lines = cut.splitlines()
    assert lines[2:4] == ["        # why", "        raise NotImplementedError("]
    assert lines[-2:] == ["        c = b", "    return c"]
    assert max(map(len, lines)) <= 120
    with pytest.raises(NotImplementedError, match='f: say "b" say "b"'):
        exec(cut + "f()\n")


def test_without_a_name_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assignment"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in ASSIGNMENTS)


@each_assignment
def test_the_command_writes_the_folder_and_overwrites_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my course" / name
    assert main(["assignment", name, "--out", str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == {*ASSIGNMENTS[name].files()}
    assert {"README.md", "grade.py", "conftest.py", "pytest.ini", ASSIGNMENTS[name].file} <= {
        *ASSIGNMENTS[name].files()
    }
    before = (folder / ASSIGNMENTS[name].file).read_text(encoding="utf-8")
    assert "raise NotImplementedError" in before
    assert main(["assignment", name, "--solution", "--out", str(folder)]) == 2
    assert (folder / ASSIGNMENTS[name].file).read_text(encoding="utf-8") == before
    assert main(["assignment", name, "--solution", "--out", str(tmp_path / "solved")]) == 0
    assert (tmp_path / "solved" / ASSIGNMENTS[name].file).read_text(encoding="utf-8") == solution(name)
    assert "nothing is overwritten" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["daggr"], "unknown assignment 'daggr': did you mean dagger?"),
        (["--solution"], "name an assignment: dagger, smile"),
        (["--out", "x"], "name an assignment: dagger, smile"),
    ],
)
def test_what_cannot_be_written_is_refused(
    arguments: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["assignment", *arguments]) == 2
    assert why in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a student types in the folder, with this checkout as the drive_sim that is installed."""
    command = [sys.executable, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@each_assignment
def test_a_student_who_is_done_sees_all_tests_pass_in_a_folder_with_a_space(name: str, tmp_path: Path) -> None:
    assert main(["assignment", name, "--solution", "--out", str(tmp_path / "my work")]) == 0
    done = run(tmp_path / "my work", "-m", "pytest")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_student_who_begins_reads_what_is_missing_without_a_traceback(tmp_path: Path) -> None:
    assert main(["assignment", "dagger", "--out", str(tmp_path / "my work")]) == 0
    done = run(tmp_path / "my work", "-m", "pytest")
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("Not written yet.") == done.stdout.count("What this test asks:") == 7
    assert "7 failed, 1 passed" in done.stdout
    assert "Error" not in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.slow
def test_a_sentence_stands_alone_and_an_error_of_ones_own_has_its_traceback(tmp_path: Path) -> None:
    main(["assignment", "smile", "--solution", "--out", str(tmp_path / "smile")])
    file = tmp_path / "smile" / "smile.py"
    right = "    return (1.0 - alpha) ** n\n"
    for wrong, shown in (
        (right.replace("n\n", "(n - 1)\n"), "Your expert is one round late"),
        ("    oops\n", "NameError"),
    ):
        file.write_text(solution("smile").replace(right, wrong), encoding="utf-8")
        done = run(file.parent, "-m", "pytest", "-x")
        assert shown in done.stdout
        assert ("smile.py:" in done.stdout) == (shown == "NameError")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dagger", "smile", "shift-and-rotate"])
def test_what_is_trained_can_be_driven(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder's own script, with fewer rounds and steps."""
    from drive_sim.policies.model_folder import load_policy

    assignment = ASSIGNMENTS[name]
    texts = assignment.files(solved=True)
    with loaded(assignment.file, texts, tmp_path) as learner, loaded("train.py", texts, tmp_path) as training:
        monkeypatch.setattr(training, "NUM_STEPS", 2)
        if name == "shift-and-rotate":
            monkeypatch.setattr(training, "NUM_VIEWS", 1)
        else:
            monkeypatch.setattr(training, "CONFIG", learner.Config(2, 5))
        training.train(tmp_path / "model", 0)
    assert getattr(load_policy(tmp_path / "model"), "camera", None) is not None


@pytest.mark.slow
def test_rewards_are_graded(tmp_path: Path) -> None:
    main(["assignment", "max-ent", "--out", str(tmp_path / "open")])
    main(["assignment", "max-ent", "--solution", "--out", str(tmp_path / "solved")])
    for folder, points in (("open", "0.0 of 20 points"), ("solved", "20.0 of 20 points")):
        done = run(tmp_path / folder, "grade.py", "--seed", "5", "--points", "20")
        assert (done.returncode, points in done.stdout) == (0, True), done.stdout + done.stderr
        assert sorted(path.name for path in (tmp_path / folder / "graded-1").iterdir()) == [
            "results.json",
            "rewards.png",
        ]
