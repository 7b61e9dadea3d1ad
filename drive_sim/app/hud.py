"""The instruments: speed, offset, the wheel, lines of text, and the lamp that says what is recorded."""

from dataclasses import dataclass

import pygame

from drive_sim.app.view import EDGE, MARGIN_PX, PANEL

GREEN, ORANGE, RED, FAINT = (0, 158, 115), (230, 159, 0), (213, 60, 40), (140, 150, 160)
WHEEL_PX = 200


@dataclass(frozen=True, slots=True)
class Instruments:
    """What the instruments show; `lamp` is a text with its colour, `keys` what can be pressed."""

    title: str
    lamp: str
    lamp_colour: tuple[int, int, int]
    speed_mps: float
    offset_m: float
    curvature_per_m: float
    full_turn_per_m: float
    keys: str


class Hud:
    """Draws the instruments into the left corners."""

    def __init__(self) -> None:
        self.small, self._large = pygame.font.Font(None, 20), pygame.font.Font(None, 40)

    def draw(self, surface: pygame.Surface, now: Instruments) -> None:
        """Draw everything."""
        self._draw_lamp(surface, now)
        self._draw_dials(surface, now)
        self._line(surface, self.small, now.keys, (MARGIN_PX + 4, surface.get_height() - 22), EDGE)

    def _draw_lamp(self, surface: pygame.Surface, now: Instruments) -> None:
        width = 46 + max(self.small.size(now.title)[0], self.small.size(now.lamp)[0])
        self._panel(surface, pygame.Rect(MARGIN_PX, MARGIN_PX, width, 52))
        pygame.draw.circle(surface, now.lamp_colour, (MARGIN_PX + 18, MARGIN_PX + 26), 8)
        self._line(surface, self.small, now.title, (MARGIN_PX + 34, MARGIN_PX + 10), FAINT)
        self._line(surface, self.small, now.lamp, (MARGIN_PX + 34, MARGIN_PX + 29), EDGE)

    def _draw_dials(self, surface: pygame.Surface, now: Instruments) -> None:
        left, top = MARGIN_PX, surface.get_height() - 128
        self._panel(surface, pygame.Rect(left, top, WHEEL_PX + 40, 96))
        self._line(surface, self._large, f"{now.speed_mps * 3.6:.0f} km/h", (left + 16, top + 12), EDGE)
        size_m = abs(now.offset_m)
        far = f"{size_m * 100:.0f} cm" if size_m < 10.0 else f"{size_m:.0f} m"
        aside = f"{far} {'left' if now.offset_m > 0 else 'right'} of the lane"
        colour = RED if size_m > 1.0 else ORANGE if size_m > 0.5 else GREEN
        self._line(surface, self.small, aside, (left + 16, top + 46), colour)
        self._draw_wheel(surface, now, (left + 20, top + 74))

    def _draw_wheel(self, surface: pygame.Surface, now: Instruments, where: tuple[int, int]) -> None:
        """A bar from the middle to the side that the wheel is turned to."""
        half = WHEEL_PX // 2
        middle = where[0] + half
        share = max(-1.0, min(1.0, now.curvature_per_m / now.full_turn_per_m))
        length = round(abs(share) * half)
        pygame.draw.rect(surface, (60, 66, 72), pygame.Rect(*where, WHEEL_PX, 8), border_radius=4)
        # The curvature is left positive, the screen right positive.
        pygame.draw.rect(surface, EDGE, pygame.Rect(middle - (length if share > 0 else 0), where[1], length, 8))
        pygame.draw.line(surface, FAINT, (middle, where[1] - 3), (middle, where[1] + 10))

    @staticmethod
    def _panel(surface: pygame.Surface, where: pygame.Rect) -> None:
        panel = pygame.Surface(where.size, pygame.SRCALPHA)
        pygame.draw.rect(panel, PANEL, panel.get_rect(), border_radius=8)
        surface.blit(panel, where)

    @staticmethod
    def _line(
        surface: pygame.Surface,
        font: pygame.font.Font,
        text: str,
        where: tuple[int, int],
        colour: tuple[int, int, int],
    ) -> None:
        # A dark twin one pixel below keeps text readable over a bright road.
        surface.blit(font.render(text, True, (10, 12, 14)), (where[0] + 1, where[1] + 1))
        surface.blit(font.render(text, True, colour), where)
