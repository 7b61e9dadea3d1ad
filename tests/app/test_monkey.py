"""Any key, anywhere: nothing breaks, Escape leads home, what is said goes, and what is said is so."""

from pathlib import Path

import pygame
import pytest

from drive_sim.app.background_work import BackgroundWork
from drive_sim.app.session import Session
from tests.app.monkey import new_monkey


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "num_events"), [(0, 80), (1, 400), (2, 400)])
def test_whatever_is_pressed(
    session: Session, pair: tuple[str, str], seed: int, num_events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BackgroundWork, "_receive_all", lambda *_: None)
    session.models = {Path(folder).name: Path(folder) for folder in pair}
    monkey = new_monkey(session, seed, (960, 540), monkeypatch)
    monkey.press_on(num_events, idles=False)
    monkey.idle()
    monkey.go_home()
    monkey.window.close()
    pygame.quit()
    assert len(monkey.seen) > 2
    assert not monkey.failures, "\n".join(map(str, monkey.failures))
