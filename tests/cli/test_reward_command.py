"""`reward`: what a driver likes, as files, words and a driver; and recordings that cannot say it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drive_sim import cli
from drive_sim.cli import reward
from drive_sim.data import rollout
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle, make_straight
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks
from tests.browser import assert_fits, needs_browser


@pytest.fixture(scope="module")
def long_recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("liked") / "recording"
    assert cli.main(["record", "--seconds", "25", "--seed", "3", "--out", str(folder)]) == 0
    return folder


def recorded(track: Track, folder: Path, drivers: tuple[str, ...] = ("expert",), num_ticks: int = 90) -> Path:
    camera = Camera(width_px=8, height_px=6)
    for driver in drivers:
        env = DriveEnv(Tracks.stack([track]), Scenes.stack([Scene()]), EnvConfig(camera), np.random.default_rng(0))
        ticks = rollout.drive(env, PursuitExpert(env.tracks), num_ticks, np.random.default_rng(1))
        for _ in rollout.record(ticks, folder, [rollout.episode_info(env)], driver):
            pass
    return folder


@pytest.mark.slow
def test_it_says_what_is_liked_and_makes_a_driver(
    long_recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reward, "_FILM_S", 0.5)
    assert cli.main(["reward", str(long_recording), "--out", "liked", "--json", "liked.json"]) == 0
    said = capsys.readouterr().out
    found = json.loads(Path("liked/result.json").read_text())
    assert "expert likes to be in the lane's middle" in said
    assert abs(found["likes"]["straight"]["liked_m"]) < 0.1
    assert found["weights"]["offset^2"] < 0.0 < found["standard_errors"]["offset^2"]
    page = Path("liked/page.html").read_text()
    assert found["words"] in page.replace("&#39;", "'") and 'src="film.mp4"' in page
    assert Path("liked/film.mp4").stat().st_size > 1000
    assert cli.main(["evaluate", "liked/model", "--distance", "0.05"]) == 0
    assert json.loads(Path("liked.json").read_text())["weights"] == found["weights"]


def test_maximum_margin_says_that_it_has_no_intervals(long_recording: Path) -> None:
    arguments = ["reward", str(long_recording), "--method", "max-margin", "--no-film", "--out", "margin"]
    assert cli.main(arguments) == 0
    found = json.loads(Path("margin/result.json").read_text())
    assert found["standard_errors"] is None
    assert "there are no intervals" in Path("margin/page.html").read_text()
    assert not Path("margin/film.mp4").exists()


@pytest.mark.slow
@needs_browser
def test_on_a_phone_nothing_of_its_page_is_cut(long_recording: Path, tmp_path: Path) -> None:
    assert cli.main(["reward", str(long_recording), "--method", "max-margin", "--no-film", "--out", "narrow"]) == 0
    assert_fits(Path("narrow/page.html"), tmp_path)


def test_recordings_that_cannot_say_it_are_refused_in_one_line(
    tmp_path: Path, recording: Path, complaint: Callable[[list[str]], str]
) -> None:
    straight = recorded(make_straight(400.0), tmp_path / "straight")
    assert "never bends" in complaint(["reward", str(straight)])
    two = recorded(make_circle(60.0), tmp_path / "two", ("expert", "human"))
    assert "two drivers, expert (90 rows) and human (90 rows)" in complaint(["reward", str(two)])
    assert "expert, human" in complaint(["reward", str(two), "--driver", "policy"])
    tight = recorded(make_circle(9.2), tmp_path / "tight")
    assert "radius" in complaint(["reward", str(tight)])
    wide = recorded(make_circle(60.0, half_width_m=8.0), tmp_path / "wide")
    assert "m wide" in complaint(["reward", str(wide)])
    assert "without a break" in complaint(["reward", str(recording)])
    assert "max-margin" in complaint(["reward", str(recording), "--method", "guess"])


def test_a_log_without_places_says_what_can_be_known(tmp_path: Path, complaint: Callable[[list[str]], str]) -> None:
    log = tmp_path / "driving_log.csv"
    log.write_text("".join(f"center_{i}.jpg,,,{0.1 * (i % 3)},0.2,0,20\n" for i in range(9)))
    said = complaint(["reward", str(log)])
    assert "cannot be known; only how he steers" in said and "9 rows" in said


def test_one_of_two_drivers_can_be_named(tmp_path: Path) -> None:
    two = recorded(make_circle(60.0), tmp_path / "two", ("expert", "human"), 150)
    assert cli.main(["reward", str(two), "--driver", "human", "--no-film", "--out", "his"]) == 0
    assert json.loads(Path("his/result.json").read_text())["driver"] == "human"
    assert len(load_recording(two).episodes) == 2
    shutil.rmtree(two)


@pytest.mark.parametrize("late", [InputError("of no offset"), KeyboardInterrupt()])
def test_what_is_found_or_stopped_too_late_leaves_no_empty_folder(
    late: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from drive_sim.irl import learned_reward

    def learn(*_: object) -> None:
        raise late

    monkeypatch.setattr(learned_reward, "learn", learn)
    circle = recorded(make_circle(60.0), tmp_path / "circle")
    assert cli.main(["reward", str(circle), "--out", "deep/liked"]) == (2 if isinstance(late, InputError) else 130)
    assert capsys.readouterr().err.splitlines()[-1].endswith(("of no offset", "stopped; nothing was made yet"))
    assert list(tmp_path.iterdir()) == [circle]
