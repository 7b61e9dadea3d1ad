"""SMILe in a lane of whole numbers (`drive_sim.assignments.number_lane`), where all that is done can be read off."""

from pathlib import Path

import numpy as np
import smile

from drive_sim.assignments.number_lane import Log, is_readable, make_task, offset, share_of_expert, shares
from drive_sim.assignments.sentences import borrowed, expect
from drive_sim.learn.base import Round

PAPER = "Ross and Bagnell 2010, section 4"


def learned(config: smile.Config) -> tuple[list[Round], Log]:
    """All rounds of your learner, and who drove and what was fitted meanwhile."""
    task, log = make_task()
    return list(smile.train(config, task, np.random.default_rng(0))), log


def test_the_expert_lets_go_by_a_share_a_round() -> None:
    """In pi_n the expert's weight is (1 - a)^n: a round takes the share a of what is left."""
    found = float(smile.expert_share(0.1, 3))
    expect(
        not np.isclose(found, 0.81),
        "Your expert is one round late: (1 - a)^(n-1). Once n policies are learned it has (1 - a)^n; a known "
        "textbook's code has the same off-by-one, as if the latest policy did not count yet.",
    )
    expect(
        np.isclose(found, 0.729),
        f"At a = 0.1 the expert's weight in pi_3 is (1 - a)^3 = 0.729 ({PAPER}). Yours is {found:.4g}.",
    )


def test_the_weights_of_what_is_learned() -> None:
    """In pi_n the weight of pi^j is a (1 - a)^(j-1): it falls with j, so the first clone has most of them all."""
    found = np.asarray(smile.learned_weights(0.25, 3), dtype=np.float64)
    expect(
        found.shape == (3,),
        f"In pi_3 there are three learned policies, with a weight each. Yours has the shape {found.shape}.",
    )
    right = 0.25 * 0.75 ** np.arange(3)
    expect(
        not np.allclose(found, right[::-1]),
        "Your weights rise with j: the newest policy has the largest. In SMILe they fall, a (1 - a)^(j-1): once "
        "pi^j has its share, later ones take theirs of the expert alone. That is why SMILe trails DAgger.",
    )
    expect(
        not np.allclose(found, 0.75 ** np.arange(3)) and not np.allclose(found, 0.75 ** np.arange(1, 4)),
        "The factor a is missing: (1 - a)^j is what is left to the expert after j rounds, and each new policy "
        "takes the share a of that, a (1 - a)^(j-1).",
    )
    expect(
        not np.allclose(found, right * 0.75),
        "Your exponent is j where it should be j - 1: pi^1 has the weight a, since the first round takes the share "
        "a of the expert's whole.",
    )
    total = float(found.sum() + smile.expert_share(0.25, 3))
    expect(
        np.isclose(total, 1.0),
        f"The expert's weight and those of the learned policies are probabilities, so they sum to 1. Yours sum to "
        f"{total:.4g}: {found.round(4).tolist()} and the expert.",
    )
    expect(
        np.allclose(found, right),
        f"At a = 0.25 the weights in pi_3 are {right.tolist()} ({PAPER}). Yours: {found.round(4).tolist()}.",
    )


def test_without_the_expert_the_weights_sum_to_one() -> None:
    """What is returned never asks the expert: (pi_N - (1 - a)^N pi*) / (1 - (1 - a)^N)."""
    found = np.asarray(smile.without_expert(0.25, 3), dtype=np.float64)
    right = 0.25 * 0.75 ** np.arange(3) / (1.0 - 0.75**3)
    expect(
        not np.allclose(found, right * (1.0 - 0.75**3)),
        "Once the expert is gone the rest has to be normalised anew: divide by 1 - (1 - a)^N, or the weights sum "
        "to less than 1 and there are steps in which nobody drives.",
    )
    expect(
        found.shape == (3,) and np.allclose(found, right),
        f"At a = 0.25 the weights of pi^1 to pi^3 without the expert are {right.round(4).tolist()}. Yours: "
        f"{found.round(4).tolist()}.",
    )


def test_who_drives() -> None:
    """In round n drives pi_{n-1}: the expert in round 1, then the mixture of the expert and all that is learned."""
    _, log = learned(smile.Config(4, 5, alpha=0.25))
    expect(len(log.drivers) == 4, f"There should be one drive a round, 4 in 4; yours drove {len(log.drivers)} times.")
    expect(
        all(map(is_readable, log.drivers)),
        "Make who drives by `mixed` (or `Mixture`), or it cannot be read off here who drives by which share.",
    )
    found = [share_of_expert(driver) for driver in log.drivers]
    expect(
        found != [1.0, 1.0, 1.0, 1.0],
        "In your rounds the expert alone drives, so that nothing of where the mixture goes is ever seen. In round n "
        "drives pi_{n-1}, which the round before has made.",
    )
    expect(
        max(found[1:]) > 0.0,
        "Your expert lets go at once: in pi_n it still has the weight (1 - a)^n. SMILe lets it go slowly, so that "
        "each new policy meets states that are only a little different from those of the round before.",
    )
    expect(
        not np.allclose(found, [1.0, 1.0, 0.75, 0.75**2]),
        "Your mixture is one round late: in round n drives pi_{n-1}, in which the policy of the round before is "
        "already.",
    )
    expect(
        np.allclose(found, 0.75 ** np.arange(4)),
        f"The expert's share in rounds 1 to 4 is 1, 0.75, 0.5625, 0.4219 at a = 0.25 ({PAPER}). In yours it is "
        f"{np.round(found, 4).tolist()}.",
    )
    found = {getattr(policy, "number", 0): round(weight, 4) for policy, weight in shares(log.drivers[3])}
    right = {0: 0.4219, 1: 0.25, 2: 0.1875, 3: 0.1406}
    expect(
        found == right,
        f"In round 4 drive the expert (0) and the fits 1, 2 and 3 with the weights {right}. In yours: {found}.",
    )


def test_each_policy_learns_from_its_own_round() -> None:
    """D = {(s, pi*(s))} of this round's drive alone; the policies are mixed, the data are not (DAgger's are)."""
    _, log = learned(smile.Config(3, 30, alpha=0.5))
    expect(len(log.fitted) == 3, f"There should be one fit a round, 3 in 3; yours has {len(log.fitted)}.")
    found = [np.unique(data.drive).tolist() for data in log.fitted]
    expect(
        found != [[1], [1, 2], [1, 2, 3]],
        "Your rounds aggregate their data. That is DAgger, published a year later; SMILe's pi^n is fitted to the "
        "drive of round n alone, and the mixture remembers the older ones.",
    )
    expect(
        found == [[1], [2], [3]],
        f"pi^n is fitted to the states that pi_{{n-1}} visits in round n ({PAPER}). Yours are fitted to the drives "
        f"{found}.",
    )
    last = log.fitted[-1]
    differs = last.driven != last.expert
    expect(
        bool(differs.any()) and not np.array_equal(last.label[differs], last.driven[differs]),
        "Your labels are what the mixture itself did, so that its mistakes are its own teacher. Each state that it "
        "visits is labelled with what the expert would have done there (`task.labelled_rollout` has that).",
    )
    expect(
        bool(np.array_equal(last.label, last.expert)),
        f"Each label must be the expert's answer in that state ({PAPER}: D = (s, pi*(s))).",
    )


def test_what_is_handed_over_does_not_ask_the_expert() -> None:
    """The policy of round n is pi_n without the expert, who is not there when it drives for itself."""
    rounds, _ = learned(smile.Config(3, 5, alpha=0.25))
    found = [shares(latest.policy) for latest in rounds]
    expect(
        all(share_of_expert(latest.policy) == 0.0 for latest in rounds),
        "Your policy keeps the expert in, so that its driving is praised for what the expert does. pi_N is returned "
        "without it: (pi_N - (1 - a)^N pi*) / (1 - (1 - a)^N).",
    )
    numbers = [[getattr(policy, "number", 0) for policy, _ in mixture] for mixture in found]
    expect(
        numbers == [[1], [1, 2], [1, 2, 3]],
        f"pi_n is the mixture of pi^1 to pi^n. Yours hands over the fits {numbers} in rounds 1 to 3.",
    )
    weights = [weight for _, weight in found[-1]]
    right = 0.25 * 0.75 ** np.arange(3) / (1.0 - 0.75**3)
    expect(
        np.allclose(weights, right),
        f"Its weights after round 3 are {right.round(4).tolist()}, those of `without_expert`. Yours: "
        f"{np.round(weights, 4).tolist()}.",
    )
    drives = [np.unique(latest.rollout.drive).tolist() for latest in rounds]
    expect(drives == [[1], [2], [3]], f"`rollout` is the drive of this round alone. Yours hands over {drives}.")


def test_it_learns_some_of_the_way_back() -> None:
    """Better than its first policy, the clone, alone; not as good as DAgger, since the clone still drives its share."""
    rounds, _ = learned(smile.Config(5, 50, alpha=0.3))
    clone, last = offset(rounds[0].policy), offset(rounds[-1].policy)
    expect(
        last < 0.9 * clone,
        f"After 5 rounds your mixture is {last:.1f} off the middle in the mean, the clone of round 1 {clone:.1f}. "
        "It should be nearer to the middle: its later policies have been shown the way back from where the mixture "
        "goes.",
    )


def test_it_is_your_own() -> None:
    """The project has a SMILe as well: read it afterwards."""
    found = borrowed(Path(smile.__file__), ("drive_sim.learn.smile", "drive_sim.learn.algorithms"))
    expect(
        not found,
        f"smile.py imports {', '.join(found)}, which is the answer. It will drive, and you will not have learned "
        "it: write the lines yourself, and read the project's own afterwards.",
    )
