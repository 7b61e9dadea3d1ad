"""Anybody's ONNX file drives in a process of its own as it does here, and what asks for too much ends in a line."""

import os
from pathlib import Path

import numpy as np
import pytest

from drive_sim import cli
from drive_sim.errors import InputError
from drive_sim.policies import process_limits
from drive_sim.policies.confined_onnx import load_confined_onnx
from drive_sim.policies.model_folder import save_model
from drive_sim.policies.onnx_child import from_bytes, to_bytes
from drive_sim.policies.onnx_policy import load_onnx
from drive_sim.policies.process_limits import can_become_nobody
from tests.policies.hostile_onnx import write_memory, write_no_numbers, write_steering, write_time
from tests.policies.test_onnx import export_onnx, make_policy, pictures

pytestmark = pytest.mark.skipif(not process_limits.CAN_LIMIT, reason="this system has no limits")


def test_it_steers_as_in_this_process(tmp_path: Path) -> None:
    policy = make_policy()
    path = export_onnx(policy, tmp_path / "driver.onnx")
    confined, here = load_confined_onnx(path), load_onnx(path)
    seen = pictures(policy.camera)
    np.testing.assert_array_equal(confined.predict(seen), here.predict(seen))
    assert (confined.camera, confined.full_lock_per_m, confined.car) == (here.camera, here.full_lock_per_m, here.car)


def test_what_asks_for_too_much_ends_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drive_sim.policies.confined_onnx.ANSWER_S", 1.0)
    monkeypatch.setattr("drive_sim.policies.confined_onnx.MEMORY_MB", 256)
    for write, said in (
        (write_memory, "more than 256 MB of memory"),
        (write_time, "more of a processor's time than a network does"),
        (write_no_numbers, "no numbers"),
    ):
        path = write(tmp_path / f"{write.__name__}.onnx")
        with pytest.raises(InputError, match=said) as refused:
            driver = load_confined_onnx(path)
            driver.predict(pictures(driver.camera))
        assert "\n" not in str(refused.value)


@pytest.mark.slow
def test_evaluate_ends_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_memory(tmp_path / "memory.onnx")
    assert cli.main(["evaluate", str(path), "--suite", "train", "--distance", "0.02"]) == 2
    said = capsys.readouterr().err.strip().split("\n")
    assert said[-1].endswith("memory.onnx: it asks for more than 2048 MB of memory")


def test_operators_of_other_tools_are_driven_where_they_are_confined(tmp_path: Path) -> None:
    path = write_steering(tmp_path / "identity.onnx")
    assert not load_confined_onnx(path).predict(pictures(load_confined_onnx(path).camera)).any()
    with pytest.raises(InputError, match="has an operator"):
        load_onnx(path)


def test_its_process_ends_with_it(tmp_path: Path) -> None:
    driver = load_confined_onnx(write_steering(tmp_path / "straight.onnx"))
    end = driver.session.end  # pyright: ignore[reportAttributeAccessIssue]
    (process, _) = end.peek()[2]
    assert process.poll() is None
    del driver
    assert not end.alive and process.poll() is not None


def test_arrays_arrive_as_they_were_sent() -> None:
    sent = {
        "image": np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3),
        "speed": np.array([[np.nan], [1.0]], np.float32),
    }
    for name, values in from_bytes(to_bytes(sent)).items():
        np.testing.assert_array_equal(values, sent[name])
    for junk in (b"", b"[[1]]\n", b'[["a", "O", [1]]]\n12345678', b'[["a", "<f4", [3]]]\n1234', b"\x80\x04pickled"):
        with pytest.raises(ValueError, match=r"^"):
            from_bytes(junk)


def test_privileges_are_given_up_only_where_nobody_can_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is imported late has to be readable, or else a student would get nothing for the grader's folders."""
    closed = tmp_path / "closed" / "packages"
    closed.mkdir(parents=True)
    monkeypatch.setattr("sys.path", [str(closed)])
    monkeypatch.setattr("sys.prefix", "/")
    monkeypatch.setattr("sys.base_prefix", "/")
    (tmp_path / "closed").chmod(0o700)
    assert not can_become_nobody()
    opened = [path for path in (closed, *closed.parents) if path.stat().st_uid == os.getuid()]
    modes = {path: path.stat().st_mode for path in opened if path != Path("/")}
    if all(path.stat().st_mode & 1 for path in closed.parents if path not in modes):
        try:
            for path, mode in modes.items():
                path.chmod(mode | 1)
            assert can_become_nobody()
        finally:
            for path, mode in modes.items():
                path.chmod(mode & 0o7777)


def test_watch_and_compare_take_a_file_as_well(tmp_path: Path) -> None:
    from drive_sim.app.drivers import load_driver
    from drive_sim.app.model_hash import model_hash
    from drive_sim.cli.models import models_to_watch

    path, model = export_onnx(make_policy(), tmp_path / "driver.onnx"), tmp_path / "model"
    save_model(model, make_policy(), {}, {})
    assert models_to_watch([str(path), str(model)]) == (str(path), str(model))
    assert load_driver(path).camera == load_driver(model).camera
    assert len({model_hash(path), model_hash(model), model_hash(write_steering(tmp_path / "other.onnx"))}) == 3
    with pytest.raises(InputError, match="is no ONNX file"):
        models_to_watch([str(tmp_path / "missing.onnx")])
    with pytest.raises(InputError, match="no numbers"):
        models_to_watch([str(write_no_numbers(tmp_path / "none.onnx"))])
