"""What became of the rows of somebody else's recording, so that none is lost in silence."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_TOLD, MOST_SPANS = 20, 60


@dataclass(frozen=True, slots=True)
class RowsTold:
    """How many rows there were, which were left out on purpose, and which could not be read and why."""

    rows: int
    skipped: tuple[tuple[int, str], ...] = ()
    deleted: tuple[int, ...] = ()
    """Rows that their owner has deleted, ascending."""
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """One line for the whole, and one for each of the first rows that were left out."""
        read = self.rows - len(self.skipped) - len(self.deleted)
        deleted = f", {len(self.deleted):,} deleted by their owner" if self.deleted else ""
        head = f"{read:,} of {self.rows:,} rows read{deleted}, {len(self.skipped):,} skipped"
        spans = _spans(self.deleted)
        lines = [head, *self.notes]
        if spans:
            more = f" and {len(spans) - MOST_SPANS} more stretches" if len(spans) > MOST_SPANS else ""
            lines.append(f"deleted: {', '.join(spans[:MOST_SPANS])}{more}")
        lines += [f"row {row} skipped: {why}" for row, why in self.skipped[:MOST_TOLD]]
        return [*lines, *([f"and {len(self.skipped) - MOST_TOLD} more"] if len(self.skipped) > MOST_TOLD else [])]


def together(parts: Sequence[tuple[str, RowsTold]]) -> RowsTold:
    """The rows of several files, by name, as one: numbered through, each fault with its file and its row there."""
    first, skipped = 0, list[tuple[int, str]]()
    for name, told in parts:
        skipped += [(first + row, f"{name}, row {row}: {why}") for row, why in told.skipped]
        first += told.rows
    return RowsTold(first, tuple(skipped))


def _spans(rows: Sequence[int]) -> list[str]:
    """Numbers as stretches: 3-7, 9."""
    if not rows:
        return []
    starts = [rows[0], *(b for a, b in pairwise(rows) if b != a + 1)]
    ends = [*(a for a, b in pairwise(rows) if b != a + 1), rows[-1]]
    return [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
