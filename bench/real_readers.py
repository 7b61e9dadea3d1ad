"""Reads and writes recordings with the packages that own their formats; nothing of drive_sim is imported here.

It runs in an environment that has donkeycar, lerobot or minari, whose pins clash with ours; `bench/formats.py` starts
it there, and holds what it found against what we wrote:

    python real_readers.py read KIND FOLDER FOUND.npz
    python real_readers.py write KIND GIVEN.npz FOLDER

Arrays: `image` (n, h, w, 3) uint8, `steering` (n,), right positive, -1 to 1, and `intervention` (n,) if there is one.
"""

# pyright: reportMissingImports=false
import logging
import os
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

os.environ["HF_HUB_OFFLINE"] = "1"
logging.disable(logging.WARNING)
FPS = 10


def read_tub(folder):
    from donkeycar.config import Config
    from donkeycar.parts.tub_v2 import Tub
    from donkeycar.pipeline.types import TubRecord

    tub = Tub(str(folder), read_only=True)
    records = [TubRecord(Config(), str(folder), record) for record in tub]
    assert len(records) == len(tub)
    images = np.stack([_tub_picture(record) for record in records])
    return {"image": images, "steering": [record.underlying["user/angle"] for record in records]}


def _tub_picture(record):
    from PIL import Image

    return np.asarray(Image.open(Path(record.base_path) / "images" / record.underlying["cam/image_array"]))


def write_tub(folder, given):
    from donkeycar.parts.tub_v2 import Tub

    inputs = {"cam/image_array": "image_array", "user/angle": "float", "user/throttle": "float", "user/mode": "str"}
    tub = Tub(str(folder), inputs=list(inputs), types=list(inputs.values()))
    for image, steering in zip(given["image"], given["steering"], strict=True):
        values = (image, float(steering), 0.3, "user")
        tub.write_record(dict(zip(inputs, values, strict=True)))
    tub.delete_records(set(range(5, 15)))
    tub.close()


def lerobot():
    import types

    # torchvision's registrations ask for kernels that a build without CUDA lacks; nothing of them is used here.
    sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    return LeRobotDataset


def read_lerobot(folder):
    data = lerobot()("somebody/drive", root=folder)
    frames = [data[i] for i in range(len(data))]
    pictures = [np.rint(255.0 * frame["observation.images.front"].numpy().transpose(1, 2, 0)) for frame in frames]
    assert {frame["task"] for frame in frames} == {"keep the lane"}
    return {
        "image": np.stack(pictures).astype(np.uint8),
        "steering": [float(frame["action"][0]) for frame in frames],
        "intervention": [bool(frame["intervention"]) for frame in frames],
        "mean": data.meta.stats["action"]["mean"],
    }


def write_lerobot(folder, given):
    height, width = given["image"].shape[1:3]
    features = {
        "observation.images.front": {
            "dtype": "video",
            "shape": (height, width, 3),
            "names": ["height", "width", "channels"],
        },
        "action": {"dtype": "float32", "shape": (2,), "names": ["throttle", "steering"]},
        "intervention": {"dtype": "bool", "shape": (1,), "names": None},
    }
    data = lerobot().create("somebody/drive", fps=FPS, features=features, root=folder)
    for i, (image, steering) in enumerate(zip(given["image"], given["steering"], strict=True)):
        action = np.array([0.3, steering], dtype=np.float32)
        flag = np.array([given["intervention"][i]])
        data.add_frame({"observation.images.front": image, "action": action, "intervention": flag, "task": "drive"})
        if (i + 1) % 40 == 0 or i + 1 == len(given["image"]):
            data.save_episode()
    data.finalize()


def read_minari(folder):
    from minari import MinariDataset

    data = MinariDataset(folder / "data")
    episodes = list(data.iterate_episodes())
    assert data.total_steps == sum(len(episode.actions) for episode in episodes)
    assert all(episode.truncations[-1] for episode in episodes)
    return {
        "image": np.concatenate([episode.observations[:-1] for episode in episodes]),
        "steering": np.concatenate([episode.actions[:, 0] for episode in episodes]),
        "speed_mps": np.concatenate([episode.infos["speed_mps"][:-1] for episode in episodes]),
    }


def write_minari(folder, given):
    os.environ["MINARI_DATASETS_PATH"] = str(folder.parent)
    import minari
    from gymnasium.spaces import Box
    from minari.data_collector import EpisodeBuffer

    num = len(given["steering"])
    kind = "arrow" if "arrow" in folder.name else "hdf5"
    buffer = EpisodeBuffer(
        observations=np.concatenate([given["image"], given["image"][-1:]]),
        actions=given["steering"][:, None].astype(np.float32),
        rewards=np.zeros(num),
        terminations=np.zeros(num, bool),
        truncations=np.arange(num) == num - 1,
    )
    minari.create_dataset_from_buffers(
        folder.name,
        [buffer],
        observation_space=Box(0, 255, given["image"].shape[1:], np.uint8),
        action_space=Box(-1.0, 1.0, (1,), np.float32),
        data_format=kind,
    )


PACKAGES = {"tub": "donkeycar", "lerobot": "lerobot", "minari": "minari"}
READERS = {"tub": read_tub, "lerobot": read_lerobot, "minari": read_minari}
WRITERS = {"tub": write_tub, "lerobot": write_lerobot, "minari": write_minari}

if __name__ == "__main__":
    _, what, kind, first, second = sys.argv
    if what == "read":
        np.savez(second, **READERS[kind](Path(first)))
    else:
        WRITERS[kind](Path(second), dict(np.load(first)))
    print(PACKAGES[kind], version(PACKAGES[kind]))
