"""How every lesson is run: what is there is not done again, what is missing or damaged is told or made anew."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from drive_sim.errors import InputError
from drive_sim.lessons.kit import part_store, runner
from drive_sim.lessons.kit.executors import OpenExecutor, PartExecutor, local_processes
from drive_sim.lessons.kit.parts import Part, run_part
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.records import Json
from tests.lessons.kit.toy_lesson import LESSON, Config
from tests.lessons.laws import assert_told_to_their_ends

ROOT = Path(__file__).parents[3]
STEMS = ["clone-seed-0", "clone-seed-1", "dagger-seed-0", "dagger-seed-1"]


@contextmanager
def in_this_process(_num_parts: int) -> Iterator[PartExecutor]:
    """For what is not about processes: nothing to start, and a part is over when it is handed in."""

    def submit(part: Part) -> Future[Json]:
        future: Future[Json] = Future()
        try:
            future.set_result(run_part(part, lambda *_: None))
        except InputError as error:
            future.set_exception(error)
        return future

    yield PartExecutor(submit, lambda: iter(()))


def run(
    folder: Path, config: Config, *, resume: bool = False, executor: OpenExecutor = in_this_process
) -> tuple[list[Progress], Finished]:
    *progress, finished = runner.run(LESSON, config, folder, resume=resume, executor=executor)
    assert isinstance(finished, Finished)
    return [news for news in progress if isinstance(news, Progress)], finished


def same(result: Json) -> Json:
    """What is the same again, also with other marks."""
    return {key: value for key, value in result.items() if key not in ("cpu_s", "commit", "config")}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "marks").mkdir()
    return Config(marks=str(tmp_path / "marks"))


def test_two_processes_find_what_one_finds_and_each_part_is_done_once(tmp_path: Path, config: Config):
    _, one = run(tmp_path / "one", replace(config, marks=""), executor=partial(local_processes, num_workers=1))
    progress, two = run(tmp_path / "two", config, executor=partial(local_processes, num_workers=2))
    assert same(one.result) == same(two.result)
    assert_told_to_their_ends(LESSON.all_stages, progress)
    assert sorted(path.stem for path in (tmp_path / "two" / "parts").iterdir()) == STEMS
    assert len(list(Path(config.marks).iterdir())) == 4
    told, again = run(tmp_path / "two", config, resume=True)
    assert again.result["total"] == two.result["total"]
    assert [(news.stage, news.share) for news in told[:2]] == [("clone", 1.0), ("dagger", 1.0)]
    assert len(list(Path(config.marks).iterdir())) == 4


def test_a_part_that_is_refused_stops_the_lesson_with_its_line(tmp_path: Path, config: Config):
    with pytest.raises(InputError, match="no seed 1"):
        run(tmp_path / "run", replace(config, refused=1), executor=partial(local_processes, num_workers=1))
    assert (tmp_path / "run" / "parts" / "clone-seed-0.json").exists()


@pytest.mark.parametrize("missing", ["report.html", "result.json"])
def test_of_page_and_result_the_one_that_is_missing_is_made_and_the_other_stays(
    tmp_path: Path, config: Config, missing: str
):
    folder = tmp_path / "run"
    run(folder, config)
    (other,) = {"report.html", "result.json"} - {missing}
    made, kept = (folder / missing).read_bytes(), (folder / other).stat()
    (folder / missing).unlink()
    assert part_store.finished_result(folder) is None
    run(folder, config, resume=True)
    assert (folder / missing).read_bytes() == made
    assert (folder / other).stat().st_mtime_ns == kept.st_mtime_ns


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"numbers": 3', "[" * 100_000])
def test_a_damaged_part_is_told_before_any_other_is_done(tmp_path: Path, config: Config, text: str):
    folder = tmp_path / "run"
    run(folder, config)
    for name in ("report.html", "result.json", "parts/clone-seed-0.json"):
        (folder / name).unlink()
    (folder / "parts" / "clone-seed-1.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"clone-seed-1\.json is damaged; delete it and resume"):
        run(folder, config, resume=True)
    assert not (folder / "parts" / "clone-seed-0.json").exists()


@pytest.mark.parametrize("found", [{"numbers": None}, {"numbers": ["a", 3]}, {"number": [1.0]}])
def test_a_part_that_holds_something_else_is_told_by_its_field(tmp_path: Path, config: Config, found: Json):
    folder = tmp_path / "run"
    run(folder, config)
    (folder / "report.html").unlink()
    (folder / "parts" / "clone-seed-1.json").write_text(json.dumps({**found, "cpu_s": 0.0, "commit": None}))
    with pytest.raises(InputError, match=r"a part of clone .*numbers.* resume, and it is done anew"):
        run(folder, config, resume=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "damaged; begin anew"),
        ('{"lesson": "toy", "settings": {}}', "does not say .*seed"),
        ('{"lesson": "toy", "settings": {"seed": "a", "quick": true}}', "does not say .*seed"),
        ('{"settings": {"seed": 0, "quick": true}}', "does not say .*lesson"),
    ],
)
def test_a_note_of_what_was_begun_that_is_damaged_is_told(tmp_path: Path, text: str, said: str):
    (tmp_path / "lesson.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        part_store.begun(tmp_path)


def test_other_settings_do_not_go_on_in_a_folder(tmp_path: Path, config: Config):
    run(tmp_path / "run", config)
    with pytest.raises(InputError, match="settings that have changed"):
        run(tmp_path / "run", replace(config, nap_s=0.01), resume=True)


def children_of(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def workers_of(pid: int) -> list[int]:
    """Its processes that run parts."""
    return [child for child in children_of(pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds workers in /proc")


def wait_for(what: str, found: object) -> object:
    deadline_s = time.monotonic() + 60.0
    while not (value := found()):  # pyright: ignore[reportCallIssue]
        assert time.monotonic() < deadline_s, what
        time.sleep(0.02)
    return value


@pytest.mark.slow
@needs_proc
def test_a_killed_worker_s_part_is_done_again_and_nothing_is_lost(tmp_path: Path, config: Config):
    whole = run(tmp_path / "whole", replace(config, marks=""))[1]
    story = runner.run(LESSON, replace(config, nap_s=1.0), tmp_path / "killed")
    for news in story:
        if isinstance(news, Progress) and news.share > 0.1:
            os.kill(workers_of(os.getpid())[0], signal.SIGKILL)
            break
    *_, finished = story
    assert isinstance(finished, Finished)
    assert same(finished.result) == same(whole.result)


@pytest.mark.slow
@needs_proc
def test_a_lesson_whose_process_is_killed_goes_on_with_what_it_had(tmp_path: Path, config: Config):
    """Parent killed by the system, not asked to end: its workers end on their own, finished parts stay."""
    folder, slow = tmp_path / "killed", replace(config, nap_s=1.0)
    code = (
        "from pathlib import Path\nfrom tests.lessons.kit.test_runner import local_processes, run\n"
        "from tests.lessons.kit.toy_lesson import Config\n"
        f"if __name__ == '__main__':\n    run(Path({str(folder)!r}), {slow!r}, executor=local_processes)\n"
    )
    (tmp_path / "lesson.py").write_text(code, encoding="utf-8")
    victim = subprocess.Popen([sys.executable, str(tmp_path / "lesson.py")], env=os.environ | {"PYTHONPATH": str(ROOT)})
    wait_for("a part to be finished", lambda: list(folder.glob("parts/*.json")))
    workers = workers_of(victim.pid)
    assert workers
    victim.kill()
    victim.wait()
    wait_for("the workers to end", lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    kept = {path.name: path.read_bytes() for path in folder.glob("parts/*.json")}
    assert len(kept) < 4
    _, found = run(folder, slow, resume=True)
    assert all((folder / "parts" / name).read_bytes() == content for name, content in kept.items())
    _, whole = run(tmp_path / "whole", config)
    assert same(found.result) == same(whole.result)


@pytest.mark.slow
def test_a_worker_that_is_ended_while_it_begins_says_nothing() -> None:
    """The executor would show a traceback of what its initialiser raises."""
    code = """
import multiprocessing, signal
from drive_sim.lessons.kit import executors
parent_lives, lifeline = multiprocessing.Pipe(duplex=False)
try:
    executors._begin_worker(None, parent_lives)
    signal.raise_signal(signal.SIGTERM)
except BaseException as error:
    print("raised", repr(error))
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", "")
