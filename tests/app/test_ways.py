"""From every screen a person comes to every other one by two keys, and Escape always leads on."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pygame
import pytest

from drive_sim.app.background_work import BackgroundWork
from drive_sim.app.display import Display
from drive_sim.app.screen import Destination, Leave, ToDrive, ToHome, ToShared, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen
from drive_sim.app.window import Window
from drive_sim.app.window_keys import KEYS_EVERYWHERE

SCREENS: tuple[type[Destination], ...] = tuple(kind for kind in get_args(Destination) if kind is not ToShared)
"""What is shared opens one of the others."""
SAVES = {pygame.K_F7, pygame.K_F8, pygame.K_F9, pygame.K_F10, pygame.K_F11, pygame.K_F12}


@pytest.fixture
def models(session: Session, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """There are two networks, and nobody works beside the window."""
    monkeypatch.setattr(BackgroundWork, "_receive_all", lambda *_: None)
    session.models = {Path(folder).name: Path(folder) for folder in pair}
    yield
    pygame.quit()


def ways(window: Window, start: type[Destination]) -> set[type[Destination]]:
    """Where each key of a screen, of every screen, and each digit leads from a screen as it is at first."""
    window.session.note.num_frames = 0
    window._go(start())  # pyright: ignore[reportCallIssue]
    assert type(window._route) is start, window.session.note.text
    keys = {key.code for key in (*window.screen.keys, *KEYS_EVERYWHERE)} - {None, pygame.K_F1} - SAVES
    found = set()
    for key in sorted(key for key in keys | set(range(pygame.K_1, pygame.K_9 + 1)) if key is not None):
        event = pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0)
        route = window._press(event)
        if route is None and window.session.note.is_question:
            route = window._press(event)
        if route is not None and not isinstance(route, Leave):
            found.add(type(route))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("first", [ToHome, ToWatch])
def test_every_screen_is_two_keys_from_every_other(
    session: Session, models: None, first: type[ToHome | ToWatch]
) -> None:
    window = Window(session, make_screen, first(), Display())
    by_one = {start: ways(window, start) - {start} for start in SCREENS}
    for start, near in by_one.items():
        far = near.union(*(by_one[screen] for screen in near))
        assert far >= set(SCREENS) - {start}, f"from {start.__name__}"
        assert start is first or first in near, "Escape leads back"
    window.close()


@pytest.mark.parametrize("key", [pygame.K_ESCAPE, pygame.K_F2])
def test_who_is_recorded_is_asked_before_a_key_leads_away(session: Session, models: None, key: int) -> None:
    window = Window(session, make_screen, ToHome(), Display())
    window._go(ToDrive())
    record, away = (pygame.event.Event(pygame.KEYDOWN, key=code, unicode="", mod=0) for code in (pygame.K_r, key))
    window._press(record)
    assert window._press(away) is None
    assert f"{'Esc' if key == pygame.K_ESCAPE else pygame.key.name(key).upper()} again goes" in session.note.text
    assert window._press(away) is not None
    window.close()
