"""Parts that build on what others found, files inside of what a part found, and claims about time."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from drive_sim import records
from drive_sim.lessons import kit
from drive_sim.lessons.kit import runner
from drive_sim.lessons.kit.progress import Finished, Progress
from tests.lessons.kit.test_runner import in_this_process


@dataclass(frozen=True, slots=True)
class Count:
    number: int


@dataclass(frozen=True, slots=True)
class Total:
    total: int


def count(number: int, report: kit.Report) -> Count:
    return Count(number)


def add_up(counts: tuple[Count, ...], report: kit.Report) -> Total:
    return Total(sum(of.number for of in counts))


def totals(config: kit.SeedConfig, found: kit.PartResults) -> list[kit.Part]:
    return [kit.Part("total", "all", partial(add_up, found.read("count", Count)))]


def run(folder: Path, *, resume: bool = False) -> list[Progress | Finished]:
    page = kit.Page(
        Path(__file__),
        (),
        lambda _config, result: f"{result.total} in all",
        claims=lambda *_: [],
        rows=lambda *_: [],
        figures=lambda *_: {},
        time_claims=lambda _config, _result, ends_s: [kit.Claim("in time", ", ".join(ends_s), met=True)],
    )
    lesson = kit.Lesson(
        "counting",
        kit.SeedConfig(num_seeds=2, quick=True),
        {"count": "Counts", "total": "Adds up"},
        parts=lambda config: [kit.Part("count", f"seed {seed}", partial(count, 20 + seed)) for seed in config.seeds],
        summary=lambda _config, stage, found: f"{len(found.by_stage[stage])} done",
        result=lambda _config, found: found.read("total", Total)[0],
        page=page,
        then=(totals,),
    )
    return list(runner.run(lesson, lesson.quick, folder, resume=resume, executor=in_this_process))


def test_later_parts_are_given_what_the_first_ones_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runner, "write_page", lambda *_: None)
    *told, end = run(tmp_path / "run")
    assert isinstance(end, Finished)
    assert end.headline == "41 in all"
    ends = [(news.stage, news.note) for news in told if isinstance(news, Progress) and news.share == 1.0]
    assert [stage for stage, _ in ends] == ["count", "total", "page"]
    assert ends[0][1] == "2 done"
    assert end.result["time_claims"][0]["got"] == "count, total"
    (tmp_path / "run" / "result.json").unlink()
    (tmp_path / "run" / "parts" / "total-all.json").unlink()
    *_, again = run(tmp_path / "run", resume=True)
    assert isinstance(again, Finished)
    assert again.headline == end.headline
    assert again.result["time_claims"][0]["got"] == "", "no clock has seen the whole of it"


@dataclass(frozen=True, slots=True)
class Made:
    files: kit.Attachments


def test_files_inside_of_what_was_found_come_back_to_the_bit_and_overwrite_nothing(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "weights").write_bytes(bytes(range(256)))
    made = Made(kit.Attachments.read(tmp_path / "a"))
    again = records.from_json(records.to_json(made), Made, "a part", "do it anew")
    assert again == made
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "weights").write_bytes(b"mine")
    for folder in ("b", "c"):
        again.files.write(tmp_path / folder)
    assert (tmp_path / "b" / "weights").read_bytes() == b"mine"
    assert (tmp_path / "c" / "weights").read_bytes() == bytes(range(256))
