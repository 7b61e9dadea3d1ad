"""What is said of the reward that is painted on the road: whose it is, what it likes, and from how much driving."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from drive_sim.app.canvas import FAINT, ORANGE, PADDING, SMALL, Box, Canvas, Colour
from drive_sim.app.driver_rewards import DriverReward
from drive_sim.app.reward_overlay import RewardDriver, RewardOverlay
from drive_sim.irl.preferences import PreferredOffset, liked_offsets_m
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.report.paint import colours

_OWN_BEND_PER_M = 0.02
"""The bend in which a reward is asked for what it likes that nobody has driven by yet."""
_WIDE_CM = 150.0
"""An interval as wide as a road says no more than that."""
_ROW, _LINE, _LABEL_WIDTH, _BAR, _SCALE_HEIGHT = 24.0, 20.0, 116.0, 7.0, 36.0


@dataclass(frozen=True, slots=True, eq=False)
class RewardStatus:
    """Whose reward, what was read of their driving, and why the road cannot be painted, where it can't."""

    driver: RewardDriver
    read: DriverReward
    complaint: str = ""

    @classmethod
    def of(cls, liking: RewardOverlay, driver: RewardDriver) -> Self | None:
        """Of whoever drives; None where no paint is asked for."""
        return cls(driver, liking.read_of(driver), liking.complaint) if liking.is_on else None

    @property
    def title(self) -> str:
        """Whose it is."""
        name = self.driver.label.removeprefix("With ")
        return "What you like" if name == "You" else f"What {name.replace('The ', 'the ')} likes"

    @property
    def short_title(self) -> str:
        """The same with how it is known."""
        if self.driver.own is not None:
            return f"{self.title}: its own reward"
        return self.title if self.read.read is None else f"{self.title}, from {self.read.read_from_s:.0f} s"

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """What it likes, in straights and in bends: where, the offset, and its 95 % interval."""
        own, read = self.driver.own, self.read.read
        if own is not None:
            return _own_rows(own)
        if read is None:
            return []
        likes = read.preferences
        return [
            ("straights", *_offset_words(likes.straight, "left", "right")),
            (_bends(likes.bend_per_m), *_offset_words(likes.inward, "inward", "outward")),
        ]

    @property
    def source(self) -> str:
        """Where it is known from, and what the brackets are."""
        if self.driver.own is not None:
            return "its own reward, by which it drives"
        if self.read.read is None:
            return ""
        return f"by maximum entropy from {self._whose} last {self.read.read_from_s:.0f} s (95 %)"

    @property
    def progress(self) -> str:
        """What is being read, or how much more driving it needs."""
        read = self.read
        if self.driver.own is not None or read.needed_s is None:
            return ""
        if read.being_read_s is not None:
            again = "again " if read.read is not None else ""
            return f"being read {again}from {self._whose} last {read.being_read_s:.0f} s ..."
        next_time = "read again" if read.read is not None else "tried again" if read.failure else "to be read"
        return f"{next_time} after {max(1.0, read.needed_s):.0f} s more of {self._whose} driving"

    @property
    def caution(self) -> str:
        """What should be told beside it."""
        if self.complaint:
            return self.complaint
        if self.driver.own is not None:
            return ""
        if self.read.failure:
            return f"{'Not read again' if self.read.read else 'Not read'}: {self.read.failure}"
        return " ".join(self.read.read.warnings) if self.read.read is not None else ""

    @property
    def _whose(self) -> str:
        return "your" if self.driver.label == "You" else "its"


def draw_reward(canvas: Canvas, box: Box, status: RewardStatus, *, is_short: bool = False) -> float:
    """All of it, as high as it must be, from the top of a box and as wide; or, in short, what must be said.

    Returns how high it is.
    """
    inner, rows = box.inside(), status.rows
    has_scale = bool(rows) and not is_short
    notes = [(line, ORANGE) for line in canvas.wrapped(status.caution, inner.width, size=SMALL)]
    if not is_short:
        notes = _notes(canvas, f"{status.source}\n{status.progress}", inner.width) + notes
    elif not rows:
        notes = notes or _notes(canvas, status.progress, inner.width)
    height = 25.0 + _ROW * len(rows) + has_scale * _SCALE_HEIGHT + _LINE * len(notes)
    plate = box._replace(height=height + 1.5 * PADDING)
    canvas.panel(plate)
    canvas.fill(Box(box.left, box.top + 10.0, 6.0, 22.0), status.driver.colour, rounding=3.0)
    title = canvas.fitting(status.short_title if is_short else status.title, inner.width, bold=True)
    canvas.text(title, (inner.left, inner.top - 3.0), bold=True, colour=status.driver.colour)
    top = inner.top + 25.0
    for row in rows:
        _draw_row(canvas, inner._replace(top=top, height=_ROW), row)
        top += _ROW
    if has_scale:
        _draw_scale(canvas, Box(inner.left, top + 3.0, inner.width, _BAR))
        top += _SCALE_HEIGHT
    for line, colour in notes:
        canvas.text(line, (inner.left, top), size=SMALL, colour=colour)
        top += _LINE
    return plate.height


def _notes(canvas: Canvas, text: str, width: float) -> list[tuple[str, Colour]]:
    """Lesser lines of text, broken where they are too long."""
    return [(part, FAINT) for line in text.split("\n") for part in canvas.wrapped(line, width, size=SMALL)]


def _draw_row(canvas: Canvas, box: Box, row: tuple[str, str, str]) -> None:
    label, offset, interval = row
    middle = box.centre[1] - 3.0
    canvas.text(label, (box.left, middle), size=SMALL, colour=FAINT, anchor="midleft")
    said = canvas.text(offset, (box.left + _LABEL_WIDTH, middle), bold=True, anchor="midleft")
    if said.right + 8.0 + canvas.text_width(interval, size=SMALL) <= box.right:
        canvas.text(interval, (said.right + 8.0, middle), size=SMALL, colour=FAINT, anchor="midleft")


def _draw_scale(canvas: Canvas, bar: Box) -> None:
    """The paint's colours, from where one hardly is to what is liked most."""
    canvas.picture(colours(np.linspace(0.0, 1.0, 64))[None], bar)
    below = bar.bottom + 2.0
    canvas.text("hardly ever there", (bar.left, below), size=SMALL, colour=FAINT)
    canvas.text("liked most", (bar.right, below), size=SMALL, colour=FAINT, anchor="topright")


def _own_rows(reward: RoadReward) -> list[tuple[str, str, str]]:
    straight_m, inward_m = liked_offsets_m(reward, _OWN_BEND_PER_M)
    return [
        ("straights", _side(straight_m, "left", "right"), ""),
        (_bends(_OWN_BEND_PER_M), _side(inward_m, "inward", "outward"), ""),
    ]


def _bends(bend_per_m: float) -> str:
    return f"bends of {1.0 / bend_per_m:.0f} m"


def _offset_words(liked: PreferredOffset, positive: str, negative: str) -> tuple[str, str]:
    """An offset in whole centimetres, and its interval counted to the same side."""
    sign = 1.0 if liked.liked_m >= 0.0 else -1.0
    low_cm, high_cm = sorted((sign * 100.0 * liked.low_m, sign * 100.0 * liked.high_m))
    interval = f"({_whole(low_cm)} to {_whole(high_cm)})" if high_cm - low_cm < _WIDE_CM else "(unsure by metres)"
    return _side(liked.liked_m, positive, negative), interval


def _side(offset_m: float, positive: str, negative: str) -> str:
    size_cm = round(abs(100.0 * offset_m))
    return f"{size_cm} cm {positive if offset_m >= 0.0 else negative}" if size_cm else "the middle"


def _whole(size_cm: float) -> str:
    """With a real minus sign, which a hyphen is not."""
    return f"{round(size_cm)}".replace("-", "\N{MINUS SIGN}")
