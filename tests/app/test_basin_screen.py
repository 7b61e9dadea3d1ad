"""The basin's worker and screen: the lesson's own numbers, maps that fill, and a car that is put where one clicks."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from drive_sim.app.background_work import BackgroundWork
from drive_sim.app.basin_messages import StartsDriven, StartsTask
from drive_sim.app.basin_search import search
from drive_sim.checkout import model_folder
from drive_sim.evaluate.basin import BasinConfig
from drive_sim.lessons.road import recovery
from drive_sim.lessons.road.learners import Trained
from drive_sim.policies.model_folder import load_model


@pytest.mark.slow
def test_the_lessons_own_starts_through_the_worker_give_its_numbers(monkeypatch: pytest.MonkeyPatch):
    config = replace(recovery.QUICK, num_roads=1, off_step_m=0.5, turned_step_deg=4.0)
    folder = model_folder("alvinn")
    policy = load_model(folder)
    trained = SimpleNamespace(policy=policy, camera=policy.camera, effort=Trained(policy).effort)
    monkeypatch.setattr(recovery, "train", lambda *_: trained)
    lesson = recovery.find_back(config, "clone", 0, lambda *_: None)

    suite = config.budget.unseen_roads(1)
    calm = replace(suite, disturbance=recovery.Disturbance.none())
    task = StartsTask(
        str(folder),
        calm,
        recovery.grid_of_starts(config, suite, 0),
        BasinConfig(num_ticks=config.num_ticks, within_m=config.within_m),
    )
    work = BackgroundWork({"starts": (search, task)}, "basin")
    work.wait(120.0)
    (received,) = [message for _, message in work.received()]
    assert isinstance(received, StartsDriven)
    found = received.found_back.reshape(config.in_box.shape)
    assert 0.0 < found.mean() < 1.0
    np.testing.assert_array_equal(found, lesson.recovered)
    assert (~found[config.in_box]).sum() == lesson.lost_in_box_by_road[0]
