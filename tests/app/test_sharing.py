"""A view as a text: whoever opens it sees the same pixels and drives on in the same wind; a bad text is one line."""

import base64
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pygame
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drive_sim.app import basin_search, comparison, nudge_choice
from drive_sim.app.canvas import Canvas
from drive_sim.app.drive import DriveScreen
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.roads import Roads
from drive_sim.app.screen import Screen, ToBasin, ToCompare, ToDrive, ToLecture, ToShared, ToStory, ToTruth, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.shared_screens import go_on
from drive_sim.app.shared_state import PREFIX, SharedRoad, SharedState, from_text, to_text
from drive_sim.app.sharing import shared_route, shared_view
from drive_sim.app.startup import make_screen
from drive_sim.app.watch import WatchScreen
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import make_scene
from tests.app.untaught_models import save_straight_driver

SIZE_PX = (960, 540)


def press(screen: Screen, canvas: Canvas, *keys: int) -> None:
    for key in keys:
        screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0), canvas)


def go(screen: Screen, num_frames: int, *held: int) -> None:
    for _ in range(num_frames):
        screen.advance(defaultdict(bool, dict.fromkeys(held, True)))


def text_of(session: Session, screen: Screen) -> str:
    view = shared_view(session, screen)
    assert view is not None
    return to_text(view.state)


def pixels(screen: Screen, canvas: Canvas) -> bytes:
    canvas.surface.fill((0, 0, 0))
    screen.draw(canvas)
    return pygame.image.tobytes(canvas.surface, "RGB")


@pytest.fixture
def elsewhere(session: Session, tmp_path: Path) -> Iterator[Session]:
    """Another sitting on the same road, begun by somebody who knows the text alone."""
    roads = Roads(2, make_circle(60.0), make_scene("day", np.random.default_rng(1)))
    other = Session(tmp_path / "elsewhere", 2, roads)
    yield other
    other.close()


def opened(text: str, other: Session, models: tuple[str, ...] = ()) -> Screen:
    return make_screen(other, shared_route(from_text(text), [Path(model) for model in models], other.runs), SIZE_PX)


def drive_somewhere(session: Session, canvas: Canvas) -> Screen:
    screen = DriveScreen(session, ToDrive(), SIZE_PX)
    press(screen, canvas, pygame.K_TAB, *[pygame.K_RIGHT] * 4, pygame.K_TAB, pygame.K_k, pygame.K_q, pygame.K_c)
    go(screen, 75, pygame.K_a, pygame.K_w)
    return screen


def watch_somewhere(session: Session, canvas: Canvas, models: tuple[str, ...]) -> Screen:
    screen = WatchScreen(session, ToWatch(models), SIZE_PX)
    press(screen, canvas, pygame.K_o, pygame.K_n, pygame.K_x, pygame.K_s, pygame.K_q)
    go(screen, 40)
    press(screen, canvas, pygame.K_a, pygame.K_TAB, *[pygame.K_DOWN] * 5, pygame.K_RIGHT, pygame.K_RIGHT, pygame.K_TAB)
    go(screen, 51)
    return screen


def lecture_somewhere(session: Session, canvas: Canvas, models: tuple[str, ...]) -> Screen:
    screen = LectureScreen(session, ToLecture(models), SIZE_PX)
    press(screen, canvas, pygame.K_RIGHT)
    go(screen, 63)
    return screen


class NoWork:
    """Nobody searches or drives beside the window while two views are compared."""

    is_cancelled = is_running = False
    error = ""

    def __init__(self, *_: object) -> None: ...

    def received(self) -> tuple[()]:
        return ()

    def send(self, *_: object) -> None: ...

    def cancel(self) -> None: ...


def compare_somewhere(session: Session, canvas: Canvas, models: tuple[str, ...]) -> Screen:
    screen = make_screen(session, ToCompare((models[0],)), SIZE_PX)
    press(screen, canvas, pygame.K_o, pygame.K_LEFT, pygame.K_UP)
    return screen


def basin_somewhere(session: Session, canvas: Canvas, models: tuple[str, ...]) -> Screen:
    screen = make_screen(session, ToBasin(models, at_m=33.0), SIZE_PX)
    press(screen, canvas, pygame.K_a)
    go(screen, 30)
    return screen


def truth_somewhere(session: Session, canvas: Canvas, models: tuple[str, ...]) -> Screen:
    screen = make_screen(session, ToTruth(shift_m=-0.5, turn_deg=3.0), SIZE_PX)
    go(screen, 30)
    return screen


def story_begun(session: Session, canvas: Canvas, models: tuple[str, ...]) -> Screen:
    return make_screen(session, ToStory(), SIZE_PX)


@pytest.mark.slow
@pytest.mark.parametrize("make", [compare_somewhere, basin_somewhere, truth_somewhere, story_begun])
def test_later_screens_open_alike(
    make: Callable[[Session, Canvas, tuple[str, ...]], Screen],
    session: Session,
    elsewhere: Session,
    canvas: Canvas,
    pair: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparison, "BackgroundWork", NoWork)
    monkeypatch.setattr(basin_search, "BackgroundWork", NoWork)
    monkeypatch.setattr(nudge_choice, "BackgroundWork", NoWork)
    screen = make(session, canvas, pair)
    view = shared_view(session, screen)
    assert view is not None
    here, there = make_screen(session, view, SIZE_PX), opened(to_text(view.state), elsewhere, pair)
    assert pixels(here, canvas) == pixels(there, canvas)
    assert text_of(elsewhere, there) == to_text(view.state)
    for each in (screen, here, there):
        each.close()


@pytest.mark.parametrize("name", ["drive", "watch", "lecture"])
def test_whoever_opens_it_sees_the_same_pixels_and_drives_on_alike(
    name: str, session: Session, elsewhere: Session, canvas: Canvas, pair: tuple[str, str]
) -> None:
    make = {"drive": drive_somewhere}.get(name) or (
        lambda session, canvas: {"watch": watch_somewhere, "lecture": lecture_somewhere}[name](session, canvas, pair)
    )
    screen = make(session, canvas)
    view = shared_view(session, screen)
    assert view is not None
    text = to_text(view.state)
    assert len(text) < 700
    here, there = make_screen(session, view, SIZE_PX), opened(text, elsewhere, pair)
    assert pixels(here, canvas) == pixels(there, canvas)
    assert text_of(elsewhere, there) == text, "what was opened can be shared again"
    for opened_screen in (here, there):
        go_on(opened_screen)
        go(opened_screen, 20)
    assert pixels(here, canvas) == pixels(there, canvas)
    for each in (screen, here, there):
        each.close()


def test_it_is_the_place_and_the_future_of_who_shared(
    session: Session, elsewhere: Session, canvas: Canvas, pair: tuple[str, str]
) -> None:
    """To the bit: where the car was when the tick began, and where wind, kicks and network will have brought it."""
    screen = watch_somewhere(session, canvas, pair)
    assert isinstance(screen, WatchScreen)
    there = opened(text_of(session, screen), elsewhere, pair)
    assert isinstance(there, WatchScreen)
    go_on(there)
    go(screen, 53)
    go(there, 54)
    ours, theirs = screen.rollout.car, there.rollout.car
    assert ours.begins_tick
    assert theirs.begins_tick
    np.testing.assert_array_equal(ours.state.poses, theirs.state.poses)
    np.testing.assert_array_equal(ours.observation.images, theirs.observation.images)
    assert ours.knobs == theirs.knobs != theirs.regime
    screen.close()
    there.close()


def test_a_model_is_found_by_what_it_is_or_its_absence_is_said(
    session: Session, elsewhere: Session, canvas: Canvas, tmp_path: Path
) -> None:
    ours = save_straight_driver(tmp_path / "mine" / "plain", camera=Camera().resized(96, 96))
    screen = WatchScreen(session, ToWatch((str(ours), "pilotnet")), SIZE_PX)
    text = text_of(session, screen)
    screen.close()
    with pytest.raises(InputError, match=r"'plain' \([0-9a-f]{12}\).*--models"):
        opened(text, elsewhere)
    (elsewhere.runs / "train-001").mkdir(parents=True)
    ours.rename(elsewhere.runs / "train-001" / "renamed")
    there = opened(text, elsewhere)
    assert isinstance(there, WatchScreen)
    assert [driver.name for driver in there.rollout.drivers] == ["renamed", "pilotnet"]
    there.close()


def test_another_road_is_asked_for(session: Session, canvas: Canvas, tmp_path: Path) -> None:
    screen = DriveScreen(session, ToDrive(), SIZE_PX)
    text = text_of(session, screen)
    screen.close()
    other = Session(tmp_path / "other", 2, Roads(2))
    with pytest.raises(InputError, match="--track"):
        opened(text, other)
    other.close()


@settings(max_examples=30, deadline=None)
@given(st.text("ds1.Aé \n\0-", max_size=40))
@example("")
@example(PREFIX)
@example("ds2.AAAA")
@example(PREFIX + "é")
@example(PREFIX + "A" * 5000)
def test_what_nobody_shared_is_one_line(text: str) -> None:
    with pytest.raises(InputError) as error:
        from_text(text)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 200


GOOD = SharedState("drive", 3, SharedRoad(number=2), values={"lap": 1.0})


@given(st.integers(0, 10**6), st.integers(1, 63))
def test_a_letter_that_was_changed_is_noticed(where: int, by: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = to_text(GOOD)
    assert from_text(f" {text}\n") == GOOD
    at = len(PREFIX) + where % (len(text) - len(PREFIX))
    changed = text[:at] + letters[(letters.index(text[at]) + by) % 64] + text[at + 1 :]
    for bad in (changed, text[:at], text + text[at:]):
        with pytest.raises(InputError, match=r"damaged|letters"):
            from_text(bad)


@pytest.mark.parametrize(
    "state",
    [
        GOOD._replace(values={"lap": float("nan")}),
        GOOD._replace(seed=-1),
        GOOD._replace(values={"a" * 10**6: 0.0}),
        ["drive"],
        {"screen": "drive"},
        GOOD._replace(knobs={"wind_mps": "strong"}),  # type: ignore[dict-item]
    ],
)
def test_what_is_sealed_well_and_says_nonsense_is_refused(state: object) -> None:
    packed = zlib.compress(msgspec.msgpack.encode(state), 9)
    sealed = zlib.crc32(packed).to_bytes(4, "big") + packed
    with pytest.raises(InputError, match="damaged"):
        from_text(PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("="))


@pytest.mark.parametrize("changes", [{"screen": "nowhere"}, {"car": None}, {"values": {"driver": 7.0}}])
def test_a_state_that_fits_no_screen_is_refused(
    changes: dict, session: Session, elsewhere: Session, canvas: Canvas
) -> None:
    screen = WatchScreen(session, ToWatch(("expert",)), SIZE_PX)
    view = shared_view(session, screen)
    screen.close()
    assert view is not None
    with pytest.raises(InputError, match=r"by hand|not here"):
        make_screen(elsewhere, ToShared(view.state._replace(**changes), view.models), SIZE_PX)
