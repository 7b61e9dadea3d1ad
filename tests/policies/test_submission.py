"""What is handed in is taken as it lies there: plain files of a limited size, and no link to what is another's."""

import os
import pickle
from pathlib import Path

import pytest

from drive_sim.errors import InputError
from drive_sim.policies.submission import SubmissionError, taken_in


def refusal(path: Path) -> str:
    with pytest.raises(SubmissionError) as refused, taken_in(path, 1):
        pass
    assert "\n" not in str(refused.value) and path.name in str(refused.value)
    assert str(path.parent) not in str(refused.value), "students read this line"
    return str(refused.value)


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"network")
    (tmp_path / "link.onnx").symlink_to("a.onnx")
    (tmp_path / "nowhere.onnx").symlink_to("nothing")
    os.mkfifo(tmp_path / "pipe.onnx")
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "model.pt").write_bytes(pickle.dumps(print))
    (tmp_path / "large.onnx").write_bytes(bytes(2**20 + 1))
    assert "is a link" in refusal(tmp_path / "link.onnx")
    assert "is a link" in refusal(tmp_path / "nowhere.onnx")
    assert "no plain file" in refusal(tmp_path / "pipe.onnx")
    assert "config.json is missing" in refusal(tmp_path / "folder.onnx")
    assert "is no model" in refusal(tmp_path / "model.pt")
    assert "more than 1 MB" in refusal(tmp_path / "large.onnx")


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    private = tmp_path / "private.json"
    private.write_text("{}")
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").symlink_to(private)
    (model / "weights.safetensors").write_bytes(b"")
    with pytest.raises(SubmissionError, match=r"cannot read config\.json"), taken_in(model, 1):
        pass


def test_where_nothing_lies_nothing_was_handed_in(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused, taken_in(tmp_path / "a.onnx", 1):
        pass
    assert not isinstance(refused.value, SubmissionError)


def test_the_copy_is_all_that_there_is_and_goes_again(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"network")
    (tmp_path / "secret").write_bytes(b"roads")
    with taken_in(tmp_path / "a.onnx", 1) as taken:
        assert [path.read_bytes() for path in taken.folder.iterdir()] == [b"network"]
        assert taken.name == "a.onnx"
    assert not taken.folder.exists()
