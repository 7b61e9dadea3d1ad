"""The least costs to an end where neither chance nor a discount has a part: Dijkstra's algorithm, from the ends."""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from drive_sim.errors import InputError
from drive_sim.irl.mdp import Mdp, PairIndex, PerPair, PerState


def least_costs(mdp: Mdp, costs: PerPair) -> PerState:
    """What the cheapest path from each state costs, its end included (s,); infinite where no end can be reached.

    For `costs` of pairs (k,) none of which is negative, and dynamics without chance.
    """
    source, target = _steps(mdp)
    order = np.lexsort((costs, target, source))  # of several pairs that lead alike the cheapest
    edge = source[order] * (mdp.num_states + 1) + target[order]
    kept = order[np.concatenate(([True], np.diff(edge) > 0))]
    size = mdp.num_states + 1
    backwards = sparse.csr_array((costs[kept], (target[kept], source[kept])), shape=(size, size))
    return np.asarray(dijkstra(backwards, indices=mdp.num_states))[:-1]


def cheapest_path(mdp: Mdp, costs: PerPair, start: int) -> PairIndex:
    """The pairs of a cheapest path from a state to an end; of equal ones the first pair.

    Raises InputError where no end can be reached.
    """
    ahead = np.append(least_costs(mdp, costs), 0.0)
    _, target = _steps(mdp)
    total, bounds = costs + ahead[target], [*mdp.first, mdp.num_pairs]
    path, state = [], start
    while state < mdp.num_states and len(path) <= mdp.num_states and np.isfinite(ahead[state]):
        pair = bounds[state] + int(np.argmin(total[bounds[state] : bounds[state + 1]]))
        path.append(pair)
        state = int(target[pair])
    if state < mdp.num_states:
        raise InputError(f"no cheapest path leads from state {start} to an end: it must cost something to go on")
    return np.array(path, dtype=np.int64)


def _steps(mdp: Mdp) -> tuple[PairIndex, PairIndex]:
    """From which state each pair leads to which; from an end to one more, the last."""
    target = np.full(mdp.num_pairs, mdp.num_states)
    target[np.diff(mdp.transition.indptr) > 0] = mdp.transition.indices
    return mdp.state, target
