"""The timeline above the line of keys: who drove when, where the car was put back; keys and the mouse rewind on it."""

from itertools import groupby

import pygame

from drive_sim.app.canvas import BODY, FAINT, HAIR, INK, MARGIN, RED, SHADE, SMALL, Box, Canvas, Colour
from drive_sim.app.ghost import faint
from drive_sim.app.layout import KEY_LINE, TIMELINE
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.time_machine import Fork, TimeMachine
from drive_sim.app.timeline import FRAMES_HZ, LONGEST_S, Timeline

FOOTER = KEY_LINE + TIMELINE
"""What belongs to both at the window's bottom."""
_STEPS_S = {pygame.K_PAGEUP: 1.0, pygame.K_PAGEDOWN: -1.0}
_HELD_FRAMES, _REPEAT_FRAMES = 24, 4
"""A key that is held for so long goes on by steps, one every few frames."""
_WORDS, _HEIGHT, _KNOB = 330.0, 9.0, 7.0


class TimelineBar:
    """What keys and the mouse do to a time machine; the mouse drags the knob."""

    def __init__(self) -> None:
        self._is_dragged = False
        self._wanted: float | None = None
        """The frame to which the mouse has come; shown once a frame, however often the mouse tells."""
        self._held_frames = 0

    def handle(self, event: pygame.event.Event, canvas: Canvas, machine: TimeMachine) -> bool:
        """Whether the event belonged to the timeline."""
        if event.type == pygame.KEYDOWN:
            return self._press(event.key, machine)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._is_dragged = _band(canvas).holds(canvas.units(event.pos))
        elif event.type == pygame.MOUSEBUTTONUP and self._is_dragged:
            self._is_dragged = False
            return True
        if self._is_dragged and event.type in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEMOTION):
            self._wanted = _frame_at(_track(canvas), canvas.units(event.pos)[0], machine)
            return True
        return False

    def advance(self, held: HeldKeys, machine: TimeMachine) -> None:
        """Once a frame: what is wanted is shown; a held key goes on."""
        if self._wanted is not None:
            machine.look_at(self._wanted)
            self._wanted = None
        step_s = next((step_s for key, step_s in _STEPS_S.items() if held[key]), 0.0)
        self._held_frames = self._held_frames + 1 if step_s else 0
        if self._held_frames > _HELD_FRAMES and self._held_frames % _REPEAT_FRAMES == 0:
            machine.look_back(step_s)

    @staticmethod
    def _press(key: int, machine: TimeMachine) -> bool:
        if key in _STEPS_S:
            machine.look_back(_STEPS_S[key])
        elif key == pygame.K_HOME:
            machine.look_at(0.0)
        elif key == pygame.K_END:
            machine.look_now()
        else:
            return False
        return True


def draw_timeline(canvas: Canvas, machine: TimeMachine, forks_by: str) -> None:
    """The last minute, the fork beside its old future, the knob, and what can be done: what else than F forks."""
    band, track = _band(canvas), _track(canvas)
    canvas.panel(band, colour=SHADE, alpha=190)
    words, colour = _words(machine, forks_by)
    room = track.left - band.left - 2 * MARGIN
    size = BODY if colour is INK and canvas.text_width(words, size=BODY) <= room else SMALL
    canvas.text(words, (band.left + MARGIN, band.centre[1]), size=size, colour=colour, anchor="midleft")
    canvas.fill(track, HAIR, rounding=_HEIGHT / 2)
    fork = machine.fork
    if fork is not None:
        _draw_drivers(canvas, _half(track, 1), machine, fork.old, fork.num_frames, is_faint=True)
    _draw_drivers(canvas, track if fork is None else _half(track, 0), machine, machine.timeline, 0)
    if fork is not None:
        x = _x_of(track, fork.num_frames, machine)
        canvas.fill(Box(x - 1.0, band.top + 3.0, 2.0, band.height - 6.0), INK)
    shown = _x_of(track, machine.rollout.num_frames, machine)
    canvas.dot((shown, track.centre[1]), _KNOB + 2.0, SHADE)
    canvas.dot((shown, track.centre[1]), _KNOB, INK)


def _words(machine: TimeMachine, forks_by: str) -> tuple[str, Colour]:
    """What can be done now, in a few words, and how loudly it is said."""
    if machine.looks_back:
        return f"{machine.seconds_ago:.1f} s ago: F forks, End returns", INK
    fork = machine.fork
    if fork is None:
        return "Page Up or drag: back in time", FAINT
    return _fork_words(fork, forks_by), INK


def _fork_words(fork: Fork, forks_by: str) -> str:
    if not fork.is_touched:
        return f"As it was: {forks_by} fork"
    return f"{fork.verdict.capitalize() or 'Fork'}: M marks it, Delete undoes it"


def _draw_drivers(
    canvas: Canvas, track: Box, machine: TimeMachine, timeline: Timeline, first: int, *, is_faint: bool = False
) -> None:
    """A stretch of colour for whoever drove, and a red line where the car left its lane."""
    ticks = [(state.num_frames, state.history[-1]) for state in timeline.states if state.history]
    ticks = [tick for tick in ticks if tick[0] >= first]
    for colour, stretch in groupby(ticks, key=lambda tick: tick[1].colour):
        frames = [num_frames for num_frames, _ in stretch]
        left, right = (_x_of(track, num_frames, machine) for num_frames in (frames[0] - 6, frames[-1]))
        canvas.fill(track._replace(left=left, width=max(1.0, right - left)), faint(colour) if is_faint else colour)
    for num_frames, tick in ticks:
        if tick.was_put_back:
            canvas.fill(Box(_x_of(track, num_frames, machine) - 1.5, track.top - 3.0, 3.0, track.height + 6.0), RED)


def _band(canvas: Canvas) -> Box:
    return Box(0.0, canvas.height - FOOTER, canvas.width, TIMELINE)


def _track(canvas: Canvas) -> Box:
    """The minute itself; the latest frame that is known lies at its right end."""
    band = _band(canvas)
    left = min(_WORDS, 0.4 * band.width)
    return Box(left, band.centre[1] - _HEIGHT / 2, band.right - 2 * MARGIN - left, _HEIGHT)


def _half(track: Box, number: int) -> Box:
    """The upper or the lower half."""
    return track._replace(top=track.top + number * track.height / 2, height=track.height / 2)


def _x_of(track: Box, num_frames: float, machine: TimeMachine) -> float:
    share = 1.0 - (machine.end_frame - num_frames) / (FRAMES_HZ * LONGEST_S)
    return track.left + track.width * max(0.0, min(1.0, share))


def _frame_at(track: Box, x: float, machine: TimeMachine) -> float:
    share = max(0.0, min(1.0, (x - track.left) / track.width))
    return machine.end_frame - FRAMES_HZ * LONGEST_S * (1.0 - share)
