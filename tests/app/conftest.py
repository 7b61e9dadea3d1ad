"""What the tests of several screens stand on: a canvas that nobody sees, and a sitting on a small round road."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app.canvas import Canvas
from drive_sim.app.display import SIZE_PX
from drive_sim.app.roads import Roads
from drive_sim.app.session import Session
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import make_scene
from tests.app.untaught_models import save_straight_driver


@pytest.fixture
def canvas() -> Iterator[Canvas]:
    pygame.display.init()
    pygame.font.init()
    yield Canvas(pygame.display.set_mode(SIZE_PX))
    pygame.quit()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    scene = make_scene("day", np.random.default_rng(1))
    session = Session(tmp_path / "runs", 2, Roads(2, make_circle(60.0), scene))
    yield session
    session.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("models")
    return str(save_straight_driver(folder / "plain")), str(save_straight_driver(folder / "shift-rotate"))
