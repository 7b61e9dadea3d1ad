"""The window, headless: ways from screen to screen, keys that work everywhere, the home screen, the page of keys."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim.app import drive, lecture, watch
from drive_sim.app import home as home_module
from drive_sim.app.canvas import BODY, Canvas
from drive_sim.app.display import Display
from drive_sim.app.drivers import load_drivers
from drive_sim.app.help import _columns, draw_help, draw_note
from drive_sim.app.home import HomeScreen
from drive_sim.app.learned_from import LearnedFrom, learned_from
from drive_sim.app.model_discovery import PAIR, SHIPPED, newest_pair, shipped_pair
from drive_sim.app.roads import Roads
from drive_sim.app.screen import (
    Key,
    Leave,
    Route,
    ToBasin,
    ToCompare,
    ToDrive,
    ToHome,
    ToLecture,
    ToStory,
    ToTruth,
    ToWatch,
)
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.window import KEYS_EVERYWHERE, Window
from drive_sim.errors import InputError
from drive_sim.sim.track import Tracks


class Page:
    """A screen that only counts; it goes where it is told, once."""

    def __init__(self, route: Route) -> None:
        self.title = type(route).__name__
        self.keys: tuple[Key, ...] = (Key("R", "record"),)
        self.pressed: list[int] = []
        self.advanced = self.drawn = self.closed = 0
        self.next: Route | None = None
        self.steers_left = False
        self.refusal = ""

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        if event.type == pygame.KEYDOWN:
            self.pressed.append(event.key)
        return None

    def advance(self, held: HeldKeys) -> Route | None:
        self.advanced += 1
        if self.refusal:
            raise InputError(self.refusal)
        self.steers_left = held[pygame.K_LEFT]
        route, self.next = self.next, None
        return route

    def draw(self, canvas: Canvas) -> None:
        self.drawn += 1
        canvas.surface.fill((9, 9, 9))

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session(tmp_path, 0, Roads(0))
    yield session
    session.roads.close()


@pytest.fixture
def display() -> Iterator[Display]:
    yield Display()
    pygame.quit()


@pytest.fixture
def window(session: Session, display: Display) -> Window:
    def make(session: Session, route: Route, size_px: tuple[int, int]) -> Page:
        return Page(route)

    return Window(session, make, ToHome(), display)


def page(window: Window) -> Page:
    assert isinstance(window.screen, Page)
    return window.screen


def press(window: Window, *keys: int, text: str = "") -> bool:
    """Press keys, one a frame; whether the window stays open."""
    is_open = True
    for key in keys:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=text))
        is_open = window.show_frame()
    return is_open


def go(window: Window, route: Route) -> bool:
    page(window).next = route
    return window.show_frame()


def test_a_screen_leads_to_another_and_is_closed(window: Window) -> None:
    first = page(window)
    assert go(window, ToDrive())
    assert (page(window).title, first.closed) == ("ToDrive", 1)
    assert page(window).drawn == 1, "the new screen is drawn in the same frame"


def test_what_a_screen_cannot_do_is_a_line_and_the_window_stays(window: Window) -> None:
    page(window).refusal = "the disk is full"
    assert window.show_frame()
    assert window.session.note.text == "the disk is full"
    page(window).refusal = ""
    assert go(window, ToDrive())


def test_a_key_that_is_held_since_the_last_screen_must_come_up_first(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: dict[int, bool] = defaultdict(bool, {pygame.K_LEFT: True})
    monkeypatch.setattr(pygame.key, "get_pressed", lambda: held)
    go(window, ToDrive())
    steers = []
    for is_held in (True, False, True):
        held[pygame.K_LEFT] = is_held
        window.show_frame()
        steers.append(page(window).steers_left)
    assert steers == [False, False, True]


def test_escape_leads_back_to_the_first_screen_and_there_it_leaves(window: Window) -> None:
    go(window, ToDrive())
    go(window, ToWatch())
    assert press(window, pygame.K_ESCAPE)
    assert page(window).title == "ToHome"
    assert not press(window, pygame.K_ESCAPE)


@pytest.mark.parametrize("leaves", [False, True])
def test_escape_asks_once_while_something_goes_on(
    window: Window, monkeypatch: pytest.MonkeyPatch, *, leaves: bool
) -> None:
    monkeypatch.setattr(Session, "under_way", "You are being recorded")
    if not leaves:
        go(window, ToDrive())
    before = window.screen
    assert press(window, pygame.K_ESCAPE)
    assert window.screen is before
    assert "Esc again" in window.session.note.text
    window.session.note.num_frames = 0
    assert press(window, pygame.K_ESCAPE), "who waits is asked anew"
    assert press(window, pygame.K_ESCAPE) != leaves
    assert window.screen is before if leaves else page(window).title == "ToHome"


@pytest.mark.parametrize("event", [pygame.QUIT, pygame.KEYDOWN])
def test_leaving_closes_the_screen_and_the_window(window: Window, event: int) -> None:
    pygame.event.post(pygame.event.Event(event, key=pygame.K_ESCAPE, unicode=""))
    assert window.run() == 0
    assert page(window).closed == 1
    assert not pygame.display.get_init()


def test_a_window_ends_after_its_frames(window: Window) -> None:
    assert window.run(num_frames=7) == len(window.frame_s) == page(window).drawn == 7


def test_a_key_of_the_bottom_line_can_be_clicked_and_a_note_there_goes_first(window: Window) -> None:
    def click(right: float) -> None:
        pos = (960.0 - right) % 960.0, 530.0
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=pos, button=1))
        window.show_frame()

    page(window).keys = (Key("R", "record", "record"), Key("Arrows", "steer", "steer"))
    window.session.say("saved")
    click(-30.0)
    assert (page(window).pressed, window.session.note.num_frames) == ([], 0)
    for right in (-30.0, -120.0, 480.0):
        click(right)
    assert page(window).pressed == [pygame.K_r], "nothing lies at the other places that is a key"
    click(30.0)
    assert window._shows_help


@pytest.mark.parametrize("keys", [drive.KEYS, watch.KEYS, lecture.KEYS])
def test_every_key_that_the_bottom_line_may_show_is_one(keys: tuple[Key, ...], display: Display) -> None:
    assert {key.name for key in keys if key.short and key.code is None} <= {"Arrows"}


@pytest.mark.parametrize(("key", "text"), [(pygame.K_F1, ""), (pygame.K_SLASH, "?")])
def test_help_stops_the_world_until_it_is_closed(window: Window, key: int, text: str) -> None:
    press(window, key, text=text)
    assert page(window).advanced == 0
    assert press(window, pygame.K_r, pygame.K_ESCAPE), "Escape closes the page of keys, not the window"
    assert page(window).pressed == [], "nothing is pressed beneath the page of keys"
    press(window, pygame.K_r)
    assert page(window).pressed == [pygame.K_r]
    assert page(window).advanced == 2


def test_a_click_closes_the_help(window: Window) -> None:
    press(window, pygame.K_F1)
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(5, 5), button=1))
    window.show_frame()
    assert page(window).advanced == 1


def test_a_screen_that_cannot_be_made_says_so_and_the_old_one_stays(session: Session, display: Display) -> None:
    def only_home(session: Session, route: Route, size_px: tuple[int, int]) -> Page:
        if not isinstance(route, ToHome):
            raise InputError("this model is broken")
        return Page(route)

    window = Window(session, only_home, ToHome(), display)
    assert go(window, ToWatch())
    assert (page(window).title, page(window).closed) == ("ToHome", 0)
    assert session.note.text == "this model is broken"


def test_full_screen_and_back(window: Window) -> None:
    press(window, pygame.K_F11)
    assert window.display.is_full_screen
    press(window, pygame.K_F11)
    assert window.display.canvas.surface.get_size() == (960, 540)


def test_a_dragged_window_is_drawn_at_its_new_size(window: Window) -> None:
    pygame.display.set_mode((1280, 720), pygame.RESIZABLE)
    window.show_frame()
    assert window.display.canvas.surface.get_size() == (1280, 720)
    assert window.display.canvas.width == pytest.approx(960.0)


@pytest.mark.parametrize(("size_px", "shown_px"), [((700, 1000), (700, 525)), ((2000, 500), (2000, 500))])
def test_a_narrow_window_keeps_a_shape_that_screens_fit_in(size_px: tuple[int, int], shown_px: tuple[int, int]) -> None:
    canvas = Display(size_px).canvas
    assert canvas.surface.get_size() == shown_px
    top_px = (size_px[1] - shown_px[1]) / 2
    assert canvas.units((0.0, top_px)) == pytest.approx((0.0, 0.0), abs=1.0), "the mouse knows of the bars"
    pygame.quit()


def test_a_window_that_cannot_open_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "no-such-driver")
    with pytest.raises(InputError, match="no window"):
        Display()


def test_a_note_is_seen_for_a_while(session: Session, display: Display) -> None:
    session.say("the recording is in runs/drive-001 " * 9)
    before = pygame.surfarray.array3d(display.canvas.surface)
    draw_note(display.canvas, session.note)
    assert np.any(pygame.surfarray.array3d(display.canvas.surface) != before)
    session.note.num_frames = 0
    before = pygame.surfarray.array3d(display.canvas.surface)
    draw_note(display.canvas, session.note)
    np.testing.assert_array_equal(pygame.surfarray.array3d(display.canvas.surface), before)


@pytest.mark.parametrize("size_px", [(640, 480), (960, 540), (1600, 900), (2560, 720)])
def test_the_page_of_keys_keeps_its_margins(size_px: tuple[int, int]) -> None:
    canvas = Display(size_px).canvas
    keys = [Key("Backspace", "drop the last five seconds")] * 16
    draw_help(canvas, "Drive", keys, KEYS_EVERYWHERE)
    picture = pygame.surfarray.array3d(canvas.surface)
    margin = canvas.px(12.0)
    for edge in (picture[:margin], picture[-margin:], picture[:, :margin], picture[:, -margin:]):
        assert np.all(edge == picture[0, 0])
    assert np.any(picture != picture[0, 0])
    pygame.quit()


@pytest.mark.parametrize("keys", [drive.KEYS, watch.KEYS, lecture.KEYS])
def test_no_keys_name_runs_into_what_it_does(keys: tuple[Key, ...], display: Display) -> None:
    page = display.canvas
    columns = _columns(page, keys, KEYS_EVERYWHERE, BODY)
    assert sum(len(column.entries) for column in columns) == len(keys) + 1 + len(KEYS_EVERYWHERE)
    for column in columns:
        for entry in (entry for entry in column.entries if entry.lines):
            assert page.text_width(entry.name, bold=True) < column.names_width


class TestHome:
    @pytest.fixture
    def home(self, session: Session, display: Display) -> HomeScreen:
        return HomeScreen(session, ToHome(), (960, 540))

    @pytest.fixture
    def press(self, home: HomeScreen, display: Display) -> Callable[[int], Route | None]:
        return lambda key: home.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), display.canvas)

    @pytest.mark.parametrize("first", [pygame.K_1, pygame.K_KP_1])
    def test_numbers_lead_away(self, press: Callable[[int], Route | None], first: int) -> None:
        routes = [press(first + number) for number in range(9)]
        ways = [ToStory, ToDrive, ToWatch, ToLecture, ToCompare, ToTruth, ToBasin, Leave, type(None)]
        assert [type(route) for route in routes] == ways

    def test_arrows_choose_and_enter_goes(self, home: HomeScreen, press: Callable[[int], Route | None]) -> None:
        assert press(pygame.K_DOWN) is None
        assert isinstance(press(pygame.K_RETURN), ToDrive)
        for _ in range(2):
            press(pygame.K_UP)
        assert isinstance(press(pygame.K_RETURN), Leave), "up from the first is the last"

    def test_the_mouse_chooses_and_goes(self, home: HomeScreen, display: Display) -> None:
        def mouse(kind: int, where: tuple[int, int]) -> Route | None:
            return home.handle(pygame.event.Event(kind, pos=where, button=1), display.canvas)

        home.draw(display.canvas)
        assert mouse(pygame.MOUSEMOTION, (200, 275)) is None
        assert home.chosen == 3
        assert isinstance(mouse(pygame.MOUSEBUTTONDOWN, (200, 275)), ToLecture)
        assert mouse(pygame.MOUSEBUTTONDOWN, (900, 330)) is None

    def test_every_pixel_is_drawn_while_the_road_drifts_by(self, home: HomeScreen, display: Display) -> None:
        surface = display.canvas.surface
        surface.fill((255, 0, 255))
        home.draw(display.canvas)
        before = pygame.surfarray.array3d(surface)
        assert not np.any(np.all(before == (255, 0, 255), axis=-1))
        for _ in range(30):
            home.advance(defaultdict(bool))
        home.draw(display.canvas)
        assert np.any(pygame.surfarray.array3d(surface)[700:] != before[700:])

    def test_models_of_earlier_runs_are_offered(self, session: Session, display: Display) -> None:
        make_pair(session.runs / "demo-001" / "models")
        route = HomeScreen(session, ToHome(), (960, 540)).entries[2].route()
        assert isinstance(route, ToWatch)
        assert route.models is not None
        assert [Path(name).name for name in route.models] == ["plain", "shift-rotate"]

    def test_where_nothing_has_learned_the_pair_that_ships_is_shown(self, session: Session, display: Display) -> None:
        home = HomeScreen(session, ToHome(), (960, 540))
        assert home.entries[2].route() == ToWatch(shipped_pair())
        assert home.entries[3].route() == ToLecture(shipped_pair())

    def test_a_pair_that_learned_from_grass_is_shown_in_a_lecture_only_if_asked_for_twice(
        self, session: Session, display: Display, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_pair(session.runs / "demo-001" / "models")
        home = HomeScreen(session, ToHome(), (960, 540))
        for off_road_s, leads in ((1.0, True), (9.0, False)):
            monkeypatch.setattr(home_module, "learned_from", lambda _, s=off_road_s: LearnedFrom("demo-001", 30.0, s))
            assert (home.entries[3].route() is not None) == leads
        assert "9 s of them off the road" in session.note.text
        assert isinstance(home.entries[3].route(), ToLecture)
        event = pygame.event.Event(pygame.KEYDOWN, key=pygame.K_e, unicode="")
        assert home.handle(event, display.canvas) is None, "nothing is asked any more"
        home.entries[3].route()
        assert home.handle(event, display.canvas) == ToLecture(())

    def test_the_sessions_own_models_come_first(self, session: Session, display: Display) -> None:
        make_pair(session.runs / "demo-001" / "models")
        home = HomeScreen(session, ToHome(), (960, 540))
        session.models["plain"] = session.runs / "mine"
        assert home.entries[2].route() == ToWatch(None)


def make_pair(folder: Path) -> None:
    for name in ("plain", "shift-rotate"):
        (folder / name).mkdir(parents=True)
        (folder / name / "weights.safetensors").touch()


def test_the_newest_whole_pair_is_found(tmp_path: Path) -> None:
    assert newest_pair(tmp_path) == {}
    make_pair(tmp_path / "demo-001" / "models")
    make_pair(tmp_path / "window-001")
    (tmp_path / "window-001" / "plain" / "weights.safetensors").unlink()
    assert newest_pair(tmp_path)["plain"] == tmp_path / "demo-001" / "models" / "plain"


def test_a_pair_ships_and_is_called_like_any_other(session: Session) -> None:
    assert [Path(folder).name for folder in shipped_pair()] == list(SHIPPED)
    drivers, complaints = load_drivers(session, shipped_pair(), Tracks.stack([session.roads.track]))
    assert not complaints
    assert [driver.label for driver in drivers] == ["Plain cloning", "With shift-and-rotate"]
    assert [driver.name for driver in drivers] == list(PAIR)
    assert learned_from([Path(folder) for folder in shipped_pair()]).seconds == 30.0
