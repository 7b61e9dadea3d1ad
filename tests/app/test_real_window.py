"""A real window on a screen that nobody sees, and real keys: from driving to retraining after the wheel was taken."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pygame
import pytest

from bench.person import Person, PlayedWindow, Script
from bench.virtual_screen import Hands, virtual_screen
from drive_sim.app import training, training_request
from drive_sim.app.canvas import Canvas
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.export import FOLDER
from drive_sim.app.home import HomeScreen
from drive_sim.app.layout import KEY_LINE, TIMELINE
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToHome
from drive_sim.app.session import Session
from drive_sim.app.share_panel import UTF8_TEXT
from drive_sim.app.shared_state import from_text
from drive_sim.app.sharing import shared_route
from drive_sim.app.startup import make_screen
from drive_sim.app.watch import WatchScreen
from drive_sim.data.recording import load_recording
from drive_sim.errors import InputError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"),
]
SCREEN_PX = 1280, 800


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedWindow]:
    # Enough to see that it learns; how well it drives is the benches' affair.
    monkeypatch.setattr(training_request, "Training", partial(training.Training, num_steps=10))
    with virtual_screen(*SCREEN_PX):
        display = Display()
        yield PlayedWindow(Session(tmp_path, 0, Roads(0)), make_screen, ToHome(), display)
        pygame.quit()


@pytest.fixture
def person(window: PlayedWindow) -> Iterator[Person]:
    hands = Hands()
    yield Person(window, hands)
    hands.close()


def has_picture(runs: Path) -> bool:
    """Whether a whole picture lies where pictures are taken home; what is being written has a folder of its own."""
    return any((runs / FOLDER).glob("*.png"))


def test_keys_of_the_window_itself(window: PlayedWindow, person: Person, tmp_path: Path) -> None:
    def size() -> tuple[int, int]:
        return window.display.canvas.surface.get_size()

    def drag(width_px: int, height_px: int) -> None:
        number = pygame.display.get_wm_info()["window"]
        subprocess.run(["xdotool", "windowsize", str(number), str(width_px), str(height_px)], check=True)

    def script() -> Script:
        yield from person.wait(20)
        yield from person.press("F11", lambda: size() == SCREEN_PX, "it fills the screen")
        yield from person.press("F11", lambda: size() == (960, 540), "it is as large as before")
        drag(1100, 700)
        yield from person.until(lambda: size() == (1100, 700), "it is as large as it was dragged")
        yield from person.press("F12", lambda: has_picture(tmp_path), "a picture is saved")
        yield from person.press("question", lambda: window._shows_help, "the keys are listed")
        yield from person.press("Escape", lambda: not window._shows_help, "they are gone")
        person.hands.tap("Escape")
        yield from person.until(lambda: False, "the window is closed")

    window.script = script()
    assert window.run() > 20
    assert pygame.image.load(next((tmp_path / FOLDER).glob("*.png"))).get_size() == (1100, 700)


def test_drive_record_train_watch_toggle_nudge_take_over_let_go_retrain(window: PlayedWindow, person: Person) -> None:
    session = window.session

    def drives() -> Script:
        yield from person.wait(20)
        yield from person.press("2", lambda: isinstance(window.screen, DriveScreen), "one can drive")
        screen = window.screen
        assert isinstance(screen, DriveScreen)
        yield from person.press("r", lambda: screen.is_recording, "it is recorded")
        yield from person.drive(screen, 9.0)
        yield from person.press("r", lambda: not screen.is_recording, "it is recorded no more")
        recorder = screen.recorder
        assert recorder is not None
        before_s = recorder.recorded_s
        yield from person.press("BackSpace", lambda: recorder.recorded_s < before_s - 4.0, "five seconds are dropped")
        yield from person.press("r", lambda: screen.is_recording, "it is recorded again")
        yield from person.drive(screen, 3.0)
        yield from person.press("t", lambda: session.training is not None, "two networks learn")
        yield from person.until(lambda: len(session.models) == 2, "both have learned")
        yield from person.press("l", lambda: isinstance(window.screen, WatchScreen), "they drive")

    def watches() -> Script:
        screen = window.screen
        assert isinstance(screen, WatchScreen)
        yield from person.wait(60)
        first = screen.rollout.driver.name
        yield from person.press("a", lambda: screen.rollout.driver.name != first, "the other one drives")
        before_m = screen.rollout.car.offset_m
        yield from person.press("n", lambda: abs(screen.rollout.car.offset_m - before_m) > 0.3, "it is nudged")
        person.hands.hold("Left")
        yield from person.until(lambda: screen.takeover.has_wheel, "a person drives")
        yield from person.wait(30)
        person.hands.hold("Right")
        yield from person.wait(30)
        person.hands.hold()
        yield from person.press("g", lambda: not screen.takeover.has_wheel, "the network drives again")
        folder = screen.rollout.driver.folder
        learned = session.training
        yield from person.press("t", lambda: session.training is not learned, "it learns from what was corrected")
        yield from person.until(lambda: screen.rollout.driver.folder != folder, "what has learned drives")
        yield from person.wait(30)

    def script() -> Script:
        yield from drives()
        yield from watches()
        yield from person.press("Escape", lambda: isinstance(window.screen, HomeScreen), "home again")
        person.hands.tap("Escape")
        yield from person.until(lambda: False, "the window is closed")

    window.script = script()
    window.run()
    assert isinstance(window.screen, HomeScreen)
    check_recordings(session)


def test_time_is_rewound_and_forked_by_keys_and_mouse(window: PlayedWindow, person: Person) -> None:
    def script() -> Script:
        yield from person.wait(20)
        yield from person.press("3", lambda: isinstance(window.screen, WatchScreen), "networks drive")
        screen = window.screen
        assert isinstance(screen, WatchScreen)
        machine = screen.time.machine
        yield from person.wait(360)
        yield from person.press("Prior", lambda: machine.seconds_ago > 0.9, "a second is rewound")
        yield from person.press("End", lambda: not machine.looks_back, "time goes on")
        width_px = window.display.canvas.surface.get_width()
        band_px = round((540.0 - KEY_LINE - TIMELINE / 2) * window.display.canvas.scale)
        person.hands.drag([(width_px - share, band_px) for share in (40, 50, 60)])
        yield from person.until(lambda: machine.seconds_ago > 2.0, "the knob is dragged")
        assert not screen.takeover.has_wheel
        yield from person.press("f", lambda: machine.fork is not None, "time forks")
        person.hands.hold("Left")
        yield from person.until(lambda: screen.takeover.num_rows > 3, "a person goes on")
        person.hands.hold()
        yield from person.press("m", lambda: machine.fork is not None and machine.fork.verdict == "good", "it is good")
        assert not screen.takeover.has_wheel
        before = screen.rollout.num_frames
        yield from person.press("Delete", lambda: machine.fork is None, "the old future is back")
        assert screen.rollout.num_frames > before
        yield from person.wait(30)
        yield from person.press("Escape", lambda: isinstance(window.screen, HomeScreen), "home again")
        person.hands.tap("Escape")
        yield from person.until(lambda: False, "the window is closed")

    window.script = script()
    window.run()
    assert isinstance(window.screen, HomeScreen)
    (folder,) = window.session.runs.glob("takeover-*")
    with pytest.raises(InputError, match="dropped"):
        load_recording(folder)


def test_a_network_learns_behind_the_driver_is_let_go_and_taken_back(window: PlayedWindow, person: Person) -> None:
    session = window.session

    def script() -> Script:
        yield from person.wait(20)
        yield from person.press("2", lambda: isinstance(window.screen, DriveScreen), "one can drive")
        screen = window.screen
        assert isinstance(screen, DriveScreen)
        live = screen.live
        yield from person.press("i", lambda: live.is_on, "a network is there to learn")
        person.hands.tap("Up")
        yield from person.drive(screen, 3.0)
        assert live.process is not None
        yield from person.press("x", lambda: live.chosen == "alone", "the twin without views is shown")
        yield from person.press("l", lambda: live.drives, "it drives")
        yield from person.wait(30)
        person.hands.hold("Left")
        yield from person.until(lambda: not live.drives, "a touch takes it back")
        person.hands.hold()
        handed, process = live.process.num_handed, live.process
        yield from person.press("Return", lambda: process.num_handed > handed, "it learns again")
        yield from person.until(lambda: bool(session.live_models), "what was let go is saved")
        yield from person.press("Escape", lambda: session.note.is_question, "it asks, since it would be forgotten")
        yield from person.press("Escape", lambda: isinstance(window.screen, HomeScreen), "home again")
        person.hands.tap("Escape")
        yield from person.until(lambda: False, "the window is closed")

    window.script = script()
    window.run()
    assert [folder.name for folder in session.live_models.values()] == ["alvinn-alone"]


def test_what_looks_clickable_is_and_escape_asks_while_something_learns(
    window: PlayedWindow, person: Person, tmp_path: Path
) -> None:
    number, session = pygame.display.get_wm_info()["window"], window.session

    def click(x: float, y: float, holds: Callable[[], bool], what: str) -> Script:
        scale = window.display.canvas.scale
        person.hands.click(number, x * scale, y * scale)
        yield from person.until(holds, what)

    def watches() -> Script:
        screen = window.screen
        assert isinstance(screen, WatchScreen)
        yield from person.wait(30)
        first, second = screen.rollout.drivers
        row = screen.rollout.driver
        yield from click(120.0, 123.0, lambda: screen.rollout.driver is second, "a click on its row gives it the wheel")
        assert row is first
        yield from click(28.0, 520.0, lambda: screen.rollout.driver is first, "a click on the key A hands it on")
        yield from click(930.0, 520.0, lambda: window._shows_help, "a click on the key F1 lists the keys")
        yield from click(480.0, 200.0, lambda: not window._shows_help, "a click closes the list")

    def learns() -> Script:
        screen = window.screen
        assert isinstance(screen, DriveScreen)
        yield from person.press("r", lambda: screen.is_recording, "it is recorded")
        yield from person.drive(screen, 3.0)
        yield from person.press("Escape", lambda: session.note.is_question, "it asks while it records")
        assert window.screen is screen
        yield from person.press("t", lambda: session.running_training is not None, "two networks learn")
        yield from person.press("Escape", lambda: session.note.is_question, "it asks while they learn")
        yield from person.press("t", lambda: "T again" in session.note.text, "it asks whether to end that")
        learning = session.training
        assert learning is not None
        yield from person.press("t", lambda: learning.is_cancelled, "they learn no more")
        yield from person.until(lambda: not learning.folder.exists(), "no empty folder stays")

    def script() -> Script:
        yield from person.wait(20)
        yield from person.press("3", lambda: isinstance(window.screen, WatchScreen), "one can watch")
        yield from watches()
        yield from person.press("Escape", lambda: isinstance(window.screen, HomeScreen), "home again")
        yield from person.press("2", lambda: isinstance(window.screen, DriveScreen), "one can drive")
        yield from learns()
        yield from person.press("Escape", lambda: isinstance(window.screen, HomeScreen), "home again, unasked")
        person.hands.tap("Escape")
        yield from person.until(lambda: False, "the window is closed")

    window.script = script()
    window.run()
    assert isinstance(window.screen, HomeScreen)
    assert [folder.name for folder in tmp_path.iterdir()] == ["drive-001"]


def check_recordings(session: Session) -> None:
    """What was driven by keys, and what was corrected, lie on the disk with what a learner needs."""
    assert session.recording is not None
    demos = load_recording(session.recording).demonstrations()
    assert 60 < len(demos) < 85
    assert demos.raw_steering is not None
    assert set(np.unique(demos.raw_steering)) <= {-1.0, 0.0, 1.0}
    assert np.ptp(demos.curvature_per_m) > 0.0
    corrected = [folder for folder in session.runs.glob("*/") if folder != session.recording and is_recording(folder)]
    assert len(corrected) == 1
    (episode,) = load_recording(corrected[0]).episodes
    assert set(episode.column("driver")) == {"human"}
    assert np.all(episode.column("intervention"))
    assert np.all(np.isfinite(episode.column("expert_curvature_per_m")))


def is_recording(folder: Path) -> bool:
    return any(folder.glob("*.arrow*"))


def test_knobs_are_turned_and_the_view_is_shared_by_keys_and_mouse(
    window: PlayedWindow, person: Person, tmp_path: Path
) -> None:
    """The clipboard, the file and the text on the screen are one, and open what was looked at."""
    shown: list[bytes] = []

    def script() -> Script:
        yield from person.wait(20)
        yield from person.press("2", lambda: isinstance(window.screen, DriveScreen), "one can drive")
        screen = window.screen
        assert isinstance(screen, DriveScreen)
        drawer, canvas = screen.drawer, window.display.canvas
        yield from person.press("r", lambda: screen.is_recording, "it is recorded")
        yield from person.press("Tab", lambda: drawer.is_open, "the drawer is open")
        yield from person.press("Right", lambda: screen.car.knobs.disturbance.wind_mps > 0.0, "the wind blows")
        box = drawer.box(canvas)
        places = [(round(box.left + share * box.width), round(box.top + 45.0)) for share in (0.6, 0.7, 0.8)]
        person.hands.drag(places)
        yield from person.until(lambda: screen.car.knobs.disturbance.wind_mps > 0.9, "it blows harder")
        yield from person.press("Tab", lambda: not drawer.is_open, "the drawer is shut")
        yield from person.press("space", lambda: screen.is_paused, "time stands")
        yield from person.press("F7", lambda: window._shared is not None, "the view is shared")
        assert window._shared is not None
        shown.append(window._shared.text.encode())
        assert window._shared.is_copied
        shown.append((pygame.scrap.get(UTF8_TEXT) or b"").rstrip(b"\0"))
        window._shared.preview.draw(canvas)
        shown.append(pygame.image.tobytes(canvas.surface, "RGB"))
        yield from person.press("F12", lambda: has_picture(tmp_path), "a picture is saved")
        yield from person.press("space", lambda: window._shared is None, "it is looked at no more")
        assert screen.is_paused
        yield from person.press("space", lambda: not screen.is_paused, "time goes on")
        yield from person.wait(30)
        yield from person.press("r", lambda: not screen.is_recording, "it is recorded no more")
        yield from person.press("Escape", lambda: isinstance(window.screen, HomeScreen), "home again")
        person.hands.tap("Escape")
        yield from person.until(lambda: False, "the window is closed")

    window.script = script()
    window.run()
    text, copied, pixels = shown
    (file,) = tmp_path.rglob("state-001.txt")
    assert text == copied == file.read_bytes().strip()
    assert opened_elsewhere(text.decode(), tmp_path / "elsewhere") == pixels
    winds = [episode.info.disturbance for episode in load_recording(next(tmp_path.glob("drive-*"))).episodes]
    assert [wind is not None and wind["wind_mps"] > 0.0 for wind in winds] == [False] + [True] * (len(winds) - 1)


def opened_elsewhere(text: str, runs: Path) -> bytes:
    """The pixels of a shared view in a sitting that knows the text alone."""
    pygame.font.init()
    canvas = Canvas(pygame.Surface((960, 540), depth=32))
    session = Session(runs, 0, Roads(0))
    screen = make_screen(session, shared_route(from_text(text), [], runs), (960, 540))
    screen.draw(canvas)
    screen.close()
    session.close()
    return pygame.image.tobytes(canvas.surface, "RGB")
