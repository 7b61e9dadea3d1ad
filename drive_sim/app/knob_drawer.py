"""The drawer of knobs: sliders by mouse and arrow keys, in the place of the map while it is open."""

from dataclasses import replace

import pygame

from drive_sim.app.canvas import BODY, FAINT, GAP, HAIR, INK, MARGIN, ORANGE, PADDING, SKY, SMALL, Box, Canvas
from drive_sim.app.knobs import KNOBS, Knob, Knobs, turned_by_hand
from drive_sim.app.layout import KEY_LINE, network_box
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.screen import Key
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.wanted_place import in_words, next_place

KNOBS_KEY = Key("Tab", "knobs: wind, steering, camera, speed", "knobs")
PLACE_KEY = Key("Q", "told to drive left, middle, right; by sight")
_ARROWS = (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN)
_WIDTH, _HEAD, _TRACK, _LINE = 286.0, 30.0, 4.0, 1.25
_WAIT_FRAMES, _EVERY_FRAMES = 24, 4
"""An arrow that is held turns on after so long, a step so often."""


class _WithoutArrows:
    """Held keys that do not steer while the arrows turn knobs."""

    def __init__(self, held: HeldKeys) -> None:
        self._held = held

    def __getitem__(self, key: int, /) -> bool:
        return key not in _ARROWS and self._held[key]


class KnobDrawer:
    """What a person turns waits here until a control tick begins; `regime` is whose knobs these are, as in "the
    evaluation's"."""

    def __init__(self, session: Session, regime: str, footer: float = KEY_LINE) -> None:
        """`footer`: so many units at the window's bottom are taken."""
        self.is_open = False
        self._footer = footer
        self.chosen = 0
        self._session, self._regime = session, regime
        self._wanted: Knobs | None = None
        self._has_mouse, self._frames_held = False, 0

    def fit(self, car: SingleCar) -> None:
        """A car that is new here gets what the session has turned."""
        self._wanted = None
        if self._session.turned_knobs:
            car.change_knobs(car.regime.with_values(self._session.turned_knobs))

    def pop(self, *, waits: bool) -> Knobs | None:
        """What shall count from this control tick on, once; where it `waits`, not while a slider is still held."""
        if waits and (self._has_mouse or self._frames_held):
            return None
        wanted, self._wanted = self._wanted, None
        return wanted

    def change_speed(self, car: SingleCar) -> str:
        """Whoever drives chooses the speed, or it is kept again; returns what to say of it."""
        knobs = self._wanted or car.knobs
        self._want(replace(knobs, own_speed=not knobs.own_speed), car)
        return "The speed is kept" if knobs.own_speed else "The speed is the driver's own; Up and Down are your pedals"

    def change_place(self, rollout: LiveRollout) -> str:
        """Drivers are told the next place to drive at; returns what to say of it."""
        car = rollout.car
        knobs = self._wanted or car.knobs
        place = next_place(car.track, knobs.wanted_place)
        self._want(replace(knobs, wanted_place=place), car)
        told = f"Wanted place: {in_words(place)}"
        return told if place is None or not _goes_by_sight(rollout) else f"{told}; {rollout.driver.label} goes by sight"

    def hands(self, held: HeldKeys, car: SingleCar) -> HeldKeys:
        """Once a frame: the keys that still steer; an arrow that is held turns the chosen knob."""
        if not self.is_open:
            return held
        direction = held[pygame.K_RIGHT] - held[pygame.K_LEFT]
        self._frames_held = self._frames_held + 1 if direction else 0
        if self._frames_held > _WAIT_FRAMES and self._frames_held % _EVERY_FRAMES == 0:
            self._step(direction, car)
        return _WithoutArrows(held)

    def handle(self, event: pygame.event.Event, canvas: Canvas, car: SingleCar) -> bool:
        """Whether the event was the drawer's."""
        if event.type == pygame.KEYDOWN:
            return self._press(event, car)
        if not self.is_open:
            return False
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
            return self._click(canvas.units(event.pos), canvas, car)
        if event.type == pygame.MOUSEMOTION and self._has_mouse:
            self._drag(canvas.units(event.pos)[0], canvas, car)
            return True
        was_held = self._has_mouse and event.type == pygame.MOUSEBUTTONUP
        self._has_mouse = self._has_mouse and not was_held
        return was_held

    def box(self, canvas: Canvas) -> Box:
        """Where it lies: the upper right corner, down to the network's picture."""
        below = network_box(canvas, self._footer)
        return Box(below.right - _WIDTH, MARGIN, _WIDTH, below.top - GAP - MARGIN)

    def draw(self, canvas: Canvas, car: SingleCar) -> None:
        """The drawer, where it is open."""
        box, knobs = self.box(canvas), self._wanted or car.knobs
        canvas.panel(box, alpha=235)
        is_home = not knobs.values_beside(car.regime)
        ends = (box.left + PADDING, box.top + _HEAD / 2), (box.right - PADDING, box.top + _HEAD / 2)
        canvas.text("×  Knobs", ends[0], size=BODY, bold=True, anchor="midleft")
        words, colour = (f"as {self._regime}", FAINT) if is_home else ("Delete resets them", ORANGE)
        canvas.text(words, ends[1], size=SMALL, colour=colour, anchor="midright")
        for number, knob in enumerate(KNOBS):
            self._draw_knob(canvas, _row(box, number), knob, knobs, car.regime, is_chosen=number == self.chosen)

    def draw_turned(self, canvas: Canvas, room: Box, rollout: LiveRollout) -> None:
        """What is not as the regime has it, at the lower end of some room; while the drawer is open, it says so."""
        knobs = rollout.car.knobs
        words = knobs.words_beside(rollout.car.regime)
        if self.is_open or not words:
            return
        if _goes_by_sight(rollout) and knobs.wanted_place is not None:
            words.append("but it goes by sight")
        width, most = room.width - 2 * PADDING, int((room.height - PADDING) / (_LINE * SMALL))
        head = f"Not as {self._regime}:"
        head = head if canvas.text_width(head, size=SMALL, bold=True) <= width else "Turned:"
        lines = [head, *canvas.wrapped(", ".join(words), width, size=SMALL)]
        if len(lines) > most:
            lines = [*lines[: most - 1], canvas.fitting(f"{lines[most - 1]} ...", width, size=SMALL)]
        height = _LINE * SMALL * len(lines) + PADDING
        box = room._replace(top=room.bottom - height, height=height)
        canvas.panel(box)
        for number, line in enumerate(lines):
            where = box.left + PADDING, box.top + PADDING / 2 + _LINE * SMALL * (number + 0.5)
            is_head = number == 0
            canvas.text(line, where, size=SMALL, bold=is_head, colour=ORANGE if is_head else INK, anchor="midleft")

    def _press(self, event: pygame.event.Event, car: SingleCar) -> bool:
        if event.key == pygame.K_TAB and not getattr(event, "mod", 0) & pygame.KMOD_ALT:
            self.is_open, self._has_mouse, self._frames_held = not self.is_open, False, 0
        elif not self.is_open or event.key not in (*_ARROWS, pygame.K_DELETE):
            return False
        elif event.key == pygame.K_DELETE:
            self._want(car.regime, car)
        elif event.key in (pygame.K_UP, pygame.K_DOWN):
            self.chosen = (self.chosen + (1 if event.key == pygame.K_DOWN else -1)) % len(KNOBS)
        else:
            self._step(1 if event.key == pygame.K_RIGHT else -1, car)
        return True

    def _click(self, where: tuple[float, float], canvas: Canvas, car: SingleCar) -> bool:
        box = self.box(canvas)
        if not box.holds(where):
            return False
        if where[1] < box.top + _HEAD and where[0] < box.left + 0.4 * box.width:
            self.is_open = False
        elif where[1] < box.top + _HEAD:
            self._want(car.regime, car)
        for number in range(len(KNOBS)):
            if _row(box, number).holds(where):
                self.chosen, self._has_mouse = number, True
                self._drag(where[0], canvas, car)
        return True

    def _drag(self, x: float, canvas: Canvas, car: SingleCar) -> None:
        knob, track = KNOBS[self.chosen], _track(_row(self.box(canvas), self.chosen))
        self._turn(knob.least + (knob.most - knob.least) * (x - track.left) / track.width, car)

    def _step(self, direction: int, car: SingleCar) -> None:
        """To the next value that the road allows."""
        knob, knobs = KNOBS[self.chosen], self._wanted or car.knobs
        value, home, found = knob.value(knobs), knob.value(car.regime), knobs
        while found == knobs and knob.least <= value <= knob.most:
            value += direction * knob.step
            found = car.allowed(turned_by_hand(knobs, knob, knob.nearest(value, home)))
        if found != knobs:
            self._want(found, car)

    def _turn(self, value: float, car: SingleCar) -> None:
        knob, knobs = KNOBS[self.chosen], self._wanted or car.knobs
        value = knob.nearest(value, knob.value(car.regime))
        if value != knob.value(knobs):
            self._want(turned_by_hand(knobs, knob, value), car)

    def _want(self, knobs: Knobs, car: SingleCar) -> None:
        self._wanted = knobs = car.allowed(knobs)
        self._session.turned_knobs = knobs.values_beside(car.regime)

    @staticmethod
    def _draw_knob(canvas: Canvas, row: Box, knob: Knob, knobs: Knobs, regime: Knobs, *, is_chosen: bool) -> None:
        """A line of words, and below it where the knob stands and where (a thin mark) the regime has it."""
        if is_chosen:
            canvas.fill(Box(row.left + 5.0, row.top, row.width - 10.0, row.height - 1.0), HAIR, rounding=5.0)
        track, middle = _track(row), row.top + 0.31 * row.height
        value, home = knob.value(knobs), knob.value(regime)
        colour = SKY if value == home else ORANGE
        canvas.text(knob.label, (track.left, middle), size=SMALL, bold=is_chosen, anchor="midleft")
        canvas.text(knob.words(value), (track.right, middle), size=SMALL, colour=colour, bold=True, anchor="midright")
        canvas.fill(track, FAINT if is_chosen else HAIR, rounding=_TRACK / 2)
        places = [track.left + track.width * (v - knob.least) / (knob.most - knob.least) for v in (home, value)]
        canvas.fill(Box(places[0] - 1.0, track.top - 1.0, 2.0, _TRACK + 3.0), INK)
        canvas.dot((places[1], track.centre[1]), 4.5, colour)


def _goes_by_sight(rollout: LiveRollout) -> bool:
    """A driver has the wheel who cannot be told where to drive."""
    return rollout.driver.goes_by_sight and not rollout.by_hand


def _row(box: Box, number: int) -> Box:
    height = (box.height - _HEAD - 2.0) / len(KNOBS)
    return Box(box.left, box.top + _HEAD + number * height, box.width, height)


def _track(row: Box) -> Box:
    return Box(row.left + PADDING + 4.0, row.bottom - _TRACK - 3.0, row.width - 2 * PADDING - 8.0, _TRACK)
