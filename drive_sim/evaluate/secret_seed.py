"""The seed that a grader keeps: roads follow from it, and it does not follow from what students see."""

import hashlib
from dataclasses import dataclass
from typing import Self

_SALT = b"drive_sim: the roads of a grade"
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 2**26}
"""A guess takes a tenth of a second: of a short seed all guesses take days, of a long one for ever."""


@dataclass(frozen=True, slots=True, repr=False)
class SecretSeed:
    """A number that draws roads, and a fingerprint by which two grades show that they are of the same ones."""

    number: int
    fingerprint: str

    @classmethod
    def of(cls, text: str | bytes) -> Self:
        """The seed that a text stands for, white space at its ends left out: the same text, the same roads."""
        content = (text.encode() if isinstance(text, str) else text).strip()
        digest = hashlib.scrypt(content, salt=_SALT, dklen=36, **_COST)
        return cls(int.from_bytes(digest[:32], "little"), digest[32:].hex())
