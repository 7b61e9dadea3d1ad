"""The process in which somebody else's driver runs: it has a file, a connection to its parent, and limits.

Messages are `child`'s: ready with a camera as JSON, answers of n curvatures. From the parent come `Question`s.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import Images, PerCar
from drive_sim.errors import NO_MEMORY, InputError
from drive_sim.policies.base import Policy
from drive_sim.policies.child import ANSWER, IMPORTED, MOST_LETTERS, READY, REFUSED
from drive_sim.policies.process_limits import allow_time, limit_this_process
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked of a driver: what n cars see, how fast they are, and the seed of what it may draw."""

    images: Images
    speed_mps: PerCar
    seed: int

    def to_bytes(self) -> bytes:
        """The seed, the speeds, and the pictures."""
        head = np.array([self.seed], np.uint64)
        return (
            head.tobytes() + self.speed_mps.astype(np.float64).tobytes() + np.ascontiguousarray(self.images).tobytes()
        )

    @classmethod
    def from_bytes(cls, content: bytes, camera: Camera) -> "Question":
        """What was asked through a driver's camera."""
        seed = int(np.frombuffer(content, np.uint64, 1)[0])
        num = (len(content) - 8) // (8 + 3 * camera.height_px * camera.width_px)
        speed_mps = np.frombuffer(content, np.float64, num, 8)
        pixels: npt.NDArray[np.uint8] = np.frombuffer(content, np.uint8, offset=8 + 8 * num)
        return cls(pixels.reshape(num, camera.height_px, camera.width_px, 3).copy(), speed_mps, seed)


def main(descriptor: int, name: str, cpu_s: float, memory_mb: int) -> None:
    """Load the file or folder of that name in the current folder, and drive until nobody asks any more."""
    with Connection(descriptor) as parent, suppress(EOFError, ConnectionError):
        try:
            _import_all(name)
            limit_this_process(memory_mb)
            allow_time(cpu_s)
            parent.send_bytes(IMPORTED)
            policy, camera = _load(Path(name))
            parent.send_bytes(READY + json.dumps(asdict(camera)).encode())
            while True:
                parent.send_bytes(ANSWER + _curvatures(policy, Question.from_bytes(parent.recv_bytes(), camera)))
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


def _load(path: Path) -> tuple[Policy, Camera]:
    """The driver, and its camera. Raises InputError for one that is broken, or drives by no picture."""
    if path.suffix == ".onnx":
        from drive_sim.policies.onnx_graph import ANY_FEED_FORWARD  # noqa: PLC0415 - only who needs it
        from drive_sim.policies.onnx_policy import load_onnx  # noqa: PLC0415

        driver = load_onnx(path, ANY_FEED_FORWARD)
        return driver, driver.camera
    from drive_sim.policies.model_folder import load_model  # noqa: PLC0415 - not in the parent
    from drive_sim.policies.neural import NeuralPolicy  # noqa: PLC0415

    policy = load_model(path, device="cpu")
    camera = policy.camera
    if camera is None:
        raise InputError(f"{path} drives by the lane pose, which no camera shows; hand in a driver that sees pictures")
    if isinstance(policy, NeuralPolicy):  # the same numbers on every processor
        policy = replace(policy, precision="fp32")
    return policy, camera


def _curvatures(policy: Policy, asked: Question) -> bytes:
    """The commands (n,), as bytes of float64. Raises InputError where they are no numbers, or not one a car."""
    nobody_knows = cast("Any", None)
    seen = Observation(asked.images, asked.speed_mps, nobody_knows, nobody_knows)
    command = policy.act(seen, np.random.default_rng(asked.seed))
    command.check(len(asked.speed_mps))
    return command.curvature_per_m.astype(np.float64).tobytes()
