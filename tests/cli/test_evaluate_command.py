"""`evaluate`: from a recording to a score, and the table of scores."""

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from drive_sim import cli


def test_record_train_evaluate(model: Path, capsys: pytest.CaptureFixture[str], empty_folder: Path) -> None:
    arguments = ["evaluate", "expert", str(model), "--distance", "0.05", "--json", "scores.json"]
    assert cli.main(arguments) == 0
    assert "expert" in capsys.readouterr().out
    result = json.loads((empty_folder / "scores.json").read_text())
    assert result["suite"] == "held-out"
    assert result["models"]["expert"]["interventions"] == 0
    assert set(result["models"]) == {"expert", str(model)}


def test_a_circuit_file_is_a_road(empty_folder: Path) -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 120, endpoint=False)
    rows = np.column_stack([60.0 * np.cos(angle), 60.0 * np.sin(angle), np.full((120, 2), 3.0)])
    np.savetxt(empty_folder / "ring.csv", rows, delimiter=",", header="x_m,y_m,w_tr_right_m,w_tr_left_m")
    arguments = ["evaluate", "expert", "--track", "ring.csv", "--distance", "0.1", "--json", "scores.json"]
    assert cli.main(arguments) == 0
    assert json.loads((empty_folder / "scores.json").read_text())["models"]["expert"]["interventions"] == 0
    assert cli.main([*arguments[:-1], "own.json", "--speed", "own", "--turning-radius", "5"]) == 0
    own = json.loads((empty_folder / "own.json").read_text())
    assert (own["speed"], own["turning_radius_m"]) == ("own", pytest.approx(5.0))
    # 2.5 m/s^2 aside on a radius of 60 m.
    assert own["models"]["expert"]["time_and_comfort"]["mean_speed_mps"] == pytest.approx(np.sqrt(150.0), rel=0.01)


def test_a_line_without_widths_is_an_open_road_as_wide_as_is_said(empty_folder, capsys) -> None:
    x = np.arange(0.0, 300.0, 6.0)
    np.savetxt(empty_folder / "way.csv", np.column_stack([x, 10.0 * np.sin(x / 40.0)]), delimiter=",", header="x,y")
    drive = ["evaluate", "expert", "--track", "way.csv", "--json", "scores.json"]
    assert cli.main(drive) == 2
    assert "has no widths; say one with --width" in capsys.readouterr().err
    assert cli.main([*drive, "--width", "9", "--distance", "5"]) == 0
    said = capsys.readouterr().err
    assert "an open road of 0.3 km, 9 m wide" in said
    assert "ends after 0.26 km, which are driven once" in said
    figures = json.loads((empty_folder / "scores.json").read_text())["models"]["expert"]
    assert figures["interventions"] == 0
    assert figures["has_strict_count"], "wider than 8 m"
    for refused in (["--track", "village-loop", "--width", "9"], ["--width", "9"], ["--width", "nan"]):
        with suppress(SystemExit):
            assert cli.main(["evaluate", "expert", "--distance", "0.1", *refused]) == 2
        assert "width" in capsys.readouterr().err


def test_scores_are_a_table_with_intervals() -> None:
    from drive_sim.cli.score_tables import scores

    figures = {
        "distance_km": 40.0,
        "interventions": 3,
        "interventions_per_km": 0.075,
        "interventions_per_km_low": 0.0,
        "interventions_per_km_high": 0.15,
        "interventions_at_crossing": 0,
        "strict_interventions": 5,
        "strict_per_km": 0.125,
        "strict_per_km_low": None,
        "strict_per_km_high": None,
        "has_strict_count": False,
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
    assert "file" not in head
    wide = {**figures, "has_strict_count": True, "interventions_at_crossing": 2}
    head, row = scores({"mine": wide}).splitlines()
    assert "by 1 m off the file's line" in head
    assert "3 (of which 2 at a crossing)" in row
    assert "0.12" in row


def test_a_place_is_what_is_counted_by_and_who_cannot_be_told_is_named(model, empty_folder, capsys) -> None:
    from drive_sim.cli.options import MOST_PLACE
    from drive_sim.sim.lateral_goal import WIDEST_GOAL

    assert MOST_PLACE == WIDEST_GOAL
    drive = ["evaluate", "expert", str(model), "--distance", "0.05", "--place"]
    assert cli.main([*drive, "0.5", "--json", "scores.json"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert next(line for line in said if "goes by sight" in line).startswith(str(model))
    scores = json.loads((empty_folder / "scores.json").read_text())
    assert scores["place"] == 0.5 and scores["models"]["expert"]["interventions"] == 0
    assert cli.main([*drive, "0.7"]) == 2
    assert "4.4 m wide where it is narrowest" in capsys.readouterr().err
