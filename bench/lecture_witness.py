"""Somebody who watches the lecture's cars and holds each sentence against what they did; it asks the cars alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from drive_sim.app.lecture_record import Phase
from drive_sim.app.push_story import PushStory

_COUNTS = {"never": 0, "once": 1, "twice": 2}
_WHO = {"plain cloning": 0, "shift-and-rotate": 1}


@dataclass(slots=True)
class Seen:
    """What one car was seen to do since a moment."""

    offset_m: list[float] = field(default_factory=list)
    is_off_road: list[bool] = field(default_factory=list)
    times_put_back: int = 0

    @property
    def largest_m(self) -> float:
        return max(map(abs, self.offset_m), default=0.0)

    def first_s(self, *, road: bool) -> float | None:
        places = zip(self.offset_m, self.is_off_road, strict=True)
        holds = [off or (not road and abs(offset) > 1.0) for offset, off in places]
        return 0.1 * (1 + holds.index(True)) if True in holds else None


class Witness:
    """Sees each frame, and remembers the sentences that were not true."""

    def __init__(self) -> None:
        self.num_sentences, self.false = 0, []
        self._last = ""
        self._phase: Phase | None = None
        self._story: PushStory | None = None
        self._cars: list[Seen] = []
        self._ticks: list[int] = []
        self._placed: list[int] = []
        self._before_m: list[float] = []
        self._shift_m = float("nan")
        self._expected: dict[str, bool] = {}

    def see(self, story: PushStory, sentence: str) -> None:
        """A frame was shown with this sentence."""
        begins = story.phase is not self._phase or story is not self._story
        if story.phase is Phase.PUSHED and begins:
            rollout = story.rollouts[0]
            self._shift_m = rollout.car.offset_m - self._before_m[0]
        if begins and story.phase is not Phase.OVER:
            self._begin(story)
        if story.phase is Phase.CALM and story.calm.duration_s <= 0.1 + 1e-9 and self._cars[0].offset_m[1:]:
            self._begin(story)  # begun anew
        self._look(story)
        self._before_m = [rollout.car.offset_m for rollout in story.rollouts]
        if sentence != self._last:
            self.num_sentences += 1
            self._last = sentence
        problem = next(self._problems(story, sentence), None)
        line = f"{problem}: {sentence}"
        if problem is not None and line not in self.false:
            self.false.append(line)

    def pass_over(self, story: PushStory) -> None:
        """A frame was shown, and its sentence is not one of the lecture's."""
        self._phase, self._story = story.phase, story
        self._before_m = [rollout.car.offset_m for rollout in story.rollouts]

    def _begin(self, story: PushStory) -> None:
        self._phase, self._story = story.phase, story
        self._cars = [Seen() for _ in story.rollouts]
        self._ticks = [rollout.num_ticks for rollout in story.rollouts]
        self._placed = [rollout.car.num_placed for rollout in story.rollouts]

    def _look(self, story: PushStory) -> None:
        for number, (seen, rollout) in enumerate(zip(self._cars, story.rollouts, strict=True)):
            placed = rollout.car.num_placed - self._placed[number]
            self._placed[number] = rollout.car.num_placed
            if rollout.num_ticks > self._ticks[number]:
                self._ticks[number] = rollout.num_ticks
                seen.offset_m.append(rollout.history[-1].offset_m)
                seen.is_off_road.append(rollout.car.has_left_the_road)
                seen.times_put_back += placed > 0 and abs(rollout.car.offset_m) < 0.05
        self._phase = story.phase

    def _problems(self, story: PushStory, said: str) -> Iterator[str]:
        """What is wrong with a sentence; nothing is said of what it does not say."""
        cars = dict(zip(story.drivers, self._cars, strict=True))
        if "nobody pushes" in said.lower():
            yield from _calm(self._cars[0], said)
        elif said.startswith("Same road"):
            for driver, name in ((0, "plain cloning was put back"), (1, "shift-and-rotate")):
                count = re.search(rf"{name} (never|once|twice|\d+ times)", said)
                if count is None or _count(count[1]) != cars[driver].times_put_back:
                    yield f"put back {cars[driver].times_put_back} times"
        elif said.startswith("Looking") or said.startswith("No push"):
            if story.trial is not None or story.windows:
                yield "a push was there"
        elif said.startswith("A push was chosen"):
            yield from self._expectation(story)
        elif said.startswith("Pushed"):
            yield from self._pushed(story, cars, said)
        else:
            yield "unknown"

    def _expectation(self, story: PushStory) -> Iterator[str]:
        """An expectation is held against the drive when that is over; here, that nothing was pushed yet."""
        if story.windows:
            yield "it was pushed already"

    def _pushed(self, story: PushStory, cars: dict[int, Seen], said: str) -> Iterator[str]:
        words = re.match(r"Pushed (\d\.\d\d) m to the (left|right)", said)
        if words is None or abs(float(words[1]) - abs(self._shift_m)) > 0.006:
            yield f"the push was {self._shift_m:+.3f} m"
        elif (words[2] == "left") != (self._shift_m > 0.0):
            yield "the other side"
        named = [name for name in _WHO if name in said]
        if sorted(_WHO[name] for name in named) != sorted(cars):
            yield "another car"
        for part in re.split(r"[;:]", said):
            for name in named:
                if name in part:
                    yield from _did(cars[_WHO[name]], part, story)
        yield from self._as_expected(story, said)

    def _as_expected(self, story: PushStory, said: str) -> Iterator[str]:
        """What was expected when the push was chosen must have come, to the bit; so the control's words are true."""
        trial = story.trial
        assert trial is not None
        for driver, rollout_seen in zip(story.drivers, self._cars, strict=True):
            rolled = (trial.clone, trial.twin)[driver].offset_m[: len(rollout_seen.offset_m)]
            if story.leaves_alone and not np.array_equal(rolled, rollout_seen.offset_m):
                yield "it did not come as it was rolled ahead"
        control = re.search(r"without the push: at most (\d+\.\d) m", said)
        if control is not None and not 0.0 <= float(control[1]) - trial.control.largest_m <= 0.1:
            yield f"the control was at most {trial.control.largest_m:.2f} m off"


def _calm(seen: Seen, said: str) -> Iterator[str]:
    seconds = re.search(r"in (\d+) s", said)
    if seconds is None:
        if len(seen.offset_m) > 31:
            yield "nothing is said of what was driven"
        return
    if abs(int(seconds[1]) - 0.1 * len(seen.offset_m)) > 0.5 + 1e-6:
        yield f"{0.1 * len(seen.offset_m):.1f} s were driven"
    most = re.search(r"never more than (\d+\.\d) m", said)
    if most is not None:
        if not -1e-9 <= float(most[1]) - seen.largest_m <= 0.1:
            yield f"at most {seen.largest_m:.3f} m"
        if seen.times_put_back:
            yield "it was put back"
    else:
        count = re.search(r"left its lane (once|twice|\d+ times)", said)
        if count is None or _count(count[1]) != seen.times_put_back:
            yield f"put back {seen.times_put_back} times"


def _did(seen: Seen, part: str, story: PushStory) -> Iterator[str]:
    road_s, lane_s = seen.first_s(road=True), seen.first_s(road=False)
    when = re.search(r"after (\d+\.\d) s", part)
    most = re.search(r"(\d+\.\d) m off at most", part)
    if "was off the road" in part:
        if road_s is None or when is None or abs(float(when[1]) - road_s) > 0.051:
            yield f"the road was left after {road_s}"
    elif "left its lane" in part:
        if lane_s is None or when is None or abs(float(when[1]) - lane_s) > 0.051:
            yield f"the lane was left after {lane_s}"
        if road_s is not None and story.leaves_alone:
            yield f"the road was left after {road_s}"
        if story.leaves_alone and (most is None or not -1e-9 <= float(most[1]) - seen.largest_m <= 0.1):
            yield f"at most {seen.largest_m:.3f} m off"
    elif most is None or not -1e-9 <= float(most[1]) - seen.largest_m <= 0.1:
        yield f"at most {seen.largest_m:.3f} m off"
    elif lane_s is not None:
        yield f"the lane was left after {lane_s}"
    if "came back" in part and (lane_s is not None or max(map(abs, seen.offset_m[-10:])) > 0.4):
        yield "it has not come back"


def _count(words: str) -> int:
    return _COUNTS[words] if words in _COUNTS else int(words.split(maxsplit=1)[0])
