"""The instruments that screens share: lamp, steering wheel, speed, offset, balance, and the line of keys."""

import math
from collections.abc import Sequence
from functools import lru_cache

import pygame

from drive_sim.app.canvas import (
    FAINT,
    GAP,
    GREEN,
    HAIR,
    HEADING,
    INK,
    MARGIN,
    ORANGE,
    PADDING,
    PURPLE,
    RED,
    SHADE,
    SKY,
    SMALL,
    Box,
    Canvas,
    Colour,
)
from drive_sim.app.layout import KEY_LINE
from drive_sim.app.screen import Key
from drive_sim.sim.intervention import INTERVENTION_M

AWAY_SHARE = 0.5
"""The share of the limit from which on an intervention is near."""
_FULL_TURN_DEG, _WHEEL_STEPS = 110.0, 60
"""How far the drawn wheel turns at full steering; in how many steps to either side."""
_BAR_HEIGHT = 8.0
_LAST_KEY = Key("F1", "", "help")


def draw_lamp(
    canvas: Canvas,
    where: tuple[float, float],
    title: str,
    line: str,
    colour: Colour,
    *,
    width: float = 230.0,
    warning: str = "",
) -> Box:
    """A panel with a lamp, what it means in large letters, and a line below, with a warning below that.

    It is as wide as its text, at least `width`.
    """
    wide = max(canvas.text_width(title, size=HEADING, bold=True) + 24.0, *map(canvas.text_width, (line, warning)))
    box = Box(*where, max(width, wide + 2 * PADDING), 94.0 if warning else 70.0)
    canvas.panel(box)
    canvas.dot((box.left + PADDING + 8.0, box.top + 23.0), 8.0, colour)
    canvas.text(title, (box.left + PADDING + 26.0, box.top + 23.0), size=HEADING, bold=True, anchor="midleft")
    canvas.text(line, (box.left + PADDING, box.top + 52.0), anchor="midleft")
    if warning:
        canvas.text(warning, (box.left + PADDING, box.top + 76.0), colour=ORANGE, bold=True, anchor="midleft")
    return box


def draw_wheel(canvas: Canvas, centre: tuple[float, float], radius: float, share: float, colour: Colour = INK) -> None:
    """A steering wheel; `share` of the full turn is from -1 (right) to 1 (left)."""
    step = round(max(-1.0, min(1.0, share)) * _WHEEL_STEPS)
    picture = _wheel(max(8, canvas.px(radius)), step, colour)
    canvas.surface.blit(picture, picture.get_rect(center=(canvas.px(centre[0]), canvas.px(centre[1]))))


def draw_speed(canvas: Canvas, where: tuple[float, float], speed_mps: float) -> Box:
    """The speed, in large letters; `where` is the top left corner."""
    return canvas.text(f"{3.6 * speed_mps:.0f} km/h", where, size=HEADING, bold=True)


def draw_offset(canvas: Canvas, where: tuple[float, float], offset_m: float, limit_m: float = INTERVENTION_M) -> Box:
    """How far the car is off its lane, in words and in a colour that says how bad that is."""
    return canvas.text(offset_words(offset_m), where, colour=offset_colour(offset_m, limit_m))


def offset_words(offset_m: float) -> str:
    """An offset (left positive) as a person says it."""
    size_m = abs(offset_m)
    if size_m < 0.05:
        return "on the line"
    far = f"{size_m * 100:.0f} cm" if size_m < 1.0 else f"{size_m:.1f} m"
    return f"{far} {'left' if offset_m > 0 else 'right'}"


def offset_colour(offset_m: float, limit_m: float = INTERVENTION_M) -> Colour:
    """Green near the lane's middle, red beyond the limit from which on an intervention counts."""
    size_m = abs(offset_m)
    return RED if size_m > limit_m else ORANGE if size_m > AWAY_SHARE * limit_m else GREEN


def draw_balance(canvas: Canvas, box: Box, left: float, right: float) -> None:
    """Shares of a recording that bend left and right, 0 to 1, as bars from the middle of a panel."""
    canvas.panel(box)
    inner = box.inside()
    middle, half = inner.centre[0], inner.width / 2
    canvas.text(f"left {left:.0%}", (inner.left, inner.top - 2.0), colour=INK)
    canvas.text(f"{right:.0%} right", (inner.right, inner.top - 2.0), colour=INK, anchor="topright")
    bar = Box(inner.left, inner.bottom - 9.0, inner.width, 9.0)
    canvas.fill(bar, HAIR, rounding=3.0)
    # Half of a recording bending to one side fills that side.
    for share, colour, side in ((left, PURPLE, -1), (right, SKY, 1)):
        long = half * min(1.0, 2.0 * share)
        canvas.fill(Box(middle - long if side < 0 else middle, bar.top, long, bar.height), colour)
    canvas.fill(Box(middle - 1.0, bar.top - 3.0, 2.0, bar.height + 6.0), INK)


def draw_progress(canvas: Canvas, where: tuple[float, float], width: float, share: float) -> Box:
    """A bar of which a share, 0 to 1, is filled; `where` is its top left corner. Returns its box."""
    bar = Box(*where, width, _BAR_HEIGHT)
    canvas.fill(bar, HAIR, rounding=_BAR_HEIGHT / 2)
    canvas.fill(bar._replace(width=max(_BAR_HEIGHT, width * share)), GREEN, rounding=_BAR_HEIGHT / 2)
    return bar


def draw_key_line(canvas: Canvas, keys: Sequence[Key]) -> None:
    """The line at the bottom: the keys that have a short word, as many as there is room for, and help at the end."""
    canvas.panel(Box(0.0, canvas.height - KEY_LINE, canvas.width, KEY_LINE), colour=SHADE, alpha=190)
    for key, box in _key_boxes(canvas, keys):
        _draw_key(canvas, box, key)


def draw_caption(canvas: Canvas, words: str) -> None:
    """Words in the place of the keys, where nobody presses any: in films."""
    box = Box(0.0, canvas.height - KEY_LINE, canvas.width, KEY_LINE)
    canvas.panel(box, colour=SHADE, alpha=255, rounding=0.0)
    canvas.text(words, (MARGIN, box.centre[1]), anchor="midleft")


def key_at(canvas: Canvas, keys: Sequence[Key], where: tuple[float, float]) -> Key | None:
    """The key of the line at the bottom that lies at a point, to be clicked."""
    return next((key for key, box in _key_boxes(canvas, keys) if box.holds(where)), None)


def _key_boxes(canvas: Canvas, keys: Sequence[Key]) -> list[tuple[Key, Box]]:
    """Which keys the line shows, and where each lies with its word."""
    top = canvas.height - KEY_LINE
    width = _key_width(canvas, _LAST_KEY)
    last = Box(canvas.width - MARGIN - width, top, width, KEY_LINE)
    boxes: list[tuple[Key, Box]] = []
    left = MARGIN
    for key in keys:
        if key.short:
            box = Box(left, top, _key_width(canvas, key), KEY_LINE)
            if box.right + GAP > last.left:
                break
            boxes.append((key, box))
            left = box.right + 2 * GAP
    return [*boxes, (_LAST_KEY, last)]


def _key_width(canvas: Canvas, key: Key) -> float:
    return canvas.text_width(key.name, size=SMALL, bold=True) + canvas.text_width(key.short, size=SMALL) + 16.0


def _draw_key(canvas: Canvas, box: Box, key: Key) -> None:
    """A key's cap and its word; what cannot be clicked has no cap."""
    middle = box.centre[1]
    cap = Box(box.left, middle - 12.0, canvas.text_width(key.name, size=SMALL, bold=True) + 10.0, 24.0)
    if key.code is not None:
        canvas.frame(cap, FAINT, width=1.0, rounding=4.0)
    canvas.text(key.name, cap.centre, size=SMALL, bold=True, anchor="center")
    canvas.text(key.short, (cap.right + 6.0, middle), size=SMALL, colour=INK, anchor="midleft")


@lru_cache(maxsize=160)
def _wheel(radius_px: int, step: int, colour: Colour) -> pygame.Surface:
    """Drawn three times as large and shrunk, so that its edges are smooth."""
    side = 6 * radius_px
    large = pygame.Surface((side, side), pygame.SRCALPHA)
    large.fill((*colour, 0))
    middle, rim = side / 2, 0.13 * side
    pygame.draw.circle(large, colour, (middle, middle), side / 2 - 2, round(0.55 * rim))
    turn_rad = math.radians(_FULL_TURN_DEG * step / _WHEEL_STEPS)
    for spoke_rad in (0.0, math.pi, -math.pi / 2):
        angle = spoke_rad + turn_rad
        end = middle + (middle - rim / 2) * math.cos(angle), middle - (middle - rim / 2) * math.sin(angle)
        pygame.draw.line(large, colour, (middle, middle), end, round(0.6 * rim))
    pygame.draw.circle(large, colour, (middle, middle), 1.05 * rim)
    top = middle - (middle - 0.3 * rim) * math.sin(turn_rad), middle - (middle - 0.3 * rim) * math.cos(turn_rad)
    pygame.draw.circle(large, RED, top, 0.5 * rim)
    return pygame.transform.smoothscale(large, (2 * radius_px, 2 * radius_px))
