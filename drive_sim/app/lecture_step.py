"""What a step of the lecture is: a picture below a sentence, and what the lecture's keys do to it."""

from drive_sim.app.canvas import Canvas


class LectureStep:
    """One step; nothing moves and nobody drives unless it says otherwise."""

    @property
    def sentence(self) -> str:
        """What this step says now."""
        return ""

    def advance(self) -> None:
        """One frame."""

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw everything below the sentence, which ends at `top`."""

    def switch(self) -> None:
        """Hand the wheel to the other network, where two take turns."""

    def nudge(self) -> None:
        """Push the cars aside, where there are any."""

    def toggle_put_back(self) -> None:
        """Leave cars alone, or put them back, where there are any."""

    def close(self) -> None:
        """The lecture is left: end what was begun."""
