"""All that decides what a random generator draws and spawns next, as a value from which equal generators are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class GeneratorState:
    """The kind of its bit generator and its state, and what its children will be seeded with."""

    bit_generator: Callable[[np.random.SeedSequence], np.random.BitGenerator]
    state: Mapping[str, Any]
    seed_words: Mapping[str, Any]

    @classmethod
    def of(cls, rng: np.random.Generator) -> Self:
        """Of a generator, which goes on as if nothing had been kept."""
        bit_generator = rng.bit_generator
        seeds = bit_generator.seed_seq
        assert isinstance(seeds, np.random.SeedSequence)
        return cls(type(bit_generator), bit_generator.state, seeds.state)

    def make(self) -> np.random.Generator:
        """A generator that draws and spawns what the first one did from there on."""
        bit_generator = self.bit_generator(np.random.SeedSequence(**self.seed_words))
        bit_generator.state = self.state
        return np.random.Generator(bit_generator)
