import json
from pathlib import Path

from drive_sim import cli
from drive_sim.sim.named_roads import NAMED_ROADS


def test_roads_are_listed_with_what_they_are(empty_folder: Path, capsys) -> None:
    assert cli.main(["roads", "--json", "roads.json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMED_ROADS)
    assert all(what in line for what, line in zip(NAMED_ROADS.values(), lines, strict=True))
    roads = json.loads((empty_folder / "roads.json").read_text())["roads"]
    assert roads[-1]["width_m"] == [18.0, 18.0]
