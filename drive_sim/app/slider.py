"""A slider: a number that the mouse drags along a line, with its value in words above it."""

from dataclasses import dataclass

from drive_sim.app.canvas import FAINT, HAIR, INK, SKY, SMALL, Box, Canvas

HEIGHT = 46.0
_KNOB, _RAIL = 8.0, 4.0
_RAIL_TOP = 30.0


@dataclass(frozen=True, slots=True)
class Slider:
    """From `least` (at the left) to `most`, in whole steps; `marked` is a range that is drawn stronger."""

    name: str
    least: float
    most: float
    step: float
    marked: tuple[float, float] | None = None

    def value_at(self, box: Box, left: float) -> float:
        """The value that a place from the left of the window stands for."""
        share = (left - box.left - _KNOB) / (box.width - 2 * _KNOB)
        return self.within(self.least + share * (self.most - self.least))

    def within(self, value: float) -> float:
        """The nearest value that the slider can have."""
        steps = round((min(max(value, self.least), self.most) - self.least) / self.step)
        rounded = self.least + self.step * steps
        # Sums of steps miss zero by a little, and only at zero is nothing moved.
        return 0.0 if abs(rounded) < 0.5 * self.step else min(rounded, self.most)

    def place(self, box: Box, value: float) -> float:
        """Where the knob of a value stands."""
        share = 0.5 if self.most == self.least else (value - self.least) / (self.most - self.least)
        return box.left + _KNOB + share * (box.width - 2 * _KNOB)

    def draw(self, canvas: Canvas, box: Box, value: float, words: str, *, is_held: bool = False) -> None:
        """The name and the value in words, and the knob on its rail."""
        canvas.text(self.name, (box.left, box.top), size=SMALL, colour=FAINT)
        canvas.text(words, (box.right, box.top), size=SMALL, bold=True, anchor="topright")
        middle = box.top + _RAIL_TOP
        canvas.fill(Box(box.left, middle - _RAIL / 2, box.width, _RAIL), HAIR, rounding=_RAIL / 2)
        if self.marked is not None:
            ends = [self.place(box, end) for end in self.marked]
            canvas.fill(Box(ends[0], middle - _RAIL / 2, ends[1] - ends[0], _RAIL), FAINT, rounding=_RAIL / 2)
        canvas.dot((self.place(box, value), middle), _KNOB, SKY if is_held else INK)
