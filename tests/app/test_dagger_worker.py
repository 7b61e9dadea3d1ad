"""DAgger beside the window: it goes on from the clone and its recording, and says what it has learned from."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.app import dagger_worker
from drive_sim.app.model_discovery import training_recordings
from drive_sim.app.training_messages import DAGGER, ModelSaved, StepsDone, TrainingTask
from drive_sim.app.training_places import scripted_demonstration
from drive_sim.data.rollout import drive, episode_info, record
from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.lessons.kit.training import training_config
from drive_sim.policies.expert import PursuitExpert
from drive_sim.policies.model_folder import load_model
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from tests.app.untaught_models import save_alvinn, save_straight_driver

TICKS = 25


class Heard:
    """The window's end of the connection."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    def send(self, message: Any) -> None:
        self.messages.append(message)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    tracks, scenes = Tracks.stack([make_circle(60.0)]), Scenes.stack([make_scene("day", rng)])
    env = DriveEnv(tracks, scenes, EnvConfig(), rng)
    ticks = drive(env, PursuitExpert(tracks), TICKS, rng)
    list(record(ticks, tmp_path / "drive", [episode_info(env)], "expert"))
    return tmp_path / "drive"


@pytest.mark.slow
def test_the_first_round_is_the_clone_and_its_recording(
    tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dagger_worker, "ROUNDS", dagger.Config(num_rounds=2, ticks_per_round=4))
    monkeypatch.setattr(dagger_worker, "training_config", lambda name, steps: training_config(name, steps, "small"))
    clone, heard = save_straight_driver(tmp_path / "plain"), Heard()
    task = TrainingTask(DAGGER, (recording,), tmp_path / "dagger", 3, 2, clone)
    dagger_worker.train(heard, task)  # type: ignore[arg-type]
    assert isinstance(heard.messages[-1], ModelSaved)
    steps = [message for message in heard.messages if isinstance(message, StepsDone)]
    assert (steps[-1].number, steps[-1].num_steps) == (2, 2), "only the second round is fitted"
    metrics = json.loads((tmp_path / "dagger" / "metrics.json").read_text())
    assert (metrics["num_frames"], metrics["num_shown"]) == (TICKS + 4, TICKS)
    assert isinstance(load_model(tmp_path / "dagger"), NeuralPolicy)
    assert [path.resolve() for path in training_recordings(tmp_path / "dagger")] == [recording.resolve()]


@pytest.mark.slow
def test_the_demonstration_of_a_clone_that_ships_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dagger_worker, "ROUNDS", dagger.Config(num_rounds=2, ticks_per_round=4))
    monkeypatch.setattr(dagger_worker, "training_config", lambda name, steps: training_config(name, steps, "small"))
    clone = save_straight_driver(tmp_path / "plain")
    made = {"seed": 3, "num_ticks": TICKS}
    (clone / "metrics.json").write_text(json.dumps({"demonstration": made}))
    dagger_worker.train(Heard(), TrainingTask(DAGGER, (), tmp_path / "dagger", 3, 2, clone))  # type: ignore[arg-type]
    metrics = json.loads((tmp_path / "dagger" / "metrics.json").read_text())
    assert (metrics["num_shown"], metrics["demonstration"]) == (TICKS, made)
    assert scripted_demonstration(tmp_path / "dagger") == scripted_demonstration(clone)


def test_who_is_no_clone_teaches_nothing(tmp_path: Path, recording: Path) -> None:
    task = TrainingTask(DAGGER, (recording,), tmp_path / "dagger", 3, 1, save_alvinn(tmp_path / "alvinn"))
    with pytest.raises(InputError, match="goes on from a cloned network"):
        dagger_worker.train(Heard(), task)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="name one"):
        dagger_worker.train(Heard(), replace(task, start_from=None))  # type: ignore[arg-type]
