"""DAgger is Algorithm 3.1: who drives, who labels, what is aggregated and what is fitted."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.learn import dagger
from drive_sim.policies.mixture import Mixture
from tests.learn.toy_task import EXPERT, Named, Rows, toy_task


def test_the_expert_drives_the_first_round_and_never_again() -> None:
    task, log = toy_task()
    rounds = list(dagger.train(dagger.Config(4, 5), task, np.random.default_rng(0)))
    assert log.drivers == [EXPERT, Named("policy 1"), Named("policy 2"), Named("policy 3")]
    assert [r.policy.name for r in rounds] == ["policy 1", "policy 2", "policy 3", "policy 4"]
    assert [r.metrics["beta"] for r in rounds] == [1.0, 0.0, 0.0, 0.0]


def test_the_data_grow_and_nothing_is_forgotten() -> None:
    task, log = toy_task()
    rounds = list(dagger.train(dagger.Config(3, 5), task, np.random.default_rng(0)))
    assert [Counter(data.names) for data in log.fitted] == [{"1": 5}, {"1": 5, "2": 5}, {"1": 5, "2": 5, "3": 5}]
    assert [r.metrics["num_frames"] for r in rounds] == [5, 10, 15]
    assert all(data.labelled for data in log.fitted)
    assert [r.rollout.names for r in rounds] == [("1",) * 5, ("2",) * 5, ("3",) * 5]


def test_with_an_exponential_schedule_each_tick_is_a_draw_between_the_two() -> None:
    task, log = toy_task()
    config = dagger.Config(3, 5, schedule="exponential", p=0.4)
    list(dagger.train(config, task, np.random.default_rng(0)))
    assert log.drivers[0] is EXPERT
    for i, driver in enumerate(log.drivers[1:], start=2):
        assert isinstance(driver, Mixture)
        assert driver.policies == (EXPERT, Named(f"policy {i - 1}"))
        np.testing.assert_allclose(driver.weights, [0.4 ** (i - 1), 1.0 - 0.4 ** (i - 1)])


def test_what_the_expert_has_driven_already_is_its_first_drive() -> None:
    task, log = toy_task(Rows(("recorded",) * 7, labelled=True))
    list(dagger.train(dagger.Config(2, 5), task, np.random.default_rng(0)))
    assert log.drivers == [Named("policy 1")]
    assert Counter(log.fitted[-1].names) == {"recorded": 7, "1": 5}


def test_where_the_expert_always_drives_its_demonstrations_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dagger.SCHEDULES, "always", lambda i, p: 1.0)
    task, log = toy_task(Rows(("recorded",) * 7, labelled=True))
    list(dagger.train(dagger.Config(2, 5, schedule="always"), task, np.random.default_rng(0)))
    assert log.drivers == []
    assert Counter(log.fitted[-1].names) == {"recorded": 14}


def test_a_learner_that_has_become_the_expert_drives_all_the_same() -> None:
    """The demonstrations are a drive of the expert alone by the schedule, not by who is at the wheel."""
    task, log = toy_task(Rows(("recorded",) * 7, labelled=True))
    list(dagger.train(dagger.Config(3, 5), replace(task, base_learner=lambda *_: EXPERT), np.random.default_rng(0)))
    assert log.drivers == [EXPERT, EXPERT]


@pytest.mark.parametrize(
    "wrong", [{"num_rounds": 0}, {"ticks_per_round": 0}, {"schedule": "linear"}, {"p": 1.0}, {"p": -0.1}]
)
def test_impossible_settings_are_refused(wrong: dict) -> None:
    with pytest.raises(InputError, match="dagger"):
        dagger.Config(**wrong)


def test_rounds_that_grow_double_the_data_from_the_second_on():
    config = dagger.Config(num_rounds=5, ticks_per_round=50, growth=2.0)
    ticks = [config.ticks(i) for i in range(1, 6)]
    assert ticks == [50, 50, 100, 200, 400]
    assert np.cumsum(ticks).tolist() == [50, 100, 200, 400, 800]
    with pytest.raises(InputError, match="growth"):
        dagger.Config(growth=0.5)
