"""The lecture's steps on the road: one car that is pushed, and two cars side by side that are pushed alike."""

from drive_sim.app.canvas import GAP, MARGIN, RED, SHADE, Box, Canvas
from drive_sim.app.layout import KEY_LINE, LEFT_WIDTH
from drive_sim.app.lecture_record import Phase
from drive_sim.app.lecture_sentences import sentence_of
from drive_sim.app.lecture_step import LectureStep
from drive_sim.app.left_alone_panels import SURVIVED_SIZE, GhostsAbove, draw_survived
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.push_story import PushStory
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.road_map import CarMarker, RoadMap
from drive_sim.app.rollout_charts import draw_offset_history, draw_steering_errors, offset_history_box
from drive_sim.app.rollout_panels import draw_alarm, draw_scoreboard, scoreboard_box
from drive_sim.app.session import Session

_LOW_HISTORY, _ABOVE_WIDTH, _NARROW = 92.0, 220.0, 900.0
_MAP_SIDE, _LEAST_WIDTH = 170.0, 280.0


class _StoryStep(LectureStep):
    """A step that shows a story of pushes."""

    def __init__(self, story: PushStory, session: Session) -> None:
        self.story = story
        self._session = session
        rollouts = story.rollouts
        self._map, self._roads = RoadMap(rollouts[0].car.track), [RoadAhead(rollout.car) for rollout in rollouts]
        self._above = GhostsAbove(story)

    @property
    def sentence(self) -> str:
        """What is driven, or expected."""
        return sentence_of(self.story.moment)

    def advance(self) -> None:
        """One frame of driving."""
        for rollout in self.story.rollouts:
            self._map.add_car(rollout.car, rollout.active_colour)
        if self.story.advance():
            rollout = self.story.rollouts[0]
            tally = rollout.driver.tally
            self._session.frame_history.add(rollout.car, rollout.active_name, rollout.car.offset_m, tally.times_left)
            self._session.scores[rollout.driver.name] = tally.score

    def nudge(self) -> None:
        """Another push, where none is near."""
        story = self.story
        if not story.ask_for_push() and story.phase is Phase.CALM:
            self._session.say("Pushes begin with the next step")

    def toggle_put_back(self) -> None:
        """Leave the car alone after a push, or put it back."""
        self.story.leave_alone(not self.story.leaves_alone)
        alone = self.story.leaves_alone
        self._session.say("Left alone after a push" if alone else "More than 1 m off it is put back")


class OneCarStep(_StoryStep):
    """One car and two networks."""

    def draw(self, canvas: Canvas, top: float) -> None:
        """The road, who drives, offsets and errors; with a push the seconds since, and the ways from above."""
        story, rollout = self.story, self.story.rollouts[0]
        self._roads[0].draw(canvas)
        scoreboard = scoreboard_box(len(rollout.drivers))._replace(top=top)
        is_told = bool(story.windows) and story.leaves_alone
        if not is_told:
            sky = _banner_box(canvas, scoreboard, is_free=not story.is_at_push)
            draw_alarm(canvas, rollout, sky)
        elif rollout.is_off:
            _draw_red_frame(canvas)
        draw_scoreboard(canvas, rollout, scoreboard)
        draw_offset_history(canvas, offset_history_box(canvas), rollout)
        right, bottom = canvas.width - MARGIN, canvas.height - KEY_LINE - MARGIN
        if story.is_at_push:
            above = Box(right - _ABOVE_WIDTH, top, _ABOVE_WIDTH, bottom - top)
            self._above.draw(canvas, above, story)
            if is_told:
                draw_survived(
                    canvas, _below(scoreboard), story.windows[0], rollout.active_colour, is_slow=story.is_slow
                )
            return
        side = _MAP_SIDE
        self._map.draw(canvas, Box(right - side, top, side, side), [_marker(rollout)])
        draw_steering_errors(canvas, Box(right - 286.0, bottom - 200.0, 286.0, 200.0), rollout.drivers)

    def switch(self) -> None:
        """The same push for the other network."""
        self.story.follow((1 - self.story.drivers[0],))


class TwoCarsStep(_StoryStep):
    """Two cars on the same road in the same wind, pushed alike; from the push on each is driven by one network."""

    def draw(self, canvas: Canvas, top: float) -> None:
        """A half of the window each, and the map, or the ways from above, between."""
        story = self.story
        width_px, height_px = canvas.surface.get_size()
        for number, (rollout, road) in enumerate(zip(story.rollouts, self._roads, strict=True)):
            half = Canvas(canvas.surface.subsurface((number * (width_px // 2), 0, width_px // 2, height_px)))
            road.draw(half)
            self._draw_half(half, rollout, number, top)
        middle, bottom = canvas.width / 2, canvas.height - KEY_LINE - MARGIN
        board = top + scoreboard_box(2).height + GAP
        if story.is_at_push:
            width = _width_between(canvas.width)
            plan = Box(middle - width / 2, board, width, bottom - board)
        else:
            plan = Box(middle - 65.0, board, 130.0, 130.0)
        # Panels let shine through what lies behind them, so the divider goes between them.
        for upper, lower in ((top - GAP, plan.top), (plan.bottom, canvas.height - KEY_LINE)):
            canvas.fill(Box(middle - 1.5, upper, 3.0, lower - upper), SHADE)
        if story.is_at_push:
            self._above.draw(canvas, plan, story)
        else:
            self._map.draw(canvas, plan, [_marker(rollout) for rollout in story.rollouts])

    def _draw_half(self, half: Canvas, rollout: LiveRollout, number: int, top: float) -> None:
        """Who drives one of two cars, its offsets, its seconds, and its alarm."""
        story = self.story
        board = Box(MARGIN, top, min(half.width - 2 * MARGIN, LEFT_WIDTH), scoreboard_box(2).height)
        draw_scoreboard(half, rollout, board)
        history = offset_history_box(half)
        is_pushed = story.is_at_push
        width = half.width - MARGIN - (_width_between(2 * half.width) / 2 + GAP if is_pushed else MARGIN)
        left = MARGIN if number == 0 else half.width - MARGIN - width
        draw_offset_history(half, Box(left, history.bottom - _LOW_HISTORY, width, _LOW_HISTORY), rollout)
        if story.windows and story.leaves_alone:
            below = _below(board)._replace(left=left, width=width)
            draw_survived(half, below, story.windows[number], rollout.active_colour, is_slow=story.is_slow)
        if rollout.alarm or rollout.is_off:
            _draw_red_frame(half)


def _banner_box(canvas: Canvas, scoreboard: Box, *, is_free: bool) -> Box:
    """The sky between the scoreboard and the map; where that is not free, or narrow, below the scoreboard."""
    left = scoreboard.right + GAP
    width = canvas.width - MARGIN - _MAP_SIDE - GAP - left
    if width < _LEAST_WIDTH or not is_free:
        return scoreboard._replace(top=scoreboard.bottom + GAP)
    return Box(left, scoreboard.top, width, scoreboard.height)


def _draw_red_frame(canvas: Canvas) -> None:
    canvas.frame(Box(0.0, 0.0, canvas.width, canvas.height - KEY_LINE), RED, width=8.0, rounding=0.0)


def _width_between(window_width: float) -> float:
    """How wide the view from above may be between two cars."""
    return _ABOVE_WIDTH if window_width > _NARROW else 0.6 * _ABOVE_WIDTH


def _below(box: Box) -> Box:
    width, height = SURVIVED_SIZE
    return Box(box.left, box.bottom + GAP, width, height)


def _marker(rollout: LiveRollout) -> CarMarker:
    return CarMarker.at(rollout.car, rollout.active_colour)
