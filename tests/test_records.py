"""JSON that anybody may have written becomes a record with its types and ranges, or one line says why not."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pytest

from drive_sim import files, records
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from tests.fuzz.hostile import NO_JSON, TEXTS, fits, number


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    numbers: Annotated[npt.NDArray[np.float64], "n"]
    counts: npt.NDArray[np.int64]
    camera: Camera
    note: str | None = None


GOOD = {"numbers": [1, 2.5, None], "counts": [3], "camera": records.to_json(Camera())}


def refusal(value: object) -> str:
    with pytest.raises(InputError) as refused:
        records.from_json(value, Found, "found.json", "make it anew")
    said = str(refused.value)
    assert said.startswith("found.json: ") and said.endswith("; make it anew") and "\n" not in said and len(said) < 400
    return said


def test_what_is_written_is_read() -> None:
    found = records.from_json(GOOD, Found, "found.json", "")
    assert np.isnan(found.numbers[2]) and found.counts.dtype == np.int64
    assert records.to_json(found) == GOOD | {"numbers": [1.0, 2.5, None], "note": None}


@pytest.mark.parametrize("text", NO_JSON.values(), ids=NO_JSON)
def test_a_text_that_is_no_json_is_damaged(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError, match=r"a\.json is damaged; make it anew"):
        records.read_json(tmp_path / "a.json", "make it anew")


@pytest.mark.parametrize("name", TEXTS)
def test_a_number_is_a_number_of_its_range_or_refused(name: str) -> None:
    text = f'{{"focal_px": {TEXTS[name]}}}'
    try:
        focal_px = records.from_json(GOOD["camera"] | records.decoded(text, "it", ""), Camera, "it", "").focal_px
    except InputError:
        assert not fits(name, number(0.1, 1e6))
    else:
        assert fits(name, number(0.1, 1e6)) and 0.1 <= focal_px <= 1e6


@pytest.mark.parametrize("name", ["numbers", "counts", "camera"])
def test_a_field_that_is_missing_is_named(name: str) -> None:
    assert f"`{name}`" in refusal({key: value for key, value in GOOD.items() if key != name})


def test_no_default_stands_for_what_was_measured() -> None:
    lacking = {key: value for key, value in GOOD["camera"].items() if key != "height_m"}
    assert "`height_m` is missing" in refusal(GOOD | {"camera": lacking})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("numbers", ["1.5"]),
        ("numbers", [[1.0], [1.0, 2.0]]),
        ("numbers", [{}]),
        ("numbers", [True]),
        ("numbers", 1.5),
        ("numbers", [10**400]),
        ("counts", [1.5]),
        ("counts", [2**63]),
        ("counts", [None]),
        ("counts", ["1"]),
    ],
)
def test_an_array_holds_numbers_of_its_kind(name: str, value: object) -> None:
    assert f"`$.{name}`" in refusal(GOOD | {name: value})


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "loop", "large"])
def test_a_file_has_an_end(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case "loop":
            path.symlink_to(path.name)
        case _:
            with path.open("wb") as file:
                file.truncate(2**40)
    assert files.is_file(path) == (kind == "large")
    with pytest.raises(InputError, match=f"cannot read .*{kind}: "):
        files.read_bytes(path)
