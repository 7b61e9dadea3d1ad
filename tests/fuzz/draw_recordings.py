"""Cases of recordings: an episode's metadata, columns, bytes and marks."""

from drive_sim.data.recording_schema import LIMITS
from tests.fuzz import arrow_edits, places
from tests.fuzz.cases import Case, Edit
from tests.fuzz.draw_damage import Rng, draw_damage, pick
from tests.fuzz.hostile import NO_JSON, text, whole

LEARN = ("--network", "small", "--steps", "1", "--out", "out")
COLUMNS = (
    "curvature_per_m",
    "speed_mps",
    "time_s",
    "expert_curvature_per_m",
    "tick",
    "driver",
    "x_m",
    "heading_rad",
    "wheel_curvature_per_m",
    "lane_s_m",
    "lane_offset_m",
    "lane_heading_rad",
    "lane_curvature_per_m",
    "lane_edge_m",
    "raw_steering",
)


def draw_recording(rng: Rng) -> Case:
    """An episode's metadata, columns, bytes and marks, learned from or read for a reward."""
    for_reward = rng.random() < 0.35
    folder = "drive" if for_reward else "rec"
    augment = pick(rng, ((), ("--augment", "none")))
    argv = ("reward", folder, "--no-film", "--out", "out") if for_reward else ("train", folder, *LEARN, *augment)
    edits, expected = recording_edits(rng, folder, for_reward=for_reward)
    return Case("recording", argv, (folder,), edits, expected)


def recording_edits(rng: Rng, folder: str, *, for_reward: bool) -> tuple[tuple[Edit, ...], int | None]:
    """Something that is done to a recording, and how its reader must end."""
    file = f"{folder}/episode-000.arrow"
    match int(rng.integers(8)):
        case 0 | 1 | 2:
            edit, expected = places.draw_json(rng, places.recording(folder))
        case 3 | 4:
            column, name = pick(rng, COLUMNS), pick(rng, list(arrow_edits.NUMBERS))
            rows = tuple(int(row) for row in rng.integers(30, size=pick(rng, (1, 1, 12))))
            edit, expected = Edit("column", file, (column, rows, name)), _column_end(column, name, for_reward)
        case 5:
            edit, expected = _draw_columns(rng, file)
        case 6:
            edit, expected = draw_damage(rng, file, is_whole=False)
        case _:
            return _draw_marks(rng, folder)
    return (edit,), expected


def _column_end(column: str, name: str, for_reward: bool) -> int | None:
    """A number that nobody drove must be refused where learners read it."""
    if column not in LIMITS:
        return None
    if name == "NaN":
        return 2 if column in ("curvature_per_m", "time_s") and not for_reward else None
    return 2 if name != "-3" or "curvature" in column else None


def _draw_columns(rng: Rng, file: str) -> tuple[Edit, int | None]:
    column = pick(rng, COLUMNS)
    match int(rng.integers(5)):
        case 0:
            return Edit("null", file, (column, (3,))), 2 if column in ("curvature_per_m", "time_s", "tick") else None
        case 1:
            kind = pick(rng, ("float32", "int8", "string", "list") if column != "driver" else ("int8", "list"))
            return Edit("column type", file, (column, kind if column != "tick" else "int8")), 2
        case 2:
            return Edit("drop column", file, (column,)), 2
        case 3:
            return Edit("swap columns", file, (column, "acceleration_mps2")), 2
        case _:
            how = pick(rng, ("backwards", "twice", "none"))
            return Edit("order", file, (how,)), 2 if how == "none" else None


def _draw_marks(rng: Rng, folder: str) -> tuple[tuple[Edit, ...], int | None]:
    file = f"{folder}/marks.jsonl"
    mark = '{"mark": "drop", "episode": "episode-000.arrow", "from_tick": 2, "before_tick": 5}\n'
    tick = whole(-(10**400), 10**400)
    known = {"mark": text("drop", "undo", "good", "bad"), "episode": text(), "from_tick": tick, "before_tick": tick}
    marks = [places.Place(file, (name,), may_be) for name, may_be in known.items()]
    edit, expected = places.draw_json(rng, marks)
    # A line that is no JSON is one that a crash cut off; it is no mark.
    is_cut = edit.do == "set" and edit.by[1] in NO_JSON
    return (Edit("text", file, (mark,)), edit), None if is_cut or edit.do == "delete" else expected
