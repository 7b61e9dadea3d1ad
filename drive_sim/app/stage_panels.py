"""Panels over a stage that a mouse can move, hide and click; each screen says which it has and what is on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pygame

from drive_sim.app.canvas import FAINT, INK, SMALL, Box, Canvas
from drive_sim.app.layout import KEY_LINE

Place = Callable[[Canvas], Box]
"""Where a panel lies as long as nobody moves it."""
_HANDLE = 30.0
"""So far from its top a panel is taken hold of; the rest of it is for clicks."""
_CROSS = 12.0


@dataclass(frozen=True, slots=True)
class PanelClick:
    """The mouse was pressed on a panel: its name, and where within it, in units from its top left corner."""

    name: str
    where: tuple[float, float]


class StagePanels:
    """Panels by name, the last one on top; ask for `box` when drawing, and hand `handle` every event of the mouse."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = dict(places)
        self._moved: dict[str, tuple[float, float]] = {}
        self.hidden: set[str] = set()
        self._held: tuple[str, tuple[float, float]] | None = None

    def box(self, name: str, canvas: Canvas) -> Box | None:
        """Where a panel lies now, within the window and above the line of keys; None where it is hidden."""
        if name in self.hidden:
            return None
        box = self._places[name](canvas)
        right, down = self._moved.get(name, (0.0, 0.0))
        left = min(max(0.0, box.left + right), max(0.0, canvas.width - box.width))
        top = min(max(0.0, box.top + down), max(0.0, canvas.height - KEY_LINE - box.height))
        return box._replace(left=left, top=top)

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> PanelClick | bool:
        """Whether the event belonged to a panel; a click that neither moves nor hides it is told."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
            return self._press(canvas.units(event.pos), canvas)
        if self._held is None:
            return False
        if event.type == pygame.MOUSEMOTION:
            self._drag(canvas.units(event.pos), canvas)
        elif event.type == pygame.MOUSEBUTTONUP:
            self._held = None
        return True

    def show_all(self) -> None:
        """Bring back what was hidden, where it was to begin with."""
        self.hidden.clear()
        self._moved.clear()

    def hide_all(self) -> None:
        """Nothing but the stage."""
        self.hidden.update(self._places)

    def draw_cross(self, canvas: Canvas, name: str) -> None:
        """The mark in a panel's corner that hides it; drawn after the panel."""
        box = self.box(name, canvas)
        if box is not None:
            middle = _cross(box).centre
            canvas.text(
                "×", middle, size=SMALL, colour=INK if self._held and self._held[0] == name else FAINT, anchor="center"
            )

    def _press(self, where: tuple[float, float], canvas: Canvas) -> PanelClick | bool:
        for name in reversed(self._places):
            box = self.box(name, canvas)
            if box is None or not box.holds(where):
                continue
            if _cross(box).holds(where):
                self.hidden.add(name)
            elif where[1] < box.top + _HANDLE:
                self._held = name, where
            else:
                return PanelClick(name, (where[0] - box.left, where[1] - box.top))
            return True
        return False

    def _drag(self, where: tuple[float, float], canvas: Canvas) -> None:
        assert self._held is not None
        name, before = self._held
        self._held = name, where
        right, down = self._moved.get(name, (0.0, 0.0))
        self._moved[name] = right + where[0] - before[0], down + where[1] - before[1]
        # What the window's edge has stopped is not owed to the way back.
        box, home = self.box(name, canvas), self._places[name](canvas)
        if box is not None:
            self._moved[name] = box.left - home.left, box.top - home.top


def _cross(box: Box) -> Box:
    return Box(box.right - 2 * _CROSS, box.top, 2 * _CROSS, 2 * _CROSS)
