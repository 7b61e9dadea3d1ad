"""`train --method gail`: shown, kept, stopped and resumed; what cannot be learned so is said in one line."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from drive_sim import cli
from drive_sim.cli import train_trials
from drive_sim.learn import adversarial_rewards, gail
from drive_sim.sim.camera import Camera

Complaint = Callable[[list[str]], str]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few cars, short rounds."""
    monkeypatch.setattr(train_trials, "NUM_CARS", 2)
    monkeypatch.setattr(train_trials, "NUM_ROADS", 1)
    monkeypatch.setattr(train_trials, "TICKS_PER_ROUND", 20)


def stop_in(round_number: int, monkeypatch: pytest.MonkeyPatch, error: type[BaseException] = KeyboardInterrupt) -> None:
    """The discriminator's steps of that round, counted from now, come to an end in another way."""
    whole, calls = gail.discriminate, []

    def interrupted(*args: object, **named: object) -> dict[str, float]:
        calls.append(1)
        if len(calls) == round_number:
            raise error
        return whole(*args, **named)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(gail, "discriminate", interrupted)


@pytest.mark.parametrize("reads", ["lane-pose", pytest.param("pixels", marks=pytest.mark.slow)])
def test_learned_evaluated_and_watched(reads: str, recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", str(recording), "--method", "gail", "--input", reads, "--rounds", "2", "--out", "run"]
    assert cli.main([*arguments, "--json", "result.json"]) == 0
    told = capsys.readouterr()
    assert "80 steps in 2 rounds; the model is in run/model-after-002" in told.out
    shown = r"round 2 of 2, C right \d+%, loss \S+, entropy \d\.\d+, reward [+-]\d\.\d+, return -?\d+, [\d,]+ steps/s"
    assert re.search(shown, told.err)
    config = json.loads(Path("run/model-after-002/config.json").read_text())
    assert (config["kind"], config["input"], config["training"]["method"]) == ("steering", reads, "gail")
    assert cli.main(["evaluate", "run/model-after-002", "--distance", "0.01"]) == 0
    assert cli.main(["watch", "run/model-after-002", "--frames", "3"]) == 0
    assert "accuracy" in json.loads(Path("result.json").read_text())


@pytest.mark.parametrize("method", ["sqil", "iq-learn"])
def test_values_of_actions_are_learned_and_drive(method: str, recording: Path) -> None:
    assert cli.main(["train", str(recording), "--method", method, "--rounds", "1", "--out", "run"]) == 0
    config = json.loads(Path("run/model-after-001/config.json").read_text())
    assert (config["kind"], config["policy"]["kind"]) == ("steering", "categorical")
    assert config["policy"]["temperature"] > 0.0
    assert cli.main(["evaluate", "run/model-after-001", "--distance", "0.01"]) == 0


def test_stopped_and_resumed_is_as_never_stopped(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["train", str(recording), "--method", "gail", "--rounds", "3"]
    assert cli.main([*arguments, "--out", "whole"]) == 0
    with monkeypatch.context() as patch:
        stop_in(3, patch)
        assert cli.main([*arguments, "--out", "stopped"]) == 130
    text = capsys.readouterr().err.splitlines()[-1]
    assert "stopped; the last round's model is in stopped/model-after-002" in text and "train --resume stopped" in text
    assert cli.main(["train", "--resume", "stopped"]) == 0
    weights = [Path(run, "model-after-003", "weights.safetensors").read_bytes() for run in ("whole", "stopped")]
    assert weights[0] == weights[1]


def test_ctrl_c_in_the_first_round_says_how_to_go_on(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stop_in(1, patch)
        assert cli.main(["train", str(recording), "--method", "gail", "--rounds", "1", "--out", "run"]) == 130
    assert "stopped in the first round; go on: " in capsys.readouterr().err.splitlines()[-1]
    assert cli.main(["train", "--resume", "run"]) == 0


def test_a_training_that_diverges_names_the_round_and_step_and_keeps_what_was_learned(
    recording: Path, monkeypatch: pytest.MonkeyPatch, complaint: Complaint, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, calls = adversarial_rewards.rewards, []

    def broken(*args: object) -> np.ndarray:
        calls.append(1)
        return whole(*args) * (np.nan if len(calls) == 2 else 1.0)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(gail, "rewards", broken)
    arguments = ["train", str(recording), "--method", "gail", "--rounds", "3", "--out", "run"]
    assert cli.main(arguments) == 2
    text = capsys.readouterr().err.splitlines()[-1]
    assert "round 2: the loss of training step 1 is nan" in text
    assert "what was learned until then is in run/model-after-001" in text
    assert cli.main(["evaluate", "run/model-after-001", "--distance", "0.01"]) == 0


def test_numbers_as_tensorboard_s_files(recording: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    arguments = ["train", str(recording), "--method", "gail", "--rounds", "2", "--out", "run"]
    assert cli.main([*arguments, "--tensorboard", "board"]) == 0
    events = accumulator.EventAccumulator("board")
    events.Reload()
    wanted = {"accuracy", "entropy", "mean_reward", "mean_return", "steps_per_s"}
    assert wanted <= set(events.Tags()["scalars"])
    assert [event.step for event in events.Scalars("accuracy")] == [40, 80]


def test_without_tensorboard_one_line_says_which_extra(
    recording: Path, monkeypatch: pytest.MonkeyPatch, complaint: Complaint
) -> None:
    for name in [
        name for name in sys.modules if name.split(".")[0] == "tensorboard" or name.startswith("torch.utils.t")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    arguments = ["train", str(recording), "--method", "gail", "--rounds", "1", "--tensorboard", "board"]
    assert "pip install 'drive-sim[tensorboard]'" in complaint(arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--method", "gail"], "gail needs demonstrations to imitate: name a recording"),
        (["--method", "sqil"], "sqil needs demonstrations to imitate: name a recording"),
        (["REC", "--method", "gail", "--input", "pixel"], "did you mean pixels?"),
        (["REC", "--method", "gail", "--reward", "fame"], "unknown reward 'fame'"),
        (["REC", "--method", "gail", "--steps", "3"], "give --rounds"),
        (["REC", "--method", "gail", "--augment", "shift-rotate"], "leave --augment and --steps out"),
        (["REC", "--method", "sqil", "--reward", "logit"], "--reward is gail's"),
        (["REC", "--method", "dagger", "--input", "pixels"], "--input is for what tries"),
        (["REC", "--tensorboard", "board"], "--tensorboard is for what tries"),
        (["REC", "--method", "gail", "--track", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_learned_so_is_said_before_time_is_spent(
    arguments: list[str], message: str, recording: Path, complaint: Complaint
) -> None:
    typed = ["train", *(str(recording) if word == "REC" else word for word in arguments)]
    assert message in complaint(typed)
    assert not Path("runs").exists()


def test_a_log_without_lane_poses_is_learned_from_pixels(complaint: Complaint) -> None:
    import cv2

    Path("IMG").mkdir()
    for i in range(3):
        assert cv2.imwrite(f"IMG/{i}.jpg", np.zeros((160, 320, 3), np.uint8))
    Path("driving_log.csv").write_text("".join(f"IMG/{i}.jpg,,,0.1,0,0,20\n" for i in range(3)))
    camera = asdict(Camera(320, 160, horizon_px=60.0))
    Path("camera.json").write_text(json.dumps({"camera": camera}))
    told = complaint(["train", "driving_log.csv", "--camera", "camera.json", "--method", "gail"])
    assert "the lane pose is not known here; learn from pixels" in told
