"""What every screen draws with: one palette, one type scale and one unit of length.

A screen is laid out on a height of 540 units, whatever the window's size; its width in units follows from its shape.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pygame

from drive_sim.arrays import Picture
from drive_sim.checkout import shipped_folder

FONTS_FOLDER = shipped_folder("assets") / "fonts"
HEIGHT = 540.0
"""Units from the top of every window to its bottom."""
MARGIN, GAP, PADDING, ROUNDING = 14.0, 10.0, 12.0, 8.0
"""From the window's edge to a panel; between two panels; from a panel's edge to what is in it; a panel's corners."""

Colour = tuple[int, int, int]
INK, FAINT, HAIR, ROAD = (236, 240, 244), (164, 174, 184), (74, 82, 90), (104, 114, 125)
"""Text; lesser text; thin lines; the road on maps."""
BACKGROUND, PANEL, SHADE = (24, 28, 32), (18, 22, 26), (10, 12, 14)
GREEN, VERMILION, BLUE, ORANGE, SKY, PURPLE = (
    (0, 178, 130),
    (232, 106, 30),
    (64, 150, 224),
    (240, 176, 32),
    (110, 196, 240),
    (222, 140, 186),
)
"""Okabe and Ito's hues, told apart by colour-blind eyes, light enough for a dark panel."""
RED, YELLOW = (232, 72, 52), (240, 228, 66)
POLICY_COLOURS = {"expert": GREEN, "plain": VERMILION, "shift-rotate": BLUE, "dagger": PURPLE, "human": ORANGE}
"""As on the report's page: a policy keeps its colour everywhere."""
POLICY_LABELS = {
    "expert": "The expert",
    "plain": "Plain cloning",
    "shift-rotate": "With shift-and-rotate",
    "dagger": "DAgger",
    "human": "You",
    "pilotnet": "PilotNet",
    "alvinn": "ALVINN",
}
TAUGHT_LABELS = {"plain": "Clone", "shift-rotate": "Shifted"}
"""Short ones, before what else a policy has learned from: "Clone + your 10 s"."""
SPARE_COLOURS = (YELLOW, INK, SKY, PURPLE)
"""For policies that have no colour of their own."""

SMALL, BODY, HEADING, TITLE, HUGE = 16.0, 18.0, 24.0, 36.0, 56.0
"""The type scale: a text's size in units; nothing is written in any other."""
_PANEL_ALPHA = 205


class Box(NamedTuple):
    """A rectangle in units, from its top left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    def inside(self, padding: float = PADDING) -> "Box":
        """The box without a border of `padding`."""
        return Box(self.left + padding, self.top + padding, self.width - 2 * padding, self.height - 2 * padding)

    def holds(self, where: tuple[float, float]) -> bool:
        """Whether a point lies in it."""
        return self.left <= where[0] < self.right and self.top <= where[1] < self.bottom


class Canvas:
    """The window's surface, drawn on in units; it is made anew when the window's size changes."""

    def __init__(self, surface: pygame.Surface) -> None:
        self.surface = surface
        self.scale = surface.get_height() / HEIGHT
        self.width, self.height = surface.get_width() / self.scale, HEIGHT

    def px(self, units: float) -> int:
        """A length in pixels."""
        return round(units * self.scale)

    def rect_px(self, rect: Box) -> pygame.Rect:
        """A rectangle in pixels; neighbours in units stay neighbours."""
        left, top = self.px(rect.left), self.px(rect.top)
        return pygame.Rect(left, top, self.px(rect.right) - left, self.px(rect.bottom) - top)

    def units(self, position_px: tuple[float, float]) -> tuple[float, float]:
        """A mouse position (in the window) in units; the canvas may be a part of the window."""
        left_px, top_px = self.surface.get_abs_offset()
        return (position_px[0] - left_px) / self.scale, (position_px[1] - top_px) / self.scale

    def panel(
        self, rect: Box, *, colour: Colour = PANEL, alpha: int = _PANEL_ALPHA, rounding: float = ROUNDING
    ) -> None:
        """A dark translucent plate to write on; where `alpha` is 255 nothing shines through."""
        where = self.rect_px(rect)
        self.surface.blit(_plate(where.size, self.px(rounding), (*colour, alpha)), where)

    def text(
        self,
        text: str,
        where: tuple[float, float],
        *,
        size: float = BODY,
        colour: Colour = INK,
        bold: bool = False,
        anchor: str = "topleft",
    ) -> Box:
        """One line of text; `anchor` names the point of its box that lies at `where`. Returns the box, in units."""
        picture = _written(text, self.px(size), colour, bold)
        box = picture.get_rect(**{anchor: (self.px(where[0]), self.px(where[1]))})
        self.surface.blit(picture, box)
        return Box(*(side / self.scale for side in box))

    def text_width(self, text: str, *, size: float = BODY, bold: bool = False) -> float:
        """How wide a line of text is, in units."""
        return _width_px(text, self.px(size), bold) / self.scale

    def wrapped(self, text: str, width: float, *, size: float = BODY, bold: bool = False) -> list[str]:
        """A text broken between words into lines at most `width` units wide; a longer word loses its middle."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.text_width(longer, size=size, bold=bold) <= width:
                lines[-1] = longer
            else:
                lines.append(self.fitting(word, width, size=size, bold=bold))
        return lines

    def fitting(self, text: str, width: float, *, size: float = BODY, bold: bool = False) -> str:
        """A line of text, without its middle where it is wider than `width` units."""
        short, kept = text, len(text)
        while kept > 8 and self.text_width(short, size=size, bold=bold) > width:
            kept -= 1
            short = f"{text[: kept // 2]} ... {text[len(text) - (kept - kept // 2) :]}"
        return short

    def paragraph(self, text: str, rect: Box, *, size: float = BODY, colour: Colour = INK, bold: bool = False) -> float:
        """A text in lines, from the top left corner of `rect` and as wide; returns where it ends, in units."""
        top = rect.top
        for line in self.wrapped(text, rect.width, size=size, bold=bold):
            self.text(line, (rect.left, top), size=size, colour=colour, bold=bold)
            top += 1.35 * size
        return top

    def fill(self, rect: Box, colour: Colour, *, rounding: float = 0.0) -> None:
        """A filled rectangle."""
        pygame.draw.rect(self.surface, colour, self.rect_px(rect), border_radius=self.px(rounding))

    def frame(self, rect: Box, colour: Colour, *, width: float = 1.5, rounding: float = ROUNDING) -> None:
        """A rectangle's outline."""
        pygame.draw.rect(
            self.surface, colour, self.rect_px(rect), max(1, self.px(width)), border_radius=self.px(rounding)
        )

    def dot(self, where: tuple[float, float], radius: float, colour: Colour) -> None:
        """A filled circle."""
        picture = _disc(max(1, self.px(radius)), colour)
        self.surface.blit(picture, picture.get_rect(center=(self.px(where[0]), self.px(where[1]))))

    def ring(self, where: tuple[float, float], radius: float, colour: Colour, *, width: float = 1.5) -> None:
        """A circle's outline."""
        middle = where[0] * self.scale, where[1] * self.scale
        pygame.draw.circle(self.surface, colour, middle, self.px(radius), max(1, self.px(width)))

    def lines(
        self, points: list[tuple[float, float]], colour: Colour, *, width: float = 1.5, closed: bool = False
    ) -> None:
        """A line through points."""
        if len(points) > 1:
            pixels = [(x * self.scale, y * self.scale) for x, y in points]
            pygame.draw.lines(self.surface, colour, closed, pixels, max(1, self.px(width)))

    def picture(self, picture: Picture, rect: Box, *, smooth: bool = False) -> None:
        """A picture (h, w, 3), stretched to fill `rect`."""
        where = self.rect_px(rect)
        stretch = pygame.transform.smoothscale if smooth else pygame.transform.scale
        self.surface.blit(stretch(as_surface(picture), where.size), where)


def as_surface(picture: Picture) -> pygame.Surface:
    """A picture (h, w, 3) as a surface."""
    return pygame.image.frombuffer(np.ascontiguousarray(picture).tobytes(), picture.shape[1::-1], "RGB")


@lru_cache(maxsize=32)
def _font(size_px: int, bold: bool) -> pygame.font.Font:
    # A font must not be used once pygame has ended, nor after it was begun anew.
    pygame.register_quit(_font.cache_clear)
    return pygame.font.Font(FONTS_FOLDER / f"Inter-{'SemiBold' if bold else 'Regular'}.otf", size_px)


@lru_cache(maxsize=4096)
def _width_px(text: str, size_px: int, bold: bool) -> int:
    return _font(size_px, bold).size(text)[0]


@lru_cache(maxsize=1024)
def _written(text: str, size_px: int, colour: Colour, bold: bool) -> pygame.Surface:
    return _font(size_px, bold).render(text, True, colour)


@lru_cache(maxsize=128)
def _disc(radius_px: int, colour: Colour) -> pygame.Surface:
    """Drawn four times as large and shrunk, so that its edge is smooth."""
    large = pygame.Surface((8 * radius_px + 8, 8 * radius_px + 8), pygame.SRCALPHA)
    large.fill((*colour, 0))
    pygame.draw.circle(large, colour, large.get_rect().center, 4 * radius_px)
    return pygame.transform.smoothscale(large, (2 * radius_px + 2, 2 * radius_px + 2))


@lru_cache(maxsize=128)
def _plate(size_px: tuple[int, int], rounding_px: int, colour: tuple[int, int, int, int]) -> pygame.Surface:
    plate = pygame.Surface(size_px, pygame.SRCALPHA)
    pygame.draw.rect(plate, colour, plate.get_rect(), border_radius=rounding_px)
    return plate
