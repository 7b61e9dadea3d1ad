"""The state of a screen as one short text that can be pasted anywhere: versioned, checksummed, safe in a URL."""

import base64
import math
import zlib
from typing import NamedTuple

import msgspec

from drive_sim.errors import InputError

PREFIX = "ds1."
"""Begins every text; another number is another version."""
MOST_LETTERS, _MOST_BYTES = 4096, 2**16
_LIMITS = {"pose": 1e6, "speed_mps": 1e3, "wheels_per_m": 10.0, "drift_mps": 1e3, "s_m": 1e7, "ticks": 2**40}
"""The largest magnitudes that are read."""
_DAMAGED = "a part of it is missing or changed; copy all of it again"


class SharedRoad(NamedTuple):
    """The sitting's road: a given one by name and hash (else empty), its number among the roads, how it is driven, and
    the number of its sky."""

    given: str = ""
    given_hash: str = ""
    number: int = 0
    is_reversed: bool = False
    is_mirrored: bool = False
    scene_number: int = 0


class SharedModel(NamedTuple):
    """A driver: its name, and the hash of its weights; the scripted expert has none."""

    name: str
    hash: str = ""


class SharedGenerator(NamedTuple):
    """Where a generator stands in its stream: 128 bits, and the half word that is left over, if one is."""

    state: bytes
    half: int | None = None


class SharedCar(NamedTuple):
    """A car at the beginning of a control tick: its place, its clock, and all wind and noise to come."""

    pose: tuple[float, float, float]
    speed_mps: float
    wheels_per_m: float
    pending_per_m: tuple[float, ...]
    s_m: float
    """Near it the place on the road is sought."""
    ticks: int
    drift_mps: float
    noise_seed: int
    generators: tuple[SharedGenerator, ...]


class SharedState(NamedTuple):
    """A screen by its name, what it was given, and what else it shows, by name."""

    screen: str
    seed: int
    road: SharedRoad
    models: tuple[SharedModel, ...] = ()
    knobs: dict[str, float] = {}  # noqa: RUF012 - of a tuple, never written
    car: SharedCar | None = None
    values: dict[str, float] = {}  # noqa: RUF012


def to_text(state: SharedState) -> str:
    """A state as letters, digits, `-`, `_` and one dot."""
    packed = zlib.compress(msgspec.msgpack.encode(state), 9)
    sealed = zlib.crc32(packed).to_bytes(4, "big") + packed
    return PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def from_text(text: str) -> SharedState:
    """The state that a text holds. Raises InputError, in one line, for anything that `to_text` did not make."""
    text = text.strip()
    if not text.startswith(PREFIX):
        known = text[:2] == PREFIX[:2] and text[2:].partition(".")[0].isdecimal()
        why = (
            "it was made by another version of drive_sim; update" if known else f"it begins with {PREFIX}; F7 makes one"
        )
        raise InputError(f"this is no shared state that can be read: {why}")
    if len(text) > MOST_LETTERS:
        raise InputError(f"this shared state has {len(text)} letters, more than {MOST_LETTERS}; {_DAMAGED}")
    try:
        state = msgspec.msgpack.decode(_unpacked(text[len(PREFIX) :]), type=SharedState)
        _check(state)
    except (ValueError, zlib.error, msgspec.MsgspecError, RecursionError):
        raise InputError(f"this shared state is damaged: {_DAMAGED}") from None
    return state


def _unpacked(letters: str) -> bytes:
    """Raises ValueError or zlib.error where anything is not as it was sealed."""
    sealed = base64.b64decode(letters.encode("ascii") + b"=" * (-len(letters) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(sealed).decode().rstrip("=") != letters:
        raise ValueError("letters that are not all meant")
    packed = sealed[4:]
    if zlib.crc32(packed).to_bytes(4, "big") != sealed[:4]:
        raise ValueError("checksum")
    inflate = zlib.decompressobj()
    found = inflate.decompress(packed, _MOST_BYTES)
    if not inflate.eof or inflate.unused_data:
        raise ValueError("length")
    return found


def _check(state: SharedState) -> None:
    """Raises ValueError for numbers that no screen has."""
    numbers = [*state.knobs.values(), *state.values.values()]
    whole = [state.seed, state.road.number, state.road.scene_number]
    if car := state.car:
        for name, limit in _LIMITS.items():
            value = getattr(car, name)
            if not all(abs(part) <= limit for part in (value if isinstance(value, tuple) else (value,))):
                raise ValueError(name)
        numbers += car.pending_per_m
        whole += [car.ticks, car.noise_seed]
    if not all(map(math.isfinite, numbers)) or not all(0 <= number < 2**63 for number in whole):
        raise ValueError("a number")
