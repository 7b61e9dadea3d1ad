"""The sixty-second story, headless: without a key it goes from part to part, and what it says is what was driven."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pygame
import pytest

from drive_sim import cli
from drive_sim.app import story as story_module
from drive_sim.app.canvas import Canvas
from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.look_ahead import LookAhead
from drive_sim.app.model_discovery import shipped_pair
from drive_sim.app.nudge_search import NudgeSearch
from drive_sim.app.roads import World
from drive_sim.app.screen import ToStory
from drive_sim.app.session import Session
from drive_sim.app.story import StoryScreen
from drive_sim.app.story_part import Part
from drive_sim.app.story_sentences import learned_alike
from drive_sim.errors import InputError
from tests.app.test_push_story import make_drivers

SIZE_PX = (960, 540)


class NeverFound(LookAhead):
    """Looks for a push, and goes on looking."""

    def __init__(self, *_: object) -> None:
        self.trials, self.is_seeking, self.failure, self._work = [], True, "", None

    def seek(self, rollout: LiveRollout, lead_s: float) -> None:
        self.trials = []


class UnfoundStory(StoryScreen):
    look_ahead = NeverFound


class FoundStory(StoryScreen):
    """The pushes of two drivers without a network."""

    @staticmethod
    def look_ahead(world: World, drivers: tuple[PolicyDriver, PolicyDriver]) -> LookAhead:
        choice = LookAhead(world, drivers)
        choice.search = NudgeSearch(*world, drivers)
        return choice


@pytest.fixture
def found(session: Session, monkeypatch: pytest.MonkeyPatch) -> StoryScreen:
    """The clone has seen nothing but the lane; its twin drives as the expert."""
    assert session.roads.given is not None
    drivers = list(make_drivers(LiveRollout(*session.roads.given, [], np.random.default_rng(5))))
    monkeypatch.setattr(story_module, "load_drivers", lambda *_: (drivers, []))
    return FoundStory(session, ToStory(("plain", "shift-rotate")), SIZE_PX)


def press(screen: StoryScreen, canvas: Canvas, key: int = pygame.K_SPACE) -> None:
    screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), canvas)


def parts(screen: StoryScreen, num_frames: int) -> dict[Part, str]:
    """The parts that come by themselves, in their order, with the last sentence of each."""
    said = {}
    for _ in range(num_frames):
        said[screen.part] = screen.sentence
        if screen.is_over:
            break
        screen.advance(defaultdict(bool))
    return said


@pytest.mark.slow
def test_without_a_key_it_goes_to_its_end_in_about_a_minute(found: StoryScreen) -> None:
    said = parts(found, 60 * 90)
    assert found.is_over
    assert "chosen by rolling both" in said[Part.CALM]
    assert list(said) == [Part.CALM, Part.CLONE, Part.TWIN, Part.ABOVE, Part.DATA]
    clone, twin = (record.windows[0] for record in found.story.records)
    assert clone.left_road_s is not None
    assert f"plain cloning was off the road after {clone.left_road_s:.1f} s" in said[Part.ABOVE]
    assert twin.has_come_back
    assert "shift-and-rotate came back" in said[Part.ABOVE]
    np.testing.assert_array_equal(clone.poses[0], twin.poses[0])


@pytest.mark.slow
def test_keys_lead_on_faster_and_at_the_end_it_begins_anew(found: StoryScreen, canvas: Canvas) -> None:
    seen = []
    for _ in range(60 * 30):
        if not seen or seen[-1] is not found.part:
            seen.append(found.part)
            press(found, canvas)
        found.advance(defaultdict(bool))
        if seen.count(Part.CALM) > 1:
            break
    assert seen == [Part.CALM, Part.CLONE, Part.TWIN, Part.ABOVE, Part.DATA, Part.CALM]


def test_where_no_push_is_found_it_says_so_and_both_drive_the_same_stretch(
    session: Session, pair: tuple[str, str], canvas: Canvas
) -> None:
    screen = UnfoundStory(session, ToStory(pair), SIZE_PX)
    for _ in range(60):
        screen.advance(defaultdict(bool))
    driven_s = screen.story.calm.duration_s
    press(screen, canvas)
    assert screen.part is Part.CALM
    press(screen, canvas)
    assert screen.sentence.startswith(f"In {driven_s:.0f} s no push was found that tells the two apart.")
    press(screen, canvas)
    said = parts(screen, 60)
    assert list(said)[-1] is Part.ABOVE
    clone, twin = screen._unpushed
    np.testing.assert_array_equal(clone.poses, twin.poses)  # the same networks from the same start, in the same wind
    assert clone.calm.times_left == twin.calm.times_left
    assert said[Part.ABOVE] == "Same road, nobody pushed, 1 s: plain cloning left its lane never; " + (
        "shift-and-rotate left its lane never."
    )
    screen.close()


def test_it_says_what_the_folders_say(tmp_path: Path) -> None:
    clone, twin = map(Path, shipped_pair())
    alike = learned_alike(clone, twin)
    assert "the same 30 s of driving" in alike.beginning
    said = alike.difference(("Plain cloning", "Shift-and-rotate"), [])
    assert said.startswith("They differ in their data alone. Both: 300 pictures. Shift-and-rotate: 70 % of them")
    assert "1.5 m and 8 degrees" in said
    other = tmp_path / "other"
    other.mkdir()
    (other / "metrics.json").write_text(json.dumps({"demonstration": {"seed": 1, "num_ticks": 300}}))
    assert "the same" not in learned_alike(clone, other).beginning


def test_without_a_pair_one_line_says_so(session: Session, pair: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="pair of networks is not here"):
        StoryScreen(session, ToStory(pair[:1]), SIZE_PX)


@pytest.mark.parametrize("arguments", [["--film", "a.mp4"], ["--headless"], ["--headless", "--film", "a.txt"]])
def test_a_film_needs_both_words_and_an_ending(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["story", *arguments]) == 2
    assert "film" in capsys.readouterr().err
