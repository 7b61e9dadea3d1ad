"""The process in which somebody else's driver runs: it has a file, a connection to its parent, and limits.

Messages are bytes: a letter, then what it says. To the parent: `i` (all is imported, and the limits hold), `r` and a
camera as JSON (ready), `a` and n curvatures, `e` and a line. From it: `Question`s.
"""

import json
import math
import os
import sys
import time
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
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation

try:
    import resource
except ImportError:  # Windows has none
    resource = None

IMPORTED, READY, ANSWER, REFUSED = b"i", b"r", b"a", b"e"
MOST_LETTERS = 600
"""Of a line that a driver is refused with."""


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
            _limit(cpu_s, memory_mb)
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


def _limit(cpu_s: float, memory_mb: int) -> None:
    """From here on so much memory and processor time; no new process, no file written, no core dumped."""
    if resource is None:
        return
    used_bytes = _address_space_bytes()
    most_s = math.ceil(time.process_time() + cpu_s)
    limits = {"CPU": most_s, "CORE": 0, "FSIZE": 0, "NPROC": 0, "NOFILE": 64}
    if used_bytes is not None:
        limits["AS"] = used_bytes + memory_mb * 2**20
    for kind, most in limits.items():
        number = getattr(resource, f"RLIMIT_{kind}", None)
        if number is not None:
            with suppress(ValueError, OSError):  # one that is lower already stays
                resource.setrlimit(number, (most, most))


def _address_space_bytes() -> int | None:
    """How much this process has mapped; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


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


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
