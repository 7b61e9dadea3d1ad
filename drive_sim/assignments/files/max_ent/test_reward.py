"""The likelihood of a reward and its gradient, in worlds so small that all paths can be counted one by one."""

from pathlib import Path

import max_ent
import numpy as np
from scipy import optimize

from drive_sim.assignments.counted_paths import HORIZON, all_paths, counted, demonstrated, starting_in, world
from drive_sim.assignments.sentences import borrowed, expect
from drive_sim.irl.mdp import Mdp

PAPER = "Ziebart and others 2008"


def test_the_likelihood_is_that_of_the_paths() -> None:
    """L = mean of R(path) - V(start), which without chance is the mean log-probability of a demonstration."""
    mdp, reward = world()
    paths, taken, start = demonstrated(mdp)
    found, _ = max_ent.value_and_gradient(mdp, reward, taken, start)
    partition = {
        (state, length): np.log(np.sum([np.exp(reward[path].sum()) for path in all_paths(mdp, state, length)]))
        for state, length in ((2, 4), (1, 2))
    }
    logs = [reward[path].sum() - partition[int(mdp.state[path[0]]), len(path)] for path in paths.paths]
    expect(
        not np.isclose(found, taken @ reward),
        "Your likelihood forgets the partition function: it is the demonstrations' reward alone, which grows "
        "without bound when all rewards do. Take V of their starts off: L = mean of R(path) - V(start).",
    )
    expect(
        np.isclose(found, np.mean(logs)),
        f"The mean log-probability of these demonstrations is {np.mean(logs):.4f} ({PAPER}, eq. 2). Yours: "
        f"{found:.4f}.",
    )


def test_the_gradient_is_that_of_the_likelihood() -> None:
    """dL/dr = what is demonstrated less what the soft policy expects (2008, eq. 6), against finite differences of L."""
    for discount in (1.0, 0.8):
        mdp, reward = world(discount)
        _, taken, start = demonstrated(mdp)
        _, found = max_ent.value_and_gradient(mdp, reward, taken, start)
        found = np.asarray(found)
        plan = max_ent.plan_horizon(mdp, reward, HORIZON, 1.0)
        right = taken - counted(mdp, plan.policy, start, discount)
        expect(
            not np.allclose(found, -right),
            "Your gradient has the wrong sign: it leads downhill, away from the demonstrations. L rises with the "
            "reward of what is demonstrated: demonstrated less expected.",
        )
        expect(
            not np.allclose(found, taken),
            "Your gradient forgets the partition function: it is what is demonstrated alone. Take off what the "
            "soft policy of the reward expects, by the backward and then the forward pass.",
        )
        elsewhere = taken - counted(mdp, plan.policy, starting_in(mdp, (0, HORIZON, 1.0)), discount)
        expect(
            not np.allclose(found, elsewhere),
            "Your expectation begins where the world does and not where the demonstrations do: hand `start` to the "
            "forward pass. What is compared must have one distribution of starts.",
        )
        greedy = max_ent.plan_horizon(mdp, reward, HORIZON, 0.0)
        expect(
            not np.allclose(found, taken - counted(mdp, greedy.policy, start, discount)),
            "Your expectation is that of the best policy, at temperature 0. The gradient of L has the soft one's.",
        )
        differences = [_slope(mdp, reward, taken, start, pair) for pair in range(mdp.num_pairs)]
        expect(
            np.allclose(found, differences, atol=1e-5),
            "When one reward rises by a little, L must rise by the gradient times that. At a discount of "
            f"{discount} yours is off by up to {np.abs(found - differences).max():.4f}.",
        )


def test_it_finds_what_was_wanted() -> None:
    """At the maximum of L the soft policy does what was demonstrated, in the mean, as often (2008, eq. 1)."""
    mdp, true = world()
    start = starting_in(mdp, (0, HORIZON, 1.0))
    taken = counted(mdp, np.asarray(max_ent.plan_horizon(mdp, true, HORIZON, 1.0).policy), start, 1.0)

    def loss(reward: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = max_ent.value_and_gradient(mdp, reward, taken, start)
        return -float(value), -np.asarray(gradient)

    found = optimize.minimize(loss, np.zeros(mdp.num_pairs), jac=True, method="L-BFGS-B").x
    again = counted(mdp, np.asarray(max_ent.plan_horizon(mdp, found, HORIZON, 1.0).policy), start, 1.0)
    expect(
        np.allclose(again, taken, atol=1e-3),
        f"The reward that your gradient leads to takes a pair otherwise than demonstrated by up to "
        f"{np.abs(again - taken).max():.3f} times a path: the two should meet.",
    )


def test_it_is_your_own() -> None:
    """The project has all of it as well: read it afterwards."""
    answers = (
        "drive_sim.irl.horizon",
        "drive_sim.irl.planning",
        "drive_sim.irl.path_likelihood",
        "drive_sim.irl.maxent",
    )
    found = borrowed(Path(max_ent.__file__), answers)
    expect(
        not found,
        f"max_ent.py imports {', '.join(found)}, which is the answer. It will run, and you will not have learned "
        "it: write the lines yourself, and read the project's own afterwards.",
    )


def _slope(mdp: Mdp, reward: np.ndarray, taken: np.ndarray, start: np.ndarray, pair: int) -> float:
    """How L rises with one reward, by a finite difference."""
    step = np.where(np.arange(mdp.num_pairs) == pair, 1e-5, 0.0)
    above, below = (max_ent.value_and_gradient(mdp, reward + sign * step, taken, start)[0] for sign in (1.0, -1.0))
    return float(above - below) / 2e-5
