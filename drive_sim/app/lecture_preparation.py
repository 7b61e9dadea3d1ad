"""What the lecture does where no network has learned yet: the expert drives thirty seconds, two networks learn."""

import numpy as np

from drive_sim.app.canvas import GREEN, MARGIN, RED, Box, Canvas
from drive_sim.app.drivers import EXPERT
from drive_sim.app.hud import draw_lamp
from drive_sim.app.lecture_step import LectureStep
from drive_sim.app.recorder import Recorder
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.training import Training
from drive_sim.app.training_view import draw_training
from drive_sim.data.rollout import Tick, episode_info, row_of
from drive_sim.files import numbered_folder
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command

NUM_TICKS = 300
"""Thirty seconds."""
_SPEED_UP = 3
"""Substeps a frame: nobody wants to wait for the expert."""


class PreparationStep(LectureStep):
    """The expert drives by; once begun it is recorded, and then two networks learn."""

    def __init__(
        self, session: Session, sentence: str, num_ticks: int = NUM_TICKS, num_steps: int | None = None
    ) -> None:
        """`num_steps` of training is for tests."""
        self._sentence = sentence
        self._session, self._num_ticks, self._num_steps = session, num_ticks, num_steps
        config = EnvConfig(Camera(), CONDITIONS.vehicle, CONDITIONS.demonstration)
        roads = session.roads
        self._car = SingleCar(roads.track, roads.scene, config, np.random.default_rng(session.seed))
        self._expert, self._road = PursuitExpert(self._car.tracks), RoadAhead(self._car)
        self._recorder: Recorder | None = None
        self._training: Training | None = None

    @property
    def sentence(self) -> str:
        """What goes on."""
        return self._sentence

    @property
    def has_begun(self) -> bool:
        """The expert is, or was, recorded."""
        return self._recorder is not None or self._training is not None

    @property
    def is_done(self) -> bool:
        """Both networks have learned."""
        return self._training is not None and self._training.is_done

    def begin(self) -> None:
        """Record the expert from here on."""
        if self._recorder is None and self._training is None:
            self._car.start_over()
            folder = numbered_folder(self._session.runs, "record")
            self._recorder = self._session.recorder = Recorder(folder)
            self._recorder.begin(episode_info(self._car.env, seed=self._session.seed))
            self._sentence = "The expert drives thirty seconds, three times as fast as you see it later."

    def advance(self) -> None:
        """One frame, or three while the expert is recorded."""
        for _ in range(_SPEED_UP if self._recorder is not None and self._training is None else 1):
            self._car.advance(self._act)
        recorder, training = self._recorder, self._training
        if training is not None:
            if training.error is not None:
                self._session.say(training.error, RED)
                self._recorder = self._training = None
        elif recorder is not None and (failure := recorder.pop_failure()):
            self._session.say(failure, RED)
            recorder.close()
            self._recorder = None
        elif recorder is not None and recorder.tick >= self._num_ticks:
            recorder.end()
            if recorder.is_flushed:
                self._train(recorder)

    def draw(self, canvas: Canvas, top: float) -> None:
        """The road, how much is recorded, how far the training is."""
        self._road.draw(canvas)
        training, recorder = self._training, self._recorder
        if training is not None:
            box = Box(MARGIN, top, canvas.width - 2 * MARGIN, 240.0)
            draw_training(canvas, box, training)
        elif recorder is not None:
            draw_lamp(canvas, (MARGIN, top), "The expert is recorded", f"{recorder.recorded_s:.0f} of 30 s", RED)
        else:
            draw_lamp(
                canvas, (MARGIN, top), "The expert drives", "E begins: half a minute of driving, then training", GREEN
            )

    def close(self) -> None:
        """What was recorded is on the disk."""
        if self._recorder is not None:
            self._recorder.close()

    def _act(self, observation: Observation) -> Command:
        command = self._expert.act(observation)
        recorder = self._recorder
        if recorder is not None and recorder.is_recording and recorder.tick < self._num_ticks:
            number = recorder.tick
            time_s = number * self._car.env.config.tick_s
            tick = Tick(number, time_s, observation, command, np.zeros(1, dtype=np.bool_), command.curvature_per_m)
            recorder.append(row_of(tick, 0, EXPERT))
        return command

    def _train(self, recorder: Recorder) -> None:
        session = self._session
        recorder.close()
        session.recording = recorder.folder
        folder = numbered_folder(session.runs, "models")
        self._training = Training([recorder.folder], folder, seed=session.seed, num_steps=self._num_steps)
        session.training = self._training
        self._sentence = "Two networks learn from these pictures; one sees them shifted and rotated, too."
