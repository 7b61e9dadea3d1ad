"""What the settings of every lesson over several seeds begin with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seeded:
    """Seeds from `seed` on: of roads, demonstrations, first weights, and all else that is drawn."""

    seed: int = 0
    num_seeds: int = 5

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, one after the other."""
        return tuple(range(self.seed, self.seed + self.num_seeds))
