"""Cases of models: their folders, ONNX files, and folders in which a training goes on."""

from tests.fuzz import model_edits, places
from tests.fuzz.cases import Case, Edit
from tests.fuzz.draw_damage import REPLACED, Rng, draw_damage, pick
from tests.fuzz.draw_foreign import DRIVE
from tests.fuzz.draw_recordings import recording_edits

MODELS = ("network", "linear", "alvinn", "gaussian", "mixture", "reward", "steering")


def draw_model(rng: Rng) -> Case:
    """A model's description, its weights and their header, and its bytes."""
    kind = pick(rng, MODELS)
    argv = pick(rng, (("evaluate", kind, *DRIVE), ("evaluate", kind, *DRIVE), ("export", kind, "out.onnx")))
    weights, index = f"{kind}/weights.safetensors", int(rng.integers(12))
    match int(rng.integers(9)):
        case 0 | 1 | 2:
            edit, expected = places.draw_json(rng, places.model(kind, kind))
        case 3:
            name = pick(rng, list(model_edits.NUMBERS))
            edit = Edit("weight", weights, (index, float(rng.random()), name))
            expected = None if "1e38" in name else 2
        case 4:
            edit, expected = Edit("dtype", weights, (index, pick(rng, model_edits.DTYPES))), None
        case 5:
            shapes = (
                (),
                (0,),
                (-1,),
                (2**40, 2**40),
                (10**6, 10**6),
                (3,),
                (1.5,),
                ("1",),
                (2**63,),
                (None,),
                (1,) * 1000,
            )
            edit, expected = Edit("shape", weights, (index, pick(rng, shapes))), None
        case 6:
            edit, expected = Edit("drop weight", weights, (index, pick(rng, (None, "", "w", "0.0.0")))), 2
        case 7:
            edit, expected = places.draw_json(rng, [places.Place(f"{weights}@", (), places.nothing)])
        case _:
            file = pick(rng, (weights, f"{kind}/config.json"))
            edit, expected = draw_damage(rng, file, is_whole=True)
    inputs = (kind, "road.csv") if argv[0] == "evaluate" else (kind,)
    return Case("model", argv, inputs, (edit,), expected)


def draw_onnx(rng: Rng) -> Case:
    """An ONNX file's metadata, graph and bytes."""
    match int(rng.integers(5)):
        case 0 | 1:
            file = "network.onnx@"
            lock = places.Place(f"{file}full_lock_per_m", (), places.number(1e-6, 10.0))
            version = places.Place(f"{file}format", (), places.whole(1, 1))
            rate = places.Place(f"{file}control_hz", (), places.number(0.1, 1000.0))
            at = [*places.camera_at(f"{file}camera", ()), lock, version, rate]
            edit, expected = places.draw_json(rng, at)
        case 2 | 3:
            kind = pick(rng, model_edits.GRAPHS)
            edit, expected = Edit("graph", "network.onnx", (kind,)), None if kind == "dropped node" else 2
        case _:
            edit, expected = draw_damage(rng, "network.onnx", is_whole=False)
    return Case("onnx", ("evaluate", "network.onnx", *DRIVE), ("network.onnx", "road.csv"), (edit,), expected)


def draw_resume(rng: Rng) -> Case:
    """A folder in which a training goes on: its settings, streams, numbers, drive and models."""
    folder = pick(rng, ("rounds", "mixing"))
    argv = ("train", "--resume", folder)
    first = f"{folder}/round-001"
    match int(rng.integers(7)):
        case 0 | 1:
            at = [place for place in places.settings(folder) if place.path not in (("rounds",), ("steps",))]
            edit, expected = places.draw_json(rng, at)
        case 2:
            edit, expected = places.draw_json(rng, places.round_files(folder))
        case 3:
            kind = "linear"
            edit, expected = places.draw_json(rng, places.model(f"{first}/model", kind))
        case 4:
            edits, expected = recording_edits(rng, f"{first}/drive", for_reward=False)
            return Case("resume", argv, (folder,), edits, expected)
        case 5:
            names = (
                "settings.json",
                "round-001/metrics.json",
                "round-001/drive-stream.json",
                "round-001/fit-stream.json",
            )
            edit, expected = draw_damage(rng, f"{folder}/{pick(rng, names)}", is_whole=True)
        case _:
            name = pick(
                rng, ("model", "drive", "model/config.json", "model/weights.safetensors", "drive/episode-000.arrow")
            )
            edit = Edit("replace", f"{first}/{name}", (pick(rng, REPLACED),))
            # An empty folder or a link to nowhere is what a crash may leave; then it is done anew, or refused.
            expected = 2
    return Case("resume", argv, (folder,), (edit,), expected)
