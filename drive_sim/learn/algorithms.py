"""Every learner by name, with its default settings."""

from collections.abc import Callable, Iterator
from typing import Any

from drive_sim.learn import alvinn, alvinn_1989, bc, dagger, fem, gail, iq_learn, ppo, ridge, smile, sqil
from drive_sim.learn.base import Round

ALGORITHMS: dict[str, tuple[Any, Callable[..., Iterator[Round[Any]]]]] = {
    "bc": (bc.Config(), bc.train),
    "ridge": (ridge.Config(), ridge.train),
    "alvinn": (alvinn.Config(), alvinn.train),
    "alvinn-1989": (alvinn_1989.Config(), alvinn_1989.train),
    "dagger": (dagger.Config(), dagger.train),
    "smile": (smile.Config(), smile.train),
    "gail": (gail.Config(), gail.train),
    "fem": (fem.Config(), fem.train),
    "sqil": (sqil.Config(), sqil.train),
    "iq-learn": (iq_learn.Config(), iq_learn.train),
    "ppo": (ppo.Config(), ppo.train),
}
"""Each is `train(config, task, rng)`; what it needs of a task stands in its module's NEEDS.

Four look on and learn from demonstrations, two ask the expert as they go; three have demonstrations and try for
themselves, and one tries and is told what it earns.
"""
