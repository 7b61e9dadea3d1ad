"""One place for each thing: on every screen, in every state, at three sizes no text or panel lies on another."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pygame
import pytest

from drive_sim.app import basin_search, comparison, live_learning_process, nudge_choice, training
from drive_sim.app import help as help_page
from drive_sim.app.basin import BasinScreen
from drive_sim.app.basin_messages import PosesOfModel, ShownPlaces
from drive_sim.app.canvas import Canvas
from drive_sim.app.compare import CompareScreen
from drive_sim.app.drive import DriveScreen
from drive_sim.app.driven_window import WindowRecorder
from drive_sim.app.drivers import load_driver, make_expert
from drive_sim.app.help import draw_help, draw_note
from drive_sim.app.home import Entry, HomeScreen
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.lecture_driving import OneCarStep, TwoCarsStep
from drive_sim.app.live_learning_worker import twin_learned
from drive_sim.app.model_discovery import shipped_pair
from drive_sim.app.nudge import Nudge
from drive_sim.app.nudge_search import NudgeTrial
from drive_sim.app.screen import Screen, ToBasin, ToCompare, ToDrive, ToHome, ToLecture, ToStory, ToTruth, ToWatch
from drive_sim.app.session import Note, Session
from drive_sim.app.story import StoryScreen
from drive_sim.app.story_part import Part
from drive_sim.app.training import Training
from drive_sim.app.training_messages import StepsDone
from drive_sim.app.truth import TruthScreen
from drive_sim.app.watch import WatchScreen
from drive_sim.app.window import KEYS_EVERYWHERE
from drive_sim.data.rollout import drive, episode_info, record
from drive_sim.evaluate.basin import PosesDriven
from drive_sim.learn.live import make_twins
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.scene import Scenes, make_scene
from drive_sim.sim.track import Tracks
from tests.app.drawn import faults, new_canvas, recorded
from tests.app.untaught_models import save_alvinn, save_straight_driver
from tests.learn.test_live import driven

SIZES_PX = ((640, 480), (960, 540), (1600, 900))
SIZES = pytest.mark.parametrize(
    "sizes_px", [SIZES_PX[:2], pytest.param(SIZES_PX[2:], marks=pytest.mark.slow)], ids=["small", "large"]
)
"""A large window has the small one's units, so that only what is rounded to pixels differs: it may come later."""
LONG_NOTE = (
    "Saved: /home/somebody/with/a/long/name/drive_sim/runs/take-home/film-001.mp4; it shows the last minute " * 2
)


AnyScreen = TypeVar("AnyScreen", bound=Screen)


class Sitting:
    """A session with models, and somebody who presses keys on a screen of it."""

    def __init__(self, session: Session, canvas: Canvas, run: Path) -> None:
        self.session, self.canvas = session, canvas
        self.pair = tuple(str(run / "models" / name) for name in ("plain", "shift-rotate"))
        self.alvinn, self.demonstration = str(run / "alvinn"), run / "demonstration"

    def drive(self, *keys: int) -> DriveScreen:
        screen = DriveScreen(self.session, ToDrive(), (960, 540))
        screen.has_started = True
        return self.press(screen, *keys)

    def watch(self, *keys: int) -> WatchScreen:
        return self.press(WatchScreen(self.session, ToWatch(self.pair), (960, 540)), *keys)

    def lecture(self, *keys: int) -> LectureScreen:
        return self.press(LectureScreen(self.session, ToLecture(self.pair), (960, 540)), *keys)

    def compare(self, *keys: int) -> CompareScreen:
        return self.press(CompareScreen(self.session, ToCompare(self.pair), (960, 540)), *keys)

    def truth(self, *keys: int) -> TruthScreen:
        return self.press(TruthScreen(self.session, ToTruth(), (960, 540)), *keys)

    def truth_of_recording(self) -> TruthScreen:
        """On a road that cannot be made again, so that nothing true is beside the synthetic view."""
        screen = TruthScreen(self.session, ToTruth(self.demonstration), (960, 540))
        screen.wait()
        return self.press(screen, pygame.K_PAGEDOWN)

    def basin(self, *keys: int, models: tuple[str, ...] | None = None) -> BasinScreen:
        return self.press(BasinScreen(self.session, ToBasin(models or self.pair), (960, 540)), *keys)

    def home(self) -> HomeScreen:
        return HomeScreen(self.session, ToHome(), (960, 540))

    def press(self, screen: AnyScreen, *keys: int) -> AnyScreen:
        for key in keys:
            screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode="", mod=0), self.canvas)
            self.go(screen, 6)
        return self.go(screen, 12)

    def go(self, screen: AnyScreen, num_frames: int, *held: int) -> AnyScreen:
        for _ in range(num_frames):
            screen.advance(defaultdict(bool, dict.fromkeys(held, True)))
        return screen

    def learn(self, *, again: bool = False) -> None:
        """Networks learn; nothing of it is shown but what they say of it."""
        start = {"plain-retrained": Path(self.pair[0])} if again else None
        names = ("plain-retrained",) if again else ("plain", "shift-rotate")
        learning = Training([], Path("models"), seed=0, names=names, start_from=start)
        for name in names:
            for step in range(1, 60):
                learning._take_in(name, StepsDone(step, 100, 0.05 * 0.9**step))
        self.session.training = learning


def taught(sitting: Sitting) -> WatchScreen:
    """Watched are the pair, two that have learned on from one of them, and the expert."""
    screen = sitting.watch()
    drivers = screen.rollout.drivers
    for seconds in (10, 25):
        driver = load_driver(Path(sitting.pair[0]), drivers)
        driver.label = f"Shift-rotate + your {seconds} s"
        drivers.append(driver)
    drivers.append(make_expert(screen.rollout.car.tracks))
    for driver in drivers:
        driver.tally.interventions, driver.tally.distance_m, driver.tally.elapsed_s = 1234, 98760.0, 9000.0
    return sitting.go(screen, 12)


def more_ways(home: HomeScreen) -> HomeScreen:
    """As many as there will be."""
    entries: tuple[Entry, ...] = (*home.entries, *home.entries)
    home.entries = entries[:10]
    return home


def read_radar(screen: WatchScreen) -> WatchScreen:
    screen.radar.wait()
    for _ in range(12):
        screen.advance(defaultdict(bool))
    return screen


def radar_of_a_broken_recording(sitting: Sitting) -> WatchScreen:
    """Far down in somebody's folders."""
    run = sitting.session.runs / "a-long-name-for-a-course-of-many-weeks" / "what-was-driven-on-the-first-of-all-days"
    (run / "demonstration").mkdir(parents=True)
    shutil.copytree(sitting.alvinn, run / "models" / "alvinn")
    route = ToWatch((str(run / "models" / "alvinn"), "expert"))
    return read_radar(sitting.press(WatchScreen(sitting.session, route, (960, 540)), pygame.K_v))


def searched(screen: BasinScreen) -> BasinScreen:
    """Half of the poses are known, and the car is on its way from one of them."""
    poses = np.argwhere(np.ones((41, 41)))[::2]
    driven = PosesDriven(poses, poses.sum(axis=1) // 40, np.linspace(-0.1, 0.1, len(poses)))
    for model in screen.search.models:
        screen.search.take_in(PosesOfModel(model, driven))
        screen.search.take_in(ShownPlaces(model, np.zeros((3, 2))))
    screen.put_at(3, 39)
    return screen


def learned_live(sitting: Sitting, *keys: int, network: str = "alvinn") -> DriveScreen:
    """While networks learn live; what they have learned from are a few real ticks."""
    screen = sitting.drive(pygame.K_i, *(() if network == "alvinn" else (pygame.K_n,)))
    process, learners = screen.live.process, make_twins(network, 3, CONDITIONS.vehicle, 0.1)
    assert process is not None
    ticks = driven(network, 2)
    for tick in ticks:
        for name, learner in learners.items():
            process.twins[name].take_in(twin_learned(learner, learner.observe(tick)), 1)
    process.num_learned = process.num_handed = len(ticks)
    return sitting.press(screen, *keys)


def long_live(sitting: Sitting) -> DriveScreen:
    """As wide as its figures get."""
    screen = learned_live(sitting, pygame.K_l)
    process = screen.live.process
    assert process is not None
    process.num_refused, process.num_handed = 1234, 12345
    for twin in process.twins.values():
        twin.num_on, twin.num_let_go, twin.driven.num_ticks, twin.driven.num_left = 98760, 3, 98760, 123
    return screen


def dragged(sitting: Sitting) -> WatchScreen:
    screen = sitting.watch()
    screen.draw(sitting.canvas)
    x, y = screen.panels.map.point_from(*screen.rollout.car.state.poses[0, :2])
    screen.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(x, y), button=1), sitting.canvas)
    return screen


def watched_alvinn(sitting: Sitting) -> WatchScreen:
    return sitting.go(WatchScreen(sitting.session, ToWatch((sitting.alvinn, "expert")), (960, 540)), 12)


def watched(sitting: Sitting, *keys: int, again: bool = True) -> WatchScreen:
    """While a network learns on from a takeover."""
    screen = sitting.watch(*keys)
    sitting.learn(again=again)
    return screen


def learning(sitting: Sitting, make: Callable[[], Screen]) -> Screen:
    sitting.learn()
    return make()


def prepared(sitting: Sitting, *keys: int) -> LectureScreen:
    return sitting.press(LectureScreen(sitting.session, ToLecture(()), (960, 540)), *keys)


def shown(sitting: Sitting) -> LectureScreen:
    """What the pair that ships has learned from."""
    return sitting.go(LectureScreen(sitting.session, ToLecture(shipped_pair()), (960, 540)), 12)


def pushed(sitting: Sitting, number: int, num_frames: int) -> LectureScreen:
    """A step with a push that was chosen, so many frames after it was found."""
    screen = sitting.lecture(*[pygame.K_RIGHT] * number)
    step = screen.step
    assert isinstance(step, OneCarStep | TwoCarsStep)
    story, rollout = step.story, step.story.rollouts[0]
    recorder = WindowRecorder(rollout)
    for _ in range(30):
        sitting.go(screen, 6)
        recorder.add_tick()
    expected = recorder.window
    trial = NudgeTrial(rollout.num_ticks + 12, Nudge.to(1), expected, expected, expected, expected)
    story.repeat(trial, rollout.snapshot())
    return sitting.go(screen, num_frames)


def told(sitting: Sitting, num_skipped: int, num_frames: int = 12) -> StoryScreen:
    """The sixty-second story, so many keys on, where no push is found."""
    screen = StoryScreen(sitting.session, ToStory(sitting.pair), (960, 540))
    if screen.part is Part.SHOWN:
        sitting.press(screen, pygame.K_SPACE)
    for _ in range(num_skipped):
        sitting.press(screen, pygame.K_SPACE)
    return sitting.go(screen, num_frames)


def told_pushed(sitting: Sitting, num_frames: int, *, is_above: bool = False) -> StoryScreen:
    """So many frames after a push was chosen, or both from above."""
    screen = told(sitting, 0, 200)
    story, rollout = screen.story, screen.story.rollouts[0]
    recorder = WindowRecorder(rollout)
    for _ in range(30):
        sitting.go(screen, 6)
        recorder.add_tick()
    expected = recorder.window
    trial = NudgeTrial(rollout.num_ticks + 12, Nudge.to(1), expected, expected, expected, expected)
    story.repeat(trial, rollout.snapshot())
    for _ in range(4000 if is_above else num_frames):
        if is_above and screen.part is Part.ABOVE:
            return sitting.go(screen, num_frames)
        sitting.go(screen, 1)
    return screen


RIGHT = pygame.K_RIGHT
TURNED = (pygame.K_TAB, *(pygame.K_LEFT, pygame.K_DOWN) * 8, pygame.K_RIGHT, pygame.K_DOWN, pygame.K_RIGHT)
"""All knobs that can be turned to the left."""
SCREENS: dict[str, Callable[[Sitting], Screen]] = {
    "home": Sitting.home,
    "home, ten ways from here": lambda sitting: more_ways(sitting.home()),
    "home, networks learn": lambda sitting: learning(sitting, sitting.home),
    "drive, before it begins": lambda sitting: DriveScreen(sitting.session, ToDrive(), (960, 540)),
    "drive": Sitting.drive,
    "drive, recorded": lambda sitting: sitting.drive(pygame.K_r),
    "drive, recorded on grass": lambda sitting: sitting.go(sitting.drive(pygame.K_r), 300, RIGHT),
    "drive, paused": lambda sitting: sitting.drive(pygame.K_r, pygame.K_SPACE),
    "drive, what you like": lambda sitting: sitting.drive(pygame.K_y),
    "drive, networks learn": lambda sitting: learning(sitting, lambda: sitting.drive(pygame.K_r)),
    "drive on grass, networks learn, what you like": lambda sitting: learning(
        sitting, lambda: sitting.go(sitting.drive(pygame.K_r, pygame.K_y), 300, RIGHT)
    ),
    "drive, networks learn, paused": lambda sitting: learning(sitting, lambda: sitting.drive(pygame.K_SPACE)),
    "drive, looking back": lambda sitting: sitting.press(
        sitting.go(sitting.drive(pygame.K_r), 90, RIGHT), pygame.K_PAGEUP
    ),
    "drive, a network drives a fork": lambda sitting: sitting.press(
        sitting.go(sitting.drive(pygame.K_r), 90, RIGHT), pygame.K_PAGEUP, pygame.K_g, pygame.K_g
    ),
    "drive, a fork by hand, what you like": lambda sitting: sitting.go(
        sitting.press(sitting.go(sitting.drive(pygame.K_r, pygame.K_y), 90, RIGHT), pygame.K_PAGEUP), 60, pygame.K_LEFT
    ),
    "watch": Sitting.watch,
    "watch, out of its lane": lambda sitting: sitting.go(sitting.watch(), 240),
    "watch, left alone": lambda sitting: sitting.go(sitting.watch(pygame.K_x), 400),
    "watch, paused": lambda sitting: sitting.watch(pygame.K_SPACE),
    "watch, out of its lane and paused": lambda sitting: sitting.press(
        sitting.go(sitting.watch(pygame.K_x), 240), pygame.K_SPACE
    ),
    "watch, by hand": lambda sitting: sitting.go(sitting.watch(), 12, pygame.K_LEFT),
    "watch, by hand and liked": lambda sitting: sitting.go(sitting.watch(pygame.K_r), 12, pygame.K_LEFT),
    "watch, marks off": lambda sitting: sitting.watch(pygame.K_s, pygame.K_s),
    "watch, liked": lambda sitting: sitting.watch(pygame.K_r),
    "watch, a network learns": watched,
    "watch, a network learns, liked": lambda sitting: watched(sitting, pygame.K_r),
    "watch, two networks learn": lambda sitting: watched(sitting, again=False),
    "watch, looking back": lambda sitting: sitting.press(sitting.go(sitting.watch(), 90), pygame.K_PAGEUP),
    "watch, looking back, liked": lambda sitting: sitting.press(
        sitting.go(sitting.watch(pygame.K_r), 90), pygame.K_PAGEUP
    ),
    "watch, a fork": lambda sitting: sitting.go(
        sitting.press(sitting.go(sitting.watch(), 90), pygame.K_PAGEUP, pygame.K_f, pygame.K_a), 60
    ),
    "drive, knobs": lambda sitting: sitting.drive(pygame.K_r, *TURNED),
    "drive, on grass with knobs": lambda sitting: sitting.go(
        sitting.drive(pygame.K_r, pygame.K_y, *TURNED, pygame.K_TAB), 300, RIGHT
    ),
    "watch, knobs": lambda sitting: sitting.go(sitting.watch(*TURNED), 240),
    "watch, knobs turned": lambda sitting: sitting.watch(*TURNED, pygame.K_TAB),
    "drive, learning live, before it begins": lambda sitting: sitting.press(
        DriveScreen(sitting.session, ToDrive(), (960, 540)), pygame.K_i
    ),
    "drive, learning live": learned_live,
    "drive, learning live, let go": lambda sitting: learned_live(sitting, pygame.K_x, pygame.K_l),
    "drive, learning live, a small network": lambda sitting: learned_live(sitting, network="small"),
    "drive, learning live, on grass": lambda sitting: sitting.go(learned_live(sitting), 300, RIGHT),
    "drive, learning live, knobs": lambda sitting: learned_live(sitting, *TURNED),
    "drive, learning live, paused": lambda sitting: learned_live(sitting, pygame.K_SPACE),
    "drive, learning live, long": long_live,
    "watch, dragged": dragged,
    "watch, radar": lambda sitting: read_radar(sitting.watch(pygame.K_v)),
    "watch, radar of what says nothing": lambda sitting: read_radar(
        sitting.press(WatchScreen(sitting.session, ToWatch((sitting.alvinn, "expert")), (960, 540)), pygame.K_v)
    ),
    "watch, radar of a broken recording": radar_of_a_broken_recording,
    "watch, five drivers": taught,
    "watch, ALVINN": watched_alvinn,
    **{
        f"lecture, step {number + 1}": lambda sitting, number=number: sitting.lecture(*[RIGHT] * number)
        for number in range(5)
    },
    "lecture, of the pair that ships": shown,
    "lecture, last step, counted": lambda sitting: sitting.go(sitting.lecture(*[RIGHT] * 4, pygame.K_x), 330),
    **{
        f"lecture, step {number + 1}, a push, {frames}": lambda sitting, number=number, frames=frames: pushed(
            sitting, number, frames
        )
        for number in (2, 4)
        for frames in (30, 150, 1500)
    },
    "lecture, a push, put back": lambda sitting: sitting.press(pushed(sitting, 2, 150), pygame.K_x),
    "lecture, before it begins": prepared,
    "sixty seconds, calm": lambda sitting: told(sitting, 0, 120),
    "sixty seconds, no push": lambda sitting: told(sitting, 2),
    "sixty seconds, no push, the twin": lambda sitting: told(sitting, 3, 24),
    "sixty seconds, no push, from above": lambda sitting: told(sitting, 3, 300),
    "sixty seconds, pushed": lambda sitting: told_pushed(sitting, 150),
    "sixty seconds, from above": lambda sitting: told_pushed(sitting, 60, is_above=True),
    "sixty seconds, from above, over": lambda sitting: told_pushed(sitting, 1500, is_above=True),
    "truth-o-meter": Sitting.truth,
    "truth-o-meter, moved far": lambda sitting: sitting.truth(*[pygame.K_RIGHT] * 40, *[pygame.K_UP] * 20),
    "truth-o-meter, on a recording": Sitting.truth_of_recording,
    "watch, its basin": lambda sitting: sitting.watch(pygame.K_y),
    "basin": Sitting.basin,
    "butterfly": Sitting.compare,
    "butterfly, from aside": lambda sitting: sitting.compare(pygame.K_RIGHT, pygame.K_UP),
    "basin, one policy": lambda sitting: sitting.basin(models=("expert",)),
    "basin, a car is put": lambda sitting: searched(sitting.basin()),
    "basin, winds, paused": lambda sitting: sitting.press(sitting.basin(pygame.K_w), pygame.K_SPACE),
    "lecture, the expert is recorded": lambda sitting: prepared(sitting, pygame.K_e),
}
"""What there is to be seen; a new screen, or a new state of one, is a line here."""
SLOW_SCREENS = {
    "drive, learning live, a small network",
    "sixty seconds, from above, over",
    "sixty seconds, no push, the twin",
}
"""Where a network is trained, or much is driven."""


class _NoWork:
    """Nobody works beside the window while only its looks are looked at."""

    is_cancelled = False

    def __init__(self, *_: object) -> None: ...

    def received(self) -> tuple[()]:
        return ()

    def send(self, *_: object) -> None: ...

    def cancel(self) -> None: ...


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two networks, an ALVINN, and what they have learned from."""
    folder = tmp_path_factory.mktemp("run")
    for name in ("plain", "shift-rotate"):
        save_straight_driver(folder / "models" / name)
    save_alvinn(folder / "alvinn")
    tracks, scenes = Tracks.stack([make_circle(80.0)]), Scenes.stack([make_scene("day", np.random.default_rng(1))])
    env = DriveEnv(tracks, scenes, EnvConfig(), np.random.default_rng(0))
    ticks = drive(env, PursuitExpert(tracks), 30, np.random.default_rng(0))
    list(record(ticks, folder / "demonstration", [episode_info(env)]))
    return folder


@pytest.fixture
def sitting(session: Session, canvas: Canvas, run: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sitting]:
    monkeypatch.setattr(training, "BackgroundWork", _NoWork)
    monkeypatch.setattr(nudge_choice, "BackgroundWork", _NoWork)
    monkeypatch.setattr(basin_search, "BackgroundWork", _NoWork)
    monkeypatch.setattr(comparison, "BackgroundWork", _NoWork)
    monkeypatch.setattr(live_learning_process, "BackgroundWork", _NoWork)
    yield Sitting(session, canvas, run)
    session.training = None


@SIZES
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW_SCREENS else []) for name in SCREENS]
)
def test_each_thing_has_a_place_of_its_own(name: str, sizes_px: Sequence[tuple[int, int]], sitting: Sitting) -> None:
    screen = SCREENS[name](sitting)
    found: list[str] = []
    for size_px in sizes_px:
        canvas = new_canvas(size_px)
        with recorded() as drawn:
            screen.draw(canvas)
        assert len(drawn) > 5
        found += [f"{size_px}: {fault}" for fault in faults(drawn, canvas)]
        for words in ("The recording is in runs/drive-001", LONG_NOTE):
            with recorded(drawn) as with_note:
                draw_note(canvas, Note(words, num_frames=1))
            found += [f"{size_px}, with a note: {fault}" for fault in faults(with_note, canvas)]
    screen.close()
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize(
    "make", [Sitting.home, Sitting.drive, learned_live, Sitting.watch, Sitting.lecture, Sitting.truth, Sitting.basin]
)
def test_the_page_of_keys_has_a_place_for_each(make: Callable[[Sitting], Screen], sitting: Sitting) -> None:
    screen = make(sitting)
    for size_px in SIZES_PX:
        help_page._page.cache_clear()
        canvas = new_canvas(size_px)
        with recorded() as drawn:
            draw_help(canvas, screen.title, screen.keys, KEYS_EVERYWHERE)
        assert len(drawn) > 20
        assert not faults(drawn, canvas)
    screen.close()
