"""Who learns on CartPole, from what, and in which of the two worlds: a name each, and the call that trains it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from drive_sim.data.transitions import Transitions
from drive_sim.gym.cart_pole import poles
from drive_sim.gym.world import make_task
from drive_sim.learn import classification, fem, gail, iq_learn, ppo, regression, sqil
from drive_sim.learn.base import Round
from drive_sim.lessons.gail.demonstrators import Demonstrator, absorbed

TRAJECTORIES = (1, 4, 7, 10)
NUM_POLES, NUM_FIXED_POLES = 8, 16
"""At once: where nobody may begin anew before step 200 a round has as many starts as poles, and must show many."""
Rounds = Iterator[Round[Any]]
Length = Literal["full", "control", "short", "fixed"]
_DEMONSTRATOR = ppo.Config(num_rounds=60, ticks_per_round=400)
_POLICY = ppo.Config(
    ticks_per_round=200,
    batch_size=256,
    learning_rate=2e-3,
    gamma=0.995,
    lambda_=0.97,
    least_spread=0.05,
    average_rate=0.1,
)
_FIXED_DISCRIMINATOR = gail.Config(
    hidden=(64,),
    learning_rate=1e-3,
    steps_per_round=10,
    gradient_penalty=0.1,
    past_share=1.0,
    shared_weight=0.3,
)
_CLONE = regression.Config(num_steps=1000)
_SQIL = sqil.Config(sample_weight=0.1, temperature=0.003, average_rate=0.001)
_IQ_LEARN = iq_learn.Config(average_rate=0.001)


@dataclass(frozen=True, slots=True)
class Settings:
    """How policies are trained: demonstrators, clones, and who tries for itself, for so many steps in either world."""

    demonstrator: ppo.Config = _DEMONSTRATOR
    num_steps: int = 100_000
    control_num_steps: int = 80_000
    short_num_steps: int = 24_000
    policy: ppo.Config = _POLICY
    fixed_num_steps: int = 150_000
    discriminator: gail.Config = field(default_factory=lambda: gail.Config(hidden=(32,), learning_rate=3e-4))
    fixed_discriminator: gail.Config = _FIXED_DISCRIMINATOR
    fixed_least_spread: float = 0.2
    clone: regression.Config = _CLONE
    sqil_rounds: sqil.Config = _SQIL
    iq_learn_rounds: iq_learn.Config = _IQ_LEARN

    def policy_step(self, arm: "Arm") -> ppo.Config:
        """PPO's settings, for as many rounds as the arm's steps are."""
        num_rounds = -(-self.lengths[arm.length] // (arm.num_poles * self.policy.ticks_per_round))
        least_spread = self.fixed_least_spread if arm.fixed else self.policy.least_spread
        return replace(self.policy, num_rounds=num_rounds, least_spread=least_spread)

    @property
    def lengths(self) -> dict[Length, int]:
        """For how many steps arms of each length try."""
        return {
            "full": self.num_steps,
            "fixed": self.fixed_num_steps,
            "control": self.control_num_steps,
            "short": self.short_num_steps,
        }


@dataclass(frozen=True, slots=True)
class Arm:
    """A learner: who is imitated, by how many trajectories, by which method, where, and in which stage it is told.

    `shown` is a field of `Demonstrator`; `reward` one of GAIL's, or how FEM's is shifted. `length`: who shall only
    reach 195, or comes to rest early, is given fewer steps.
    """

    stage: str
    method: str
    shown: str = "sampled"
    num_trajectories: int = 1
    reward: str = ""
    fixed: bool = False
    length: Length = "full"

    @property
    def num_poles(self) -> int:
        """How many poles a learner balances at once."""
        if self.stage == "soft-q":
            return 1
        return NUM_FIXED_POLES if self.fixed else NUM_POLES


def arms(trajectories: tuple[int, ...]) -> dict[str, Arm]:
    """All of them by name, those that much is asked of first."""
    clones = {
        f"{name}-{num}": Arm("clones", "clone", shown, num)
        for num in trajectories
        for name, shown in (("clone", "sampled"), ("clone-greedy", "greedy"))
    }
    return clones | {
        "gail-1": Arm("gail", "gail", reward="survival"),
        "fixed-gail": Arm("fixed", "gail", reward="logit", fixed=True, length="fixed"),
        "fixed-constant": Arm("fixed", "constant", fixed=True, length="short"),
        "fixed-left": Arm("fixed", "gail", "left", reward="logit", fixed=True, length="control"),
        "fixed-fem": Arm("fixed", "fem", reward="as it is", fixed=True, length="short"),
        "constant": Arm("controls", "constant", length="control"),
        "left": Arm("controls", "gail", "left", reward="survival", length="control"),
        "fem": Arm("controls", "fem", reward="shifted", length="control"),
        "fem-plain": Arm("controls", "fem", reward="as it is", length="short"),
        "penalty": Arm("controls", "gail", reward="penalty", length="short"),
        "flipped-survival": Arm("controls", "gail", reward="flipped-survival", length="short"),
        "logit": Arm("controls", "gail", reward="logit", length="short"),
        "fixed-sqil": Arm("soft-q", "sqil", fixed=True),
        "fixed-iq-learn": Arm("soft-q", "iq-learn", fixed=True),
        **{
            f"gail-{num}": Arm("gail", "gail", "sampled", num, "survival", length="control") for num in trajectories[1:]
        },
    }


def rounds(settings: Settings, arm: Arm, demonstrator: Demonstrator, rng: np.random.Generator) -> Rounds:
    """An arm's learning, round after round."""
    shown = demonstrator.shown(arm.shown, arm.num_trajectories).demonstrations(fixed=arm.fixed)
    task = make_task(poles(arm.num_poles, fixed=arm.fixed), demonstrations=shown)
    return METHODS[arm.method](settings, arm, task, shown, rng)


def _clone(settings: Settings, _arm: Arm, _task: Any, shown: Transitions, rng: np.random.Generator) -> Rounds:
    yield Round(0, classification.fit(settings.clone, shown, rng), {"round": 1, "num_rounds": 1, "num_steps": 0})


def _gail(settings: Settings, arm: Arm, task: Any, shown: Transitions, rng: np.random.Generator) -> Rounds:
    discriminator = settings.fixed_discriminator if arm.fixed else settings.discriminator
    config = replace(discriminator, reward=arm.reward, policy=settings.policy_step(arm))
    shared = absorbed(shown, rng.spawn(1)[0]) if arm.fixed else None
    return gail.train(config, task, rng, shared=shared)


def _fem(settings: Settings, arm: Arm, task: Any, _shown: Transitions, rng: np.random.Generator) -> Rounds:
    config = fem.Config(settings.policy_step(arm), is_shifted=arm.reward == "shifted")
    return fem.train(config, task, rng)


def _constant(settings: Settings, arm: Arm, task: Any, _shown: Transitions, rng: np.random.Generator) -> Rounds:
    return ppo.train(settings.policy_step(arm), task, rng, reward=lambda rollout: np.ones(len(rollout)))


def _sqil(settings: Settings, _arm: Arm, task: Any, _shown: Transitions, rng: np.random.Generator) -> Rounds:
    return sqil.train(settings.sqil_rounds, task, rng)


def _iq_learn(settings: Settings, _arm: Arm, task: Any, _shown: Transitions, rng: np.random.Generator) -> Rounds:
    return iq_learn.train(settings.iq_learn_rounds, task, rng)


METHODS: dict[str, Callable[..., Rounds]] = {
    "clone": _clone,
    "gail": _gail,
    "fem": _fem,
    "constant": _constant,
    "sqil": _sqil,
    "iq-learn": _iq_learn,
}
