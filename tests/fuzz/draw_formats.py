"""Cases of other people's formats of recordings: tubs, LeRobotDatasets, Minari datasets, NumPy episodes."""

from tests.fuzz import places
from tests.fuzz.cases import Case, Edit
from tests.fuzz.draw_damage import Rng, draw_damage, pick
from tests.fuzz.draw_recordings import LEARN
from tests.fuzz.hostile import TEXTS

_ROW_KEYS = (
    "user/angle", "user/mode", "cam/image_array", "_timestamp_ms", "_session_id", "user/throttle",
    "drive_sim/driver", "drive_sim/speed_mps", "drive_sim/time_s", "drive_sim/curvature_per_m", "pilot/angle",
)  # fmt: skip
_FEATURE = ("features", "action")
_INFO = (
    (), ("codebase_version",), ("fps",), ("features",), _FEATURE, (*_FEATURE, "names"), (*_FEATURE, "shape"),
    (*_FEATURE, "dtype"), ("features", "observation.images.front", "dtype"), ("features", "intervention"),
    ("drive_sim",), ("drive_sim", "full_lock_per_m"), ("drive_sim", "camera"), ("drive_sim", "camera", "width_px"),
    ("drive_sim", "facts"), ("drive_sim", "control_hz"), ("drive_sim", "side_m"), ("drive_sim", "format"),
)  # fmt: skip
_METADATA = (
    (), ("action_space",), ("observation_space",), ("data_format",), ("dataset_id",), ("drive_sim",), ("total_steps",),
)  # fmt: skip


def _command(rng: Rng, folder: str) -> tuple[str, ...]:
    """It is converted, or learned from."""
    if rng.random() < 0.3:
        return ("train", folder, *LEARN, "--augment", "none")
    return ("convert", folder, "out", "--to", pick(rng, ("npz", "tub", "udacity", "drive-sim", "minari")))


def draw_tub(rng: Rng) -> Case:
    """A tub's manifest, rows, pictures and bytes."""
    manifest, catalog = "tub/manifest.json", "tub/catalog_0.catalog"
    name, row = pick(rng, list(TEXTS)), int(rng.integers(30))
    match int(rng.integers(6)):
        case 0 | 1:
            edit = Edit("line json", catalog, (row, pick(rng, _ROW_KEYS), name))
        case 2:
            edit = Edit("line", manifest, (int(rng.integers(5)), TEXTS[name][:200_000]))
        case 3:
            key = pick(rng, ("paths", "deleted_indexes", "current_index", "max_len"))
            edit = Edit("line json", manifest, (4, key, name))
        case 4:
            edit, _ = draw_damage(
                rng, pick(rng, (manifest, catalog, "tub/images/3_cam_image_array_.jpg")), is_whole=False
            )
        case _:
            edit = pick(
                rng,
                (
                    Edit("line", catalog, (row, "")),
                    Edit("append", catalog, ('{"user/angle": 0.1}\n', 50_000)),
                    Edit("long", catalog, (row, "[", 60_000)),
                    Edit("encode", catalog, ("utf-16",)),
                    Edit("replace", "tub/images", ("empty",)),
                ),
            )
    return Case("tub", _command(rng, "tub"), ("tub",), (edit,), None)


def draw_lerobot(rng: Rng) -> Case:
    """A LeRobotDataset's facts, tables and films."""
    files = ("data/chunk-000/file-000.parquet", "meta/episodes/chunk-000/file-000.parquet")
    film = "videos/observation.images.front/chunk-000/file-000.mp4"
    if rng.random() < 0.5:
        at = [places.Place("lerobot/meta/info.json", path, places.nothing) for path in _INFO]
        edit, _ = places.draw_json(rng, at)
    else:
        edit, _ = draw_damage(rng, f"lerobot/{pick(rng, (*files, film, film, 'meta/info.json'))}", is_whole=False)
    return Case("lerobot", _command(rng, "lerobot"), ("lerobot",), (edit,), None)


def draw_minari(rng: Rng) -> Case:
    """A Minari dataset's facts and episodes."""
    metadata = "minari/data/metadata.json"
    if rng.random() < 0.5:
        edit, _ = places.draw_json(rng, [places.Place(metadata, path, places.nothing) for path in _METADATA])
    else:
        edit, _ = draw_damage(rng, pick(rng, ("minari/data/0/part-0.arrow", metadata)), is_whole=False)
    return Case("minari", _command(rng, "minari"), ("minari",), (edit,), None)


def draw_npz(rng: Rng) -> Case:
    """A NumPy episode's bytes."""
    edit, _ = draw_damage(rng, "npz/episode-000.npz", is_whole=False)
    return Case("npz", _command(rng, "npz"), ("npz",), (edit,), None)
