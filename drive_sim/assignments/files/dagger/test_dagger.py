"""DAgger in a lane of whole numbers (`drive_sim.assignments.number_lane`), where all that is done can be read off."""

from pathlib import Path

import dagger
import numpy as np

from drive_sim.assignments.number_lane import Log, Rows, is_readable, make_task, offset, share_of_expert, shares
from drive_sim.assignments.sentences import borrowed, expect
from drive_sim.learn.base import Round

PAPER = "Ross, Gordon and Bagnell 2011, Algorithm 3.1"


def learned(config: dagger.Config, demonstrations: Rows | None = None) -> tuple[list[Round], Log]:
    """All rounds of your learner, and who drove and what was fitted meanwhile."""
    task, log = make_task(demonstrations)
    return list(dagger.train(config, task, np.random.default_rng(0))), log


def test_the_expert_lets_go_by_the_schedule() -> None:
    """Of round i the expert drives the share beta_i: [i = 1], or p^(i-1). The mean of all must go to 0 (section 3)."""
    found = [float(dagger.indicator(i, 0.5)) for i in (1, 2, 3)]
    expect(
        found == [1.0, 0.0, 0.0],
        f"The schedule `indicator` is beta_i = [i = 1]: 1 in round 1 and 0 in all others, since rounds count from 1 "
        f"({PAPER}). Yours gives {found} in rounds 1 to 3.",
    )
    found = [float(dagger.exponential(i, 0.5)) for i in (1, 2, 3)]
    expect(
        not np.allclose(found, [0.5, 0.25, 0.125]),
        "Your schedule `exponential` is p^i. The exponent is i - 1: in round 1 nobody but the expert can drive, since "
        "nothing is learned yet, so beta_1 = p^0 = 1.",
    )
    expect(
        np.allclose(found, [1.0, 0.5, 0.25]),
        f"The schedule `exponential` is beta_i = p^(i-1), at p = 0.5 in rounds 1 to 3: 1, 0.5, 0.25. Yours: {found}.",
    )


def test_who_drives() -> None:
    """pi_i = beta_i pi* + (1 - beta_i) pi_hat_i: a mixture of the expert and of the policy of the round before."""
    _, log = learned(dagger.Config(4, 5, schedule="exponential", p=0.4))
    expect(
        len(log.drivers) == 4,
        f"There should be one drive a round, 4 in 4 rounds: D_i are the states that pi_i visits. Yours drove "
        f"{len(log.drivers)} times.",
    )
    expect(
        all(map(is_readable, log.drivers)),
        "Make who drives by `mixed` (or `Mixture`), or it cannot be read off here who drives by which share.",
    )
    found = [share_of_expert(driver) for driver in log.drivers]
    expect(
        found[1:] != [1.0, 1.0, 1.0],
        "In your rounds the expert alone drives, so that you learn from the expert's states only. That is cloning with "
        "more data: no state is shown to which the learner's own mistakes lead. From round 2 on pi_i must drive, the "
        "mixture of the expert and of your policy of the round before.",
    )
    expect(
        not np.allclose(found[1:], [0.6, 0.84, 0.936]),
        "The shares are the wrong way round: beta_i is the expert's, 1 - beta_i the learner's.",
    )
    expect(
        np.allclose(found, [1.0, 0.4, 0.16, 0.064]),
        f"By pi_i = beta_i pi* + (1 - beta_i) pi_hat_i the expert's share in rounds 1 to 4 is 1, 0.4, 0.16, 0.064 (p = "
        f"0.4). In yours it is {np.round(found, 3).tolist()}.",
    )
    for i, driver in enumerate(log.drivers[1:], start=2):
        numbers = [getattr(policy, "number", 0) for policy, _ in shares(driver)]
        expect(
            sorted(numbers) == [0, i - 1],
            f"In round {i} the expert and pi_hat_{i} drive, the policy that round {i - 1} has fitted, since it is its "
            f"mistakes that are to be seen. In yours there drive the fits {[n for n in numbers if n]}.",
        )


def test_the_labels_are_the_experts() -> None:
    """D_i = {(s, pi*(s))}: the learner says where to go, and the expert what it would have done there."""
    _, log = learned(dagger.Config(4, 30))
    data = log.fitted[-1]
    differs = data.driven != data.expert
    expect(
        bool(differs.any()),
        "Nothing in your data was driven otherwise than the expert would have: has anybody else driven? From round 2 "
        "on the policy of the round before drives.",
    )
    expect(
        not np.array_equal(data.label[differs], data.driven[differs]),
        "Your labels are what the policy itself did, so that its mistakes are its own teacher. D_i = "
        "{(s, pi*(s))}: each state that pi_i visits is labelled with what the expert would have done there "
        "(`task.labelled_rollout` has that; `task.rollout` is labelled with what was driven).",
    )
    expect(
        bool(np.array_equal(data.label, data.expert)),
        f"Each label must be the expert's answer in that state ({PAPER}: D_i = (s, pi*(s))). In "
        f"{int((data.label != data.expert).sum())} of your {len(data)} rows it is not.",
    )


def test_nothing_is_forgotten() -> None:
    """D <- D + D_i: the data of all rounds, which gives the method its name, dataset aggregation."""
    _, log = learned(dagger.Config(3, 5))
    expect(
        len(log.fitted) == 3,
        f"There should be one fit a round, 3 in 3 rounds; yours has {len(log.fitted)}.",
    )
    found = [np.unique(data.drive).tolist() for data in log.fitted]
    expect(
        found != [[1], [2], [3]],
        "Your rounds forget: each fits its own drive alone. Aggregate, D <- D + D_i, and fit all of D. A policy "
        "that is fitted to the last drive only unlearns what that drive does not visit, and Theorem 3.1 no longer "
        "holds.",
    )
    expect(
        found[1:] != [[1], [1, 2]],
        "You fit before you add: round i is fitted to the data of the rounds before it. First D <- D + D_i, then the "
        "policy that fits D best.",
    )
    expect(
        found == [[1], [1, 2], [1, 2, 3]],
        f"Round i must be fitted to the drives 1 to i ({PAPER}: aggregate the datasets). Yours are fitted to the "
        f"drives {found[0]}, {found[1]} and {found[2]}.",
    )
    rows = [len(data) for data in log.fitted]
    expect(
        rows == [rows[0] * i for i in (1, 2, 3)],
        f"Each drive belongs into D once. Your rounds are fitted to {rows} rows, where each drive has {rows[0]}.",
    )


def test_what_was_recorded_before_is_the_experts_first_drive() -> None:
    """Where the expert drives alone and the task has demonstrations, those are its drive: nobody drives it again."""
    task, _ = make_task()
    recorded = task.rollout(1, task.require("dagger", ("expert",)).expert, 9, np.random.default_rng(1))
    _, log = learned(dagger.Config(2, 5), recorded)
    expect(
        len(log.drivers) == 1,
        "With demonstrations there, round 1 needs no drive: tell `task.labelled_rollout` that the expert drives alone "
        f"(expert_alone=beta == 1.0). Yours drove {len(log.drivers)} times in 2 rounds, where 1 is enough.",
    )


def test_each_round_hands_over_its_own() -> None:
    """Round i yields pi_hat_{i+1}, which it has just fitted, and D_i, which it has just driven."""
    rounds, _ = learned(dagger.Config(3, 5))
    found = [getattr(latest.policy, "number", 0) for latest in rounds]
    expect(
        found == [1, 2, 3],
        f"Round i must hand over the policy that it has fitted itself: the fits 1, 2, 3. Yours hands over {found} "
        "(0 is the expert). Which of them is best is for whoever drives them to say.",
    )
    drives = [np.unique(latest.rollout.drive).tolist() for latest in rounds]
    expect(
        drives == [[1], [2], [3]],
        f"`rollout` is D_i, the drive of round i alone; D is `data`. Yours hands over the drives {drives}.",
    )


def test_it_learns_the_way_back() -> None:
    """Cloning costs T^2 epsilon, DAgger about T epsilon (Theorems 2.1 and 3.2): what it visits, it has been shown."""
    rounds, _ = learned(dagger.Config(8, 50))
    clone, last = offset(rounds[0].policy), offset(rounds[-1].policy)
    expect(
        last < 0.5 * clone,
        f"After 8 rounds your policy is {last:.1f} off the middle in the mean, the clone of round 1 {clone:.1f}. "
        "DAgger's should be less than half of it: its drives show it the numbers that it wanders to, with the way "
        "back as label.",
    )


def test_it_is_your_own() -> None:
    """The project has a DAgger as well: read it afterwards."""
    found = borrowed(Path(dagger.__file__), ("drive_sim.learn.dagger", "drive_sim.learn.algorithms"))
    expect(
        not found,
        f"dagger.py imports {', '.join(found)}, which is the answer. It will drive, and you will not have learned it: "
        "write the four lines yourself, and read the project's own afterwards.",
    )
