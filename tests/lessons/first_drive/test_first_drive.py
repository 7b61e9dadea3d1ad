"""The whole story, small: a few steps of training and two short roads."""

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import av
import pytest

from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.lessons.first_drive import first_drive
from drive_sim.lessons.first_drive.first_drive_result import Config
from drive_sim.lessons.kit.progress import Finished, Progress
from drive_sim.policies.model_folder import load_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.conditions import CONDITIONS
from tests.browser import assert_fits, needs_browser
from tests.lessons.laws import assert_told_to_their_ends, shown_of_whole_page, strict_json

SMALL = Config(
    seed=1000, conditions=replace(CONDITIONS, num_roads=2, distance_m=120.0), num_ticks=60, num_steps=3, film_s=3.0
)


def tell(config: Config, folder: Path) -> tuple[list[Progress], Finished]:
    *progress, finished = first_drive.run(config, folder)
    assert isinstance(finished, Finished)
    return [news for news in progress if isinstance(news, Progress)], finished


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Progress], Finished]:
    folder = tmp_path_factory.mktemp("first") / "drive"
    return folder, *tell(SMALL, folder)


Told = tuple[Path, list[Progress], Finished]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path):
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(InputError, match="not empty"):
        next(first_drive.run(SMALL, tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.slow
def test_the_folder_holds_the_whole_story(told: Told):
    folder, _, finished = told
    assert finished.folder == folder
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    models = {
        f"models/{m}/{f}"
        for m in ("plain", "shift-rotate")
        for f in ("weights.safetensors", "config.json", "metrics.json")
    }
    assert names == {"result.json", "report.html", "film.mp4", "demonstration/episode-000.arrow"} | models
    assert len(load_recording(folder / "demonstration").demonstrations()) == SMALL.num_ticks
    for name in ("plain", "shift-rotate"):
        policy = load_model(folder / "models" / name)
        assert isinstance(policy, NeuralPolicy)
        assert policy.network_name == "pilotnet"


@pytest.mark.slow
def test_the_result_is_strict_and_complete_and_every_stage_told_to_its_end(told: Told):
    folder, progress, finished = told
    assert_told_to_their_ends(first_drive.STAGES, progress)
    result = strict_json(folder / "result.json")
    assert result["seed"] == 1000
    assert set(result["policies"]) == {"expert", "plain", "shift-rotate"}
    assert result["policies"]["expert"]["interventions"] == 0
    assert len(result["policies"]["plain"]["roads"]) == 2
    assert finished.headline == result["headline"]


@pytest.mark.slow
def test_the_report_needs_nothing_from_outside(told: Told):
    assert "data:video/mp4" in shown_of_whole_page(told[0] / "report.html", 7)


@pytest.mark.slow
@needs_browser
def test_on_a_phone_nothing_of_the_report_is_cut(told: Told, tmp_path: Path):
    assert_fits(told[0] / "report.html", tmp_path)


@pytest.mark.slow
def test_the_film_plays_in_a_browser(told: Told):
    folder, _, _ = told
    with av.open(str(folder / "film.mp4")) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        num_frames = sum(1 for _ in film.decode(stream))
    assert num_frames / float(stream.average_rate or 1) == pytest.approx(SMALL.film_s, abs=0.2)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_result_but_for_times(told: Told, tmp_path: Path):
    folder = told[0]
    tell(SMALL, tmp_path / "again")
    first, second = (
        json.loads((path / "result.json").read_text(encoding="utf-8")) for path in (folder, tmp_path / "again")
    )
    for result in (first, second):
        del result["times"]
        del result["commit"]  # somebody may commit while this runs
    assert json.dumps(first) == json.dumps(second)
    for name in ("plain", "shift-rotate"):
        weights = [path / "models" / name / "weights.safetensors" for path in (folder, tmp_path / "again")]
        assert weights[0].read_bytes() == weights[1].read_bytes()


@pytest.mark.slow
def test_what_is_finished_stays_when_it_is_stopped(tmp_path: Path):
    """Ctrl-C while the networks learn: the recording is there and whole, nothing half-written lies about."""
    story = first_drive.run(SMALL, tmp_path / "stopped")
    assert isinstance(story, Generator)
    for news in story:
        if isinstance(news, Progress) and news.stage.startswith("train"):
            break
    story.close()
    assert [path.name for path in (tmp_path / "stopped").iterdir() if not path.name.startswith("models")] == [
        "demonstration"
    ]
    assert len(load_recording(tmp_path / "stopped" / "demonstration").demonstrations()) == SMALL.num_ticks
