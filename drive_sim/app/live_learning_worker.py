"""In a process beside the window: both twins learn from each tick as it comes, and say what they have learned."""

from dataclasses import asdict

import numpy as np
import numpy.typing as npt

from drive_sim.app.live_learning_messages import (
    LearningTask,
    NewExemplars,
    NotSaved,
    SaveTwin,
    TickLearned,
    TwinLearned,
)
from drive_sim.app.training_messages import ModelSaved
from drive_sim.arrays import Images
from drive_sim.errors import InputError
from drive_sim.learn.alvinn_buffer import Patterns
from drive_sim.learn.live import CONFIGS, Asked, LiveLearner, StepwiseLearner, make_twins, policy_of, weights_of
from drive_sim.lessons.kit.workers import Connection
from drive_sim.policies.alvinn import AlvinnPolicy
from drive_sim.policies.alvinn_pictures import as_pictures
from drive_sim.policies.compute import use_one_thread
from drive_sim.policies.model_folder import save_model
from drive_sim.sim.conditions import CONDITIONS

_THUMBNAIL_STEP = 3
"""Of a picture that is not ALVINN's every third pixel of every third row is shown."""


def learn_live(parent: Connection, task: LearningTask) -> None:
    """Take ticks and wishes in their order, until nobody is there to send any (EOFError); none is left out."""
    use_one_thread()
    twins = make_twins(task.network, task.seed, CONDITIONS.vehicle, task.tick_s)
    while True:
        message = parent.recv()
        if isinstance(message, SaveTwin):
            parent.send(_saved(message, task))
            continue
        asked = {name: learner.observe(message) for name, learner in twins.items()}
        told = {name: twin_learned(twins[name], answer) for name, answer in asked.items()}
        parent.send(TickLearned(message.number, told))


def twin_learned(learner: LiveLearner, asked: Asked) -> TwinLearned:
    """What is told of a twin that was asked about a tick and has learned from it."""
    now = learner.learner
    assert now is not None
    return TwinLearned(asked, _new_exemplars(now), weights_of(now.policy))


def _new_exemplars(learner: StepwiseLearner) -> NewExemplars:
    buffer = learner.buffer
    places = np.flatnonzero(buffer.frame == buffer.frame.max())
    return NewExemplars(places, _thumbnails(learner, buffer, places), buffer.curvature_per_m[places])


def _thumbnails(learner: StepwiseLearner, buffer: Patterns, places: npt.NDArray[np.int64]) -> Images:
    camera = learner.policy.camera
    if isinstance(learner.policy, AlvinnPolicy):
        return as_pictures(buffer.inputs[places], camera.height_px, camera.width_px)
    return np.ascontiguousarray(buffer.inputs[places][:, ::_THUMBNAIL_STEP, ::_THUMBNAIL_STEP])


def _saved(wish: SaveTwin, task: LearningTask) -> ModelSaved | NotSaved:
    config = CONFIGS[task.network][wish.twin]
    metrics = {**asdict(task), "twin": wish.twin, "num_ticks": wish.num_ticks}
    try:
        save_model(wish.folder, policy_of(task.network, config, wish.weights), config, metrics)
    except InputError as error:
        return NotSaved(str(error))
    return ModelSaved(wish.folder)
