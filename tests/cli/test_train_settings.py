"""What a run with the expert goes on with: saved and read back alike, and what is wrong is named."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from drive_sim import cli
from drive_sim.cli.train_settings import Settings, load_settings
from drive_sim.errors import InputError
from drive_sim.files import write_json
from drive_sim.sim.camera import Camera

OLD = {
    "method": "dagger",
    "network": "linear",
    "augment": "none",
    "steps": None,
    "rounds": 1,
    "seed": 0,
    "track": None,
    "recordings": [],
    "camera": None,
}
"""As every version has written it since rounds are kept."""
FULL = Settings(
    "smile",
    "small",
    "none",
    40,
    3,
    7,
    "village-loop",
    (Path("one"), Path("two")),
    Path("camera.json"),
    "pixels",
    "penalty",
)


def write(folder: Path, settings: object) -> Path:
    (folder / "settings.json").write_text(json.dumps(settings))
    return folder


def test_what_an_older_version_has_begun_goes_on(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(empty_folder, OLD)
    assert cli.main(["train", "--resume", "."]) == 0
    assert "300 labels in 1 rounds" in capsys.readouterr().out
    trained_with = json.loads((empty_folder / "model-after-001" / "config.json").read_text())["training"]
    kept = {name: value for name, value in OLD.items() if name not in ("recordings", "camera")}
    assert trained_with == kept | {"input": None, "reward": None, "width": None}


def test_settings_come_back_from_anywhere(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "run").mkdir()
    write_json(empty_folder / "camera.json", {"camera": asdict(Camera())})
    FULL.save(empty_folder / "run")
    monkeypatch.chdir("/")
    recordings = (empty_folder / "one", empty_folder / "two")
    assert load_settings(empty_folder / "run") == replace(
        FULL, recordings=recordings, camera=empty_folder / "camera.json"
    )


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("method", "bc", "bc keeps no rounds"),
        ("input", "smell", "unknown input 'smell': there are lane-pose, pixels"),
        ("reward", 1.0, "Expected `str | null`, got `float` - at `$.reward`"),
        ("network", ["small"], "Expected `str`, got `array` - at `$.network`"),
        ("network", "big", "unknown network 'big'"),
        ("augment", None, "Expected `str`, got `null` - at `$.augment`"),
        ("steps", 0, "steps must be from 1 to 10000000, got 0"),
        ("rounds", "3", "Expected `int | null`, got `str` - at `$.rounds`"),
        ("seed", True, "Expected `int`, got `bool` - at `$.seed`"),
        ("seed", 1.0, "Expected `int`, got `float` - at `$.seed`"),
        ("track", 3, "Expected `str | null`, got `int` - at `$.track`"),
        ("recordings", "one", "Expected `array`, got `str` - at `$.recordings`"),
        ("recordings", [None], "Expected `Path`, got `null` - at `$.recordings[0]`"),
        ("camera", "\n", "cannot read"),
        ("camera", "nowhere\0", "cannot read"),
        ("camera", "settings.json", "`calibrate` writes camera files"),
        ("camera", {}, "Expected `Path`, got `object` - at `$.camera`"),
    ],
)
def test_a_setting_that_is_none_is_named(
    name: str, value: object, wanted: str, empty_folder: Path, complaint: Callable[[list[str]], str]
) -> None:
    write(empty_folder, OLD | {name: value})
    assert wanted in complaint(["train", "--resume", "."])
    if name not in OLD:
        return  # an older version had not asked for it
    write(empty_folder, {key: kept for key, kept in OLD.items() if key != name})
    if name == "camera":
        assert load_settings(empty_folder)
        return
    with pytest.raises(InputError, match=f"`{name}`.*; start again in a new folder"):
        load_settings(empty_folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '"method"'])
def test_a_file_that_holds_no_settings_is_damaged(
    text: str, empty_folder: Path, complaint: Callable[[list[str]], str]
) -> None:
    (empty_folder / "settings.json").write_text(text)
    assert "settings.json is damaged" in complaint(["train", "--resume", "."])
