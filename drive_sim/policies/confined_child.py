"""The process in which somebody else's driver runs: it has a file, a connection to its parent, and limits.

Messages are `child`'s: ready with a `Needs` as JSON, answers of n curvatures. From the parent come `Question`s.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images, PerCar
from drive_sim.errors import NO_MEMORY, InputError
from drive_sim.policies.base import Policy
from drive_sim.policies.child import ANSWER, IMPORTED, MOST_LETTERS, READY, REFUSED
from drive_sim.policies.process_limits import allow_time, limit_this_process
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation


@dataclass(frozen=True, slots=True)
class Needs:
    """What a driver drives by: pictures of its camera, of now or (2) of the tick before and of now."""

    camera: Camera
    num_frames: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked of a driver: what n cars see, how fast they are, and the seed of what it may draw.

    `previous_images` are there for what needs two frames.
    """

    images: Images
    speed_mps: PerCar
    seed: int
    previous_images: Images | None = None

    def to_bytes(self) -> bytes:
        """The seed, the speeds, and the pictures, those of the tick before last."""
        frames = [self.images] if self.previous_images is None else [self.images, self.previous_images]
        head = np.array([self.seed], np.uint64).tobytes() + self.speed_mps.astype(np.float64).tobytes()
        return head + b"".join(np.ascontiguousarray(images).tobytes() for images in frames)

    @classmethod
    def from_bytes(cls, content: bytes, needs: Needs) -> "Question":
        """What was asked of a driver with those needs."""
        seed, camera = int(np.frombuffer(content, np.uint64, 1)[0]), needs.camera
        num = (len(content) - 8) // (8 + 3 * needs.num_frames * camera.height_px * camera.width_px)
        speed_mps = np.frombuffer(content, np.float64, num, 8)
        pixels: npt.NDArray[np.uint8] = np.frombuffer(content, np.uint8, offset=8 + 8 * num)
        frames = pixels.reshape(needs.num_frames, num, camera.height_px, camera.width_px, 3).copy()
        return cls(frames[0], speed_mps, seed, frames[1] if needs.num_frames > 1 else None)


def main(descriptor: int, name: str, cpu_s: float, memory_mb: int) -> None:
    """Load the file or folder of that name in the current folder, and drive until nobody asks any more."""
    with Connection(descriptor) as parent, suppress(EOFError, ConnectionError):
        try:
            _import_all(name)
            limit_this_process(memory_mb)
            allow_time(cpu_s)
            parent.send_bytes(IMPORTED)
            policy, needs = _load(Path(name))
            parent.send_bytes(READY + json.dumps(asdict(needs)).encode())
            while True:
                parent.send_bytes(ANSWER + _curvatures(policy, Question.from_bytes(parent.recv_bytes(), needs)))
        except (EOFError, ConnectionError):
            raise
        except MemoryError:
            parent.send_bytes(REFUSED + f"it asks for more than {memory_mb} MB of memory".encode())
        except InputError as error:
            parent.send_bytes(REFUSED + str(error).encode()[:MOST_LETTERS])
        except Exception as error:  # what libraries raise on a file of anybody has no common ancestor below this one
            parent.send_bytes(REFUSED + _in_words(error, memory_mb).encode()[:MOST_LETTERS])


def _in_words(error: Exception, memory_mb: int) -> str:
    said = " ".join(str(error).split())
    if any(sign in said for sign in NO_MEMORY):
        return f"it asks for more than {memory_mb} MB of memory"
    return f"it cannot be run: {said[:200]}"


def _import_all(name: str) -> None:
    """What loading and driving import, before memory counts."""
    import torch  # noqa: PLC0415 - not in the parent

    from drive_sim.policies import model_folder  # noqa: F401, PLC0415

    torch.set_num_threads(1)
    if name.endswith(".onnx"):
        import onnx  # noqa: F401, PLC0415
        import onnxruntime  # noqa: F401, PLC0415

        from drive_sim.policies import onnx_policy  # noqa: F401, PLC0415


def _load(path: Path) -> tuple[Policy, Needs]:
    """The driver, and what it needs. Raises InputError for one that is broken, or drives by no picture."""
    if path.suffix == ".onnx":
        from drive_sim.policies.onnx_graph import ANY_FEED_FORWARD  # noqa: PLC0415 - only who needs it
        from drive_sim.policies.onnx_policy import load_onnx  # noqa: PLC0415

        driver = load_onnx(path, ANY_FEED_FORWARD)
        return driver, Needs(driver.camera, 2 if driver.num_frames > 1 else 1)
    from drive_sim.policies.frames import num_frames  # noqa: PLC0415
    from drive_sim.policies.model_folder import load_model  # noqa: PLC0415 - not in the parent
    from drive_sim.policies.neural import NeuralPolicy  # noqa: PLC0415

    policy = load_model(path, device="cpu")
    camera = policy.camera
    if camera is None:
        raise InputError(f"{path} drives by the lane pose, which no camera shows; hand in a driver that sees pictures")
    if isinstance(policy, NeuralPolicy):  # the same numbers on every processor
        policy = replace(policy, precision="fp32")
    return policy, Needs(camera, 2 if num_frames(policy) > 1 else 1)


def _curvatures(policy: Policy, asked: Question) -> bytes:
    """The commands (n,), as bytes of float64. Raises InputError where they are no numbers, or not one a car."""
    nobody_knows = cast("Any", None)
    seen = Observation(asked.images, asked.speed_mps, nobody_knows, nobody_knows, images_before=asked.previous_images)
    command = policy.act(seen, np.random.default_rng(asked.seed))
    command.check(len(asked.speed_mps))
    return command.curvature_per_m.astype(np.float64).tobytes()
