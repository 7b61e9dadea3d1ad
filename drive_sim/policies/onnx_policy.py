"""A policy that drives by an ONNX file, as `export` writes it: what leaves the house is measured as it left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim import geometry, records
from drive_sim.arrays import Images, PerCar
from drive_sim.errors import InputError
from drive_sim.files import read_bytes
from drive_sim.policies.kinds.kind import UnitPerM
from drive_sim.policies.measurements import CRUISE_MPS
from drive_sim.policies.onnx_car import OnnxCar
from drive_sim.policies.onnx_condition import ACCELERATION, GOAL, SPEED
from drive_sim.policies.onnx_export import FORMAT, INPUT, OUTPUT, PREVIOUS
from drive_sim.policies.onnx_graph import OPERATORS
from drive_sim.policies.onnx_nodes import NORMAL, UNIFORM
from drive_sim.policies.onnx_session import Session, open_session
from drive_sim.sim.camera import Camera
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

SessionOf = Callable[[bytes, Path, Sequence[str]], Session]
"""Opens a file's content, under its path, that may have these operators."""
_EXPORT = "use a file that `export` wrote"
_MOST_DRAWN = 4096
"""Numbers for a picture: more than anything draws."""


@dataclass(frozen=True, slots=True)
class _Description:
    camera: Camera
    full_lock_per_m: UnitPerM


_NUMBERS = {field.name for field in fields(_Description)}


@dataclass(frozen=True, slots=True, eq=False)
class OnnxPolicy:
    """An open file, the camera whose pictures it reads, and the curvature (1/m) of a steering of 1."""

    session: Session
    camera: Camera
    full_lock_per_m: float = geometry.FULL_LOCK_PER_M
    is_conditional: bool = False
    """Whether it is told the wanted place and its speed (`onnx_condition`)."""
    gives_acceleration: bool = False
    """Whether it says an acceleration, and so may drive at its own speed."""
    num_frames: int = 1
    """2 where it sees the picture of the tick before, too."""
    num_uniform: int = 0
    num_normal: int = 0
    """How many numbers of either distribution it is given for every picture (`onnx_curvature`)."""
    car: OnnxCar | None = None
    """The car that it was made for; None where the file does not say."""

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """Steer by the pictures (n, h, w, 3), by what it is told and by what is drawn; nothing privileged."""
        if observation.images is None:
            raise InputError("an ONNX file drives by pictures, and the environment has no camera; give EnvConfig one")
        previous_images = observation.previous_images if self.num_frames > 1 else None
        told = observation.speed_mps, observation.lateral_goal
        return self._command((observation.images, previous_images), *told, rng)

    def predict(self, images: Images, previous_images: Images | None = None) -> PerCar:
        """Curvatures (n,) in 1/m for pictures (n, h, w, 3) of the policy's own camera; InputError for another size.

        A conditional network goes by sight, at cruising speed; to one of two frames nothing has moved, unless the
        pictures of the tick before are given. Raises InputError for a policy that draws, too.
        """
        if self.num_uniform or self.num_normal:
            raise InputError("the ONNX file draws what it does: it acts, and predicts nothing")
        return self._command((images, previous_images), np.full(len(images), CRUISE_MPS), None, None).curvature_per_m

    def first_command(self, rng: np.random.Generator) -> Command:
        """What it does where it sees nothing but grey, at cruising speed. Raises InputError where it does nothing."""
        grey = np.full((1, self.camera.height_px, self.camera.width_px, 3), 128, np.uint8)
        return self._command((grey, None), np.full(1, CRUISE_MPS), None, rng)

    def _command(
        self,
        seen: tuple[Images, Images | None],
        speed_mps: PerCar,
        lateral_goal: PerCar | None,
        rng: np.random.Generator | None,
    ) -> Command:
        """For the pictures of now and of the tick before; None: those of now."""
        images, before = seen[0], seen[0] if seen[1] is None else seen[1]
        size = (self.camera.height_px, self.camera.width_px, 3)
        if images.shape[1:] != size or before.shape != images.shape:
            raise InputError(f"the ONNX file reads {size[1]}x{size[0]} pictures and got an array of {images.shape}")
        goal = np.full(len(images), np.nan) if lateral_goal is None else lateral_goal
        given: dict[str, Any] = {INPUT: images} | ({PREVIOUS: before} if self.num_frames > 1 else {})
        if self.is_conditional:
            given |= {GOAL: _column(goal), SPEED: _column(speed_mps)}
        if rng is not None and self.num_uniform:
            given[UNIFORM] = rng.random((len(images), self.num_uniform))
        if rng is not None and self.num_normal:
            given[NORMAL] = rng.standard_normal((len(images), self.num_normal))
        said = self.session.run([OUTPUT, ACCELERATION][: 1 + self.gives_acceleration], given)
        if any(values.shape != (len(images), 1) for values in said):
            raise InputError(f"the ONNX file answers {len(images)} pictures by {said[0].shape}; export it again")
        if not all(np.isfinite(values).all() for values in said):
            raise InputError("the ONNX file steers by what are no numbers; export it again")
        curvature_per_m = geometry.curvature_from_normalised(said[0][:, 0], self.full_lock_per_m)
        if not self.gives_acceleration:
            return Command.steer(curvature_per_m)
        return Command(curvature_per_m, said[1][:, 0].astype(np.float64))


def load_onnx(path: Path, operators: Sequence[str] = OPERATORS, *, session_of: SessionOf = open_session) -> OnnxPolicy:
    """The policy of an ONNX file. Raises InputError where it is missing, broken, not of `export`, or onnxruntime is.

    More `operators` than `export` writes are for who limits what a file takes of time and memory.
    """
    session = session_of(read_bytes(path), path, operators)
    described = session.metadata
    if described.get("format") != FORMAT or not set(described) >= _NUMBERS:
        raise InputError(
            f"{path}: does not say camera and sign of its steering; use a file that `export` wrote, or add them "
            "(docs/onnx.md)"
        )
    where = f"the metadata of {path}"
    values = {name: records.decoded(described[name], f"{name} in {where}", _EXPORT) for name in _NUMBERS}
    said = records.from_json(values, _Description, where, _EXPORT)
    return OnnxPolicy(
        session,
        said.camera,
        said.full_lock_per_m,
        **_ends(session, said.camera, path),
        car=_car(described, said, where),
    )


def _car(described: Mapping[str, str], said: _Description, where: str) -> OnnxCar | None:
    """The car that the metadata tells of; None in files that say nothing of one."""
    names = [field.name for field in fields(OnnxCar)]
    values = {
        name: records.decoded(described[name], f"{name} in {where}", _EXPORT) for name in names if name in described
    }
    if not values:
        return None
    car = records.from_json(values, OnnxCar, where, _EXPORT)
    car.check(said.full_lock_per_m, where)
    return car


def _column(values: PerCar) -> npt.NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)[:, None]


def _ends(session: Session, camera: Camera, path: Path) -> dict[str, Any]:
    """What goes in beside one picture of the camera, and comes out beside steering, as fields of an `OnnxPolicy`.

    Raises InputError for a file that wants or gives anything else.
    """
    found = [(name, kind, list(shape)) for name, kind, shape in session.ends]
    drawn = {name: shape[0] for name, kind, shape in found if name in (UNIFORM, NORMAL) and _is_count(shape)}
    goal, speed, steering, acceleration = ((name, "tensor(float)", [1]) for name in (GOAL, SPEED, OUTPUT, ACCELERATION))
    is_conditional, gives_acceleration = goal in found, acceleration in found
    image, before = ((name, "tensor(uint8)", [camera.height_px, camera.width_px, 3]) for name in (INPUT, PREVIOUS))
    wanted = [
        image,
        *([before] if before in found else []),
        *([goal, speed] if is_conditional else []),
        *((name, "tensor(double)", [num]) for name, num in drawn.items()),
        steering,
        *([acceleration] if gives_acceleration else []),
    ]
    if found != wanted:
        raise InputError(
            f"{path}: has {found} as input and output, not {[image, steering]}; {_EXPORT}, or wrap the network "
            "(docs/onnx.md)"
        )
    return {
        "is_conditional": is_conditional,
        "gives_acceleration": gives_acceleration,
        "num_frames": 1 + (before in found),
        "num_uniform": drawn.get(UNIFORM, 0),
        "num_normal": drawn.get(NORMAL, 0),
    }


def _is_count(shape: list[Any]) -> bool:
    return len(shape) == 1 and isinstance(shape[0], int) and 0 < shape[0] <= _MOST_DRAWN
