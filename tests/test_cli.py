"""The command line as a person meets it: help, results, complaints of one line, exit codes, nothing overwritten."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim import cli, cli_arguments, cli_errors, cli_inputs, cli_train
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.learn.base import Round
from drive_sim.sim import suites

ROOT = Path(__file__).resolve().parent.parent
RUN = [sys.executable, str(ROOT / "run_sim.py")]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command starts in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded") / "recording"
    assert cli.main(["record", "--seconds", "4", "--seed", "3", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def model(recording: Path) -> Path:
    folder = recording.parent / "model"
    arguments = ["train", str(recording), "--network", "small", "--steps", "3", "--out", str(folder)]
    assert cli.main(arguments) == 0
    return folder


def complaint(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a refused command says; that it is refused politely is checked here."""
    try:
        exit_code = cli.main(arguments)
    except SystemExit as left:
        exit_code = left.code
    text = capsys.readouterr().err
    assert exit_code == 2
    assert text.endswith("\n") and text.count("\n") == 1, f"one line is wanted, got {text!r}"
    return text


def test_help_is_given_to_whoever_types_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in cli.COMMANDS)


@pytest.mark.parametrize("command", list(cli.COMMANDS))
def test_help_of_every_command_teaches_by_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    assert f"{cli_arguments.program()} {command}" in text.split("examples:")[1]
    assert all(option in text for option in ("--seed", "--json", "--debug"))


def test_names_in_the_help_are_the_real_ones() -> None:
    from drive_sim.policies.networks import NETWORKS

    assert set(cli_arguments.SUITES) == set(suites.SUITE_SEEDS)
    assert set(cli_arguments.NETWORKS) == set(NETWORKS)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["evalute", "expert"], "evaluate"),
        (["evaluate", "exprt"], "expert"),
        (["evaluate", "expert", "--suite", "heldout"], "held-out"),
        (["train", "nowhere", "--network", "pilotnett"], "pilotnet"),
        (["train", "nowhere", "--augment", "shift_rotate"], "shift-rotate"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_the_near_name(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"did you mean {hint}" in complaint(arguments, capsys)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["train", "nowhere"], "nowhere"),
        (["train", "empty.csv", "--camera", "nowhere.json"], "cannot use nowhere.json"),
        (["train", "empty.csv"], "calibrate"),
        (["calibrate", "empty.csv"], "empty.csv"),
        (["evaluate", "folder/nothing"], "folder/nothing"),
        (["evaluate", "expert", "--distance", "-1"], "--distance"),
        (["record", "--seconds", "nan"], "--seconds"),
        (["record", "--seed", "-1"], "--seed"),
        (["record", "--track", "nowhere.csv"], "nowhere.csv"),
        (["record", "--track", "folder"], "folder"),
        (["record", "--out", "empty.csv"], "empty.csv"),
        (["record", "--out", "folder"], "folder"),
        (["record", "--json", "empty.csv"], "empty.csv"),
        (["record", "--json", "nowhere/scores.json"], "no folder nowhere"),
        (["calibrate", "log", "--out", "empty.csv"], "--out"),
        (["calibrate", "log", "--out", "nowhere/camera.json"], "no folder nowhere"),
        (["watch", "folder/nothing"], "folder/nothing"),
        (["home", "--size", "3x4"], "640x360"),
        (["drive", "--out", "folder"], "folder"),
        (["drive", "--frame-log", "empty.csv"], "empty.csv"),
    ],
)
def test_bad_input_is_named_in_one_line(
    arguments: list[str], word: str, empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (empty_folder / "empty.csv").touch()
    (empty_folder / "folder").mkdir()
    (empty_folder / "folder" / "mine.txt").write_text("precious")
    assert word in complaint(arguments, capsys)
    assert (empty_folder / "folder" / "mine.txt").read_text() == "precious"
    assert (empty_folder / "empty.csv").read_text() == ""


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EISDIR, errno.EROFS])
def test_a_disk_that_refuses_is_bad_input(
    code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(args: object) -> cli.Result:
        raise OSError(code, os.strerror(code), "some/file")

    monkeypatch.setitem(cli.COMMANDS, "record", refuse)
    assert "some/file" in complaint(["record"], capsys)


def test_a_full_disk_is_said_before_the_training(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_train, "MODEL_MB", 10**9)
    assert cli.main(["train", str(recording), "--network", "small", "--steps", "100000"]) == 2
    assert "MB are free" in capsys.readouterr().err


def test_a_fault_of_ours_is_no_traceback_either(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(args: object) -> cli.Result:
        raise KeyError("left\nright")

    monkeypatch.setitem(cli.COMMANDS, "record", fail)
    assert cli.main(["record"]) == 1
    text = capsys.readouterr().err
    assert "--debug" in text
    assert text.count("\n") == 1
    with pytest.raises(KeyError):
        cli.main(["record", "--debug"])


@pytest.mark.parametrize("command", ["home", "drive", "watch expert", "watch --lecture"])
def test_without_a_display_a_window_names_what_to_do_instead(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_inputs, "has_display", lambda: False)
    text = complaint(command.split(), capsys)
    assert "no display" in text
    assert any(instead in text for instead in ("demo --headless", "record", "evaluate expert", "evaluate MODEL"))


def test_without_a_pair_what_ships_is_watched_and_a_lecture_makes_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [Path(name).name for name in cli_inputs.models_to_watch([], lecture=False)] == ["pilotnet", "alvinn"]
    assert cli_inputs.models_to_watch([], lecture=True) == ()


@pytest.mark.parametrize("arguments", [[], ["drive"]])
def test_a_display_that_does_not_answer_is_bad_input(arguments: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SDL_VIDEODRIVER"}
    done = subprocess.run(
        [*RUN, *arguments], env=environment | {"DISPLAY": ":987"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    line = done.stderr.splitlines()[-1]  # the system's own libraries may complain before
    assert "no window can be opened" in line
    assert "headless" in line or "record" in line


@pytest.mark.parametrize("out", [".", "link", "deep/in/there", "read-only/empty"])
def test_a_finished_training_fills_its_folder_whatever_that_is(out: str, recording: Path, empty_folder: Path) -> None:
    for name in ("target", "read-only/empty", "here"):
        (empty_folder / name).mkdir(parents=True)
    (empty_folder / "here" / "link").symlink_to(empty_folder / "target")
    (empty_folder / "read-only").chmod(0o555)
    where = {"link": "here/link"}.get(out, out)
    if out == ".":
        os.chdir("target")
    arguments = ["train", str(recording), "--network", "small", "--steps", "2", "--out", where]
    assert cli.main(arguments) == 0
    assert cli_inputs.load_drivers([str(Path(where).absolute())], suites.make_suite("train").tracks)


def test_two_runs_do_not_share_a_folder(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = "from drive_sim import files; files.claim(files.new_folder(files.Path('out')), ''); print(1, flush=True)"
    other = subprocess.Popen([sys.executable, "-c", f"{code}; input()"], stdin=-1, stdout=-1)
    try:
        assert other.stdout is not None and other.stdout.readline()
        assert "another run" in complaint(["train", str(recording), "--out", "out"], capsys)
    finally:
        other.kill()
        other.communicate()


@pytest.mark.parametrize("option", ["--json", "--out"])
def test_a_place_that_takes_no_file_is_said_before_the_work(
    option: str, empty_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**where: Path) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert "cannot write x: Permission denied" in complaint(["record", "--seconds", "9999", option, "x"], capsys)
    assert not list(empty_folder.rglob("*.arrow"))


def test_record_train_evaluate(model: Path, capsys: pytest.CaptureFixture[str], empty_folder: Path) -> None:
    arguments = ["evaluate", "expert", str(model), "--distance", "0.05", "--json", "scores.json"]
    assert cli.main(arguments) == 0
    assert "expert" in capsys.readouterr().out
    result = json.loads((empty_folder / "scores.json").read_text())
    assert result["suite"] == "held-out"
    assert result["models"]["expert"]["interventions"] == 0
    assert set(result["models"]) == {"expert", str(model)}


def test_a_policy_that_draws_its_commands_is_saved_driven_and_watched(
    recording: Path, model: Path, capsys: pytest.CaptureFixture[str]
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
        assert "--draw-commands is bc's" in complaint([*refused, "--draw-commands"], capsys)


def test_a_python_without_our_packages_is_told_what_to_do() -> None:
    run = subprocess.run([sys.executable, "-S", *RUN[1:], "record"], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "make setup" in run.stderr


def test_a_module_of_ours_that_is_missing_is_a_fault_of_ours() -> None:
    text, exit_code = cli_errors.told(ModuleNotFoundError("No module named 'drive_sim.it'", name="drive_sim.it"))
    assert exit_code == 1
    assert "a fault of ours" in text


def test_training_judges_first(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", str(recording), "--network", "small", "--steps", "1"]) == 0
    assert "warning: only 4 s" in capsys.readouterr().err
    assert (Path("runs") / "train-001" / "config.json").is_file()


def test_the_next_run_gets_the_next_number() -> None:
    for _ in range(2):
        assert cli.main(["record", "--seconds", "0.2"]) == 0
    assert sorted(path.name for path in Path("runs").iterdir()) == ["record-001", "record-002"]


def test_same_seed_same_recording(recording: Path, empty_folder: Path) -> None:
    from drive_sim.data.recording import load_recording

    again = empty_folder / "again"
    assert cli.main(["record", "--seconds", "4", "--seed", "3", "--out", str(again)]) == 0
    first, second = (load_recording(folder).demonstrations() for folder in (recording, again))
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.curvature_per_m, second.curvature_per_m)


def test_a_circuit_file_is_a_road(empty_folder: Path) -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 120, endpoint=False)
    rows = np.column_stack([60.0 * np.cos(angle), 60.0 * np.sin(angle), np.full((120, 2), 3.0)])
    np.savetxt(empty_folder / "ring.csv", rows, delimiter=",", header="x_m,y_m,w_tr_right_m,w_tr_left_m")
    arguments = ["evaluate", "expert", "--track", "ring.csv", "--distance", "0.1", "--json", "scores.json"]
    assert cli.main(arguments) == 0
    assert json.loads((empty_folder / "scores.json").read_text())["models"]["expert"]["interventions"] == 0


def test_windows_run_headless_for_so_many_frames(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["watch", "expert", str(model), "--frames", "8", "--json", "watched.json"]) == 0
    assert "0 interventions" in capsys.readouterr().out
    assert json.loads(Path("watched.json").read_text())["scores"]["expert"]["interventions"] == 0
    assert cli.main(["drive", "--out", "mine", "--frames", "3"]) == 0
    assert "nothing was recorded" in capsys.readouterr().out
    assert not Path("mine").exists(), "an empty recording leaves no folder"
    assert cli.main(["home", "--frames", "2", "--size", "800x450", "--frame-log", "frames.json"]) == 0
    log = json.loads(Path("frames.json").read_text())
    assert (log["size_px"], len(log["frame_ms"])) == ([800, 450], 2)
    assert not Path("runs").exists()


@pytest.mark.slow
def test_calibration_finds_the_camera_that_training_takes(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shared_data / "udacity-lap" / "driving_log.csv"
    assert cli.main(["calibrate", str(log), "--out", "camera.json"]) == 0
    assert cli_inputs.read_camera(Path("camera.json"))[0].width_px == 320
    capsys.readouterr()
    assert cli.main(["train", str(log), "--camera", "camera.json", "--network", "small", "--steps", "2"]) == 0
    assert "800 of 800 rows" in capsys.readouterr().err


def test_a_camera_of_another_size_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    import cv2

    Path("IMG").mkdir()
    assert cv2.imwrite("IMG/a.jpg", np.zeros((160, 320, 3), np.uint8))
    Path("driving_log.csv").write_text("IMG/a.jpg,,,0.1,0,0,20\n")
    Path("camera.json").write_text('{"camera": {"width_px": 640, "height_px": 320, "horizon_px": 100}}')
    text = complaint(["train", "driving_log.csv", "--camera", "camera.json"], capsys)
    assert "pictures are 320x160" in text
    assert "calibrate driving_log.csv" in text


@pytest.mark.parametrize(
    "text", ["", "[]", '{"camera": {"colour": 3}}', '{"camera": {"width_px": -2}}', '{"camera": {"horizon_px": NaN}}']
)
def test_what_is_no_camera_file_is_refused(text: str, recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("camera.json").write_text(text)
    assert "camera" in complaint(["train", str(recording), "--camera", "camera.json"], capsys)


def test_a_reader_that_goes_away_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*RUN, "--help"], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("num_rounds", [0, 1])
def test_ctrl_c_keeps_the_best_network_so_far(
    num_rounds: int, recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from drive_sim.learn import bc

    whole = bc.train

    def interrupted(config: bc.Config, demos: Demonstrations, rng: np.random.Generator) -> Iterator[Round]:
        yield from islice(whole(config, demos, rng), num_rounds)
        raise KeyboardInterrupt

    monkeypatch.setattr(bc, "train", interrupted)
    assert cli.main(["train", str(recording), "--network", "small", "--steps", "2", "--out", "model"]) == 130
    text = capsys.readouterr().err.splitlines()[-1]
    if num_rounds:
        assert "the best network so far is in model" in text
        assert cli.main(["evaluate", "model", "--distance", "0.01"]) == 0
    else:
        assert "nothing was learned" in text


def test_ctrl_c_says_where_the_recording_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], empty_folder: Path
) -> None:
    from drive_sim.data import rollout
    from drive_sim.data.recording import load_recording

    whole = rollout.drive

    def interrupted(*args: Any, **kwargs: Any) -> Iterator[rollout.Tick]:
        yield from islice(whole(*args, **kwargs), 25)
        raise KeyboardInterrupt

    monkeypatch.setattr(rollout, "drive", interrupted)
    assert cli.main(["record", "--out", "mine"]) == 130
    assert "what was recorded is in mine" in capsys.readouterr().err
    assert len(load_recording(empty_folder / "mine").demonstrations()) == 25


def test_scores_are_a_table_with_intervals() -> None:
    from drive_sim.cli_display import scores

    figures = {
        "distance_km": 40.0,
        "interventions": 3,
        "interventions_per_km": 0.075,
        "interventions_per_km_low": 0.0,
        "interventions_per_km_high": 0.15,
        "autonomy_percent": 99.46,
        "autonomy_percent_low": None,
        "autonomy_percent_high": None,
        "offset_mean_cm": 11.0,
        "offset_p95_cm": 31.0,
        "offset_max_cm": 140.0,
        "command_jerk_rad_s3": None,
    }
    head, row = scores({"mine": figures}).splitlines()
    assert head.startswith("model")
    assert "0.07 (0.00 to 0.15)" in row
    assert "99.5" in row


def test_the_expert_in_the_loop_stopped_and_resumed(
    empty_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
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
    assert "settings.json is missing" in complaint(["train", "--resume", "nowhere"], capsys)
    assert "recordings" in complaint(["train"], capsys)
