"""`train`: what is judged before, what is saved, and what Ctrl-C keeps."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim import cli
from drive_sim.cli import train_cloning
from drive_sim.learn.base import ImitationTask, Round

Complaint = Callable[[list[str]], str]


def test_a_full_disk_is_said_before_the_training(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train_cloning, "MODEL_MB", 10**9)
    assert cli.main(["train", str(recording), "--network", "small", "--steps", "100000"]) == 2
    assert "MB are free" in capsys.readouterr().err


@pytest.mark.slow
def test_a_policy_that_draws_its_commands_is_saved_driven_and_watched(
    recording: Path, model: Path, capsys: pytest.CaptureFixture[str], complaint: Complaint
) -> None:
    from drive_sim.data.recording import load_recording
    from drive_sim.policies.gaussian import GaussianPolicy
    from drive_sim.policies.model_folder import load_model
    from drive_sim.policies.neural import NeuralPolicy

    arguments = ["train", str(recording), "--network", "small", "--steps", "3", "--draw-commands"]
    assert cli.main([*arguments, "--out", "drawn"]) == 0
    policy, plain = load_model(Path("drawn")), load_model(model)
    assert isinstance(policy, GaussianPolicy)
    assert isinstance(policy.mean, NeuralPolicy)
    assert isinstance(plain, NeuralPolicy)
    demos = load_recording(recording).demonstrations()
    by_network = policy.mean.predict(demos.images)
    np.testing.assert_array_equal(by_network, plain.predict(demos.images))
    assert policy.width_per_m == pytest.approx(np.sqrt(np.mean((by_network - demos.curvature_per_m) ** 2)))
    assert json.loads(Path("drawn/metrics.json").read_text())["width_per_m"] == policy.width_per_m
    assert cli.main(["evaluate", "drawn", "--distance", "0.02"]) == 0
    assert cli.main(["watch", "drawn", "--frames", "3"]) == 0
    capsys.readouterr()
    for refused in (["train", "--method", "dagger"], ["train", "--resume", "drawn"]):
        assert "--draw-commands is bc's" in complaint([*refused, "--draw-commands"])


def test_training_judges_first(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", str(recording), "--network", "small", "--steps", "1"]) == 0
    assert "warning: only 4 s" in capsys.readouterr().err
    assert (Path("runs") / "train-001" / "config.json").is_file()


def test_a_camera_of_another_size_is_refused(complaint: Complaint) -> None:
    import cv2

    Path("IMG").mkdir()
    assert cv2.imwrite("IMG/a.jpg", np.zeros((160, 320, 3), np.uint8))
    Path("driving_log.csv").write_text("IMG/a.jpg,,,0.1,0,0,20\n")
    Path("camera.json").write_text(
        '{"camera": {"width_px": 640, "height_px": 320, "focal_px": 300, "horizon_px": 100, "height_m": 1, '
        '"forward_m": 1, "side_m": 0}}'
    )
    text = complaint(["train", "driving_log.csv", "--camera", "camera.json"])
    assert "pictures are 320x160" in text
    assert "calibrate driving_log.csv" in text


@pytest.mark.parametrize(
    "text", ["", "[]", '{"camera": {"colour": 3}}', '{"camera": {"width_px": -2}}', '{"camera": {"horizon_px": NaN}}']
)
def test_what_is_no_camera_file_is_refused(text: str, recording: Path, complaint: Complaint) -> None:
    Path("camera.json").write_text(text)
    assert "camera" in complaint(["train", str(recording), "--camera", "camera.json"])


@pytest.mark.parametrize("num_rounds", [0, 1])
def test_ctrl_c_keeps_the_best_network_so_far(
    num_rounds: int, recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from drive_sim.learn import bc

    whole = bc.train

    def interrupted(config: bc.Config, task: ImitationTask, rng: np.random.Generator, **given: Any) -> Iterator[Round]:
        yield from islice(whole(config, task, rng, **given), num_rounds)
        raise KeyboardInterrupt

    monkeypatch.setattr(bc, "train", interrupted)
    assert cli.main(["train", str(recording), "--network", "small", "--steps", "2", "--out", "model"]) == 130
    text = capsys.readouterr().err.splitlines()[-1]
    if num_rounds:
        assert "the best network so far is in model" in text
        assert cli.main(["evaluate", "model", "--distance", "0.01"]) == 0
    else:
        assert "nothing was learned" in text
        assert not Path("model").exists()


@pytest.mark.slow
def test_a_training_that_diverges_names_its_step_and_keeps_the_best_network(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from drive_sim.learn import bc

    monkeypatch.setattr(bc.Config, "learning_rate_at", lambda _, step_idx: 1e-3 if step_idx < 100 else np.inf)
    arguments = ["train", str(recording), "--network", "small", "--augment", "none", "--steps", "130"]
    assert cli.main([*arguments, "--out", "model"]) == 2
    text = capsys.readouterr().err.splitlines()[-1]
    assert "the loss of training step 102 is nan" in text and "the best network until then is in model" in text
    assert cli.main(["evaluate", "model", "--distance", "0.01"]) == 0
    monkeypatch.setattr(bc.Config, "learning_rate_at", lambda _, step_idx: np.inf)
    assert cli.main([*arguments, "--out", "nothing"]) == 2
    assert "training step 2 is nan" in capsys.readouterr().err.splitlines()[-1]
    assert not Path("nothing").exists(), "there was no network to keep"


def test_the_expert_in_the_loop_stopped_and_resumed(
    empty_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, complaint: Complaint
) -> None:
    from drive_sim.learn import ridge

    whole, calls = ridge.fit, []

    def interrupted(*args: Any) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(ridge, "fit", interrupted)
    assert cli.main(["train", "--method", "dagger", "--network", "linear", "--rounds", "3", "--out", "run"]) == 130
    assert "the last round's model is in run" in capsys.readouterr().err
    assert (empty_folder / "run" / "model-after-001" / "config.json").is_file()
    assert cli.main(["train", "--resume", "run"]) == 0
    assert "900 labels in 3 rounds" in capsys.readouterr().out
    assert cli.main(["evaluate", "run/model-after-003", "--distance", "0.01"]) == 0
    capsys.readouterr()
    assert "settings.json is missing" in complaint(["train", "--resume", "nowhere"])
    assert "nowhere" in complaint(["train", "nowhere", "--method", "dagger", "--out", "deep/run"])
    assert "recordings" in complaint(["train"])
