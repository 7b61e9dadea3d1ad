"""Every assignment by name: what is missing in the project's file, and what to write there."""

from drive_sim.assignments.assignment import Assignment
from drive_sim.assignments.gaps import Gap

_ALL = "of_all"
_DRIVES = _ALL, "on_the_road"

_DAGGER = Assignment(
    "DAgger: the learner drives, the expert says what it would have done (Ross and others 2011)",
    "dagger.py",
    "learn/dagger.py",
    (
        Gap("indicator", "return beta_i = [i = 1], 1.0 in round 1 and 0.0 afterwards; rounds count from 1"),
        Gap("exponential", "return beta_i = p^(i-1); rounds count from 1, so the expert drives all of the first"),
        Gap(
            "train",
            "write the four lines of Algorithm 3.1 whose comments stand above; they make `driver`, `rollout`, `data` "
            "and `policy`, which the lines below hand over",
            "driver = ",
            "policy = task.fit",
        ),
    ),
    (*_DRIVES, "dagger"),
)
_SMILE = Assignment(
    "SMILe: a mixture in which the expert lets go a little a round (Ross and Bagnell 2010)",
    "smile.py",
    "learn/smile.py",
    (
        Gap("expert_share", "return the weight (1 - a)^n that the expert has in pi_n"),
        Gap("learned_weights", "return the weights (n,) of pi^1 to pi^n in pi_n: a (1 - a)^(j-1) for j = 1 to n"),
        Gap("without_expert", "return the weights (n,) of pi^1 to pi^n once the expert is gone; they sum to 1"),
        Gap(
            "train",
            "write one iteration of SMILe by the comments above; it makes `rollout`, adds to `learned`, and makes "
            "`share`, `driver` and `policy`, which the lines below hand over",
            "rollout = ",
            "policy = Mixture",
        ),
    ),
    (*_DRIVES, "smile"),
)
_SHIFT_AND_ROTATE = Assignment(
    "Shift and rotate: the view and the command where nobody drove (Pomerleau 1991; NVIDIA 2016)",
    "shift_and_rotate.py",
    "data/shift_and_rotate.py",
    (
        Gap(
            "old_from_new", "return the matrix (n, 3, 3) that takes (x', y', 1) of the moved car's frame to the old one"
        ),
        Gap(
            "source_homographies",
            "return two homographies (n, 3, 3), of the sky and of the ground, from pixels of the new picture to "
            "those of the old one",
            "sky = ",
            "return sky",
        ),
        Gap(
            "corrected_curvature",
            "return the curvature of the arc from the moved car through the point where the old command's arc ends; "
            "drive_sim.geometry has arc_end_point, into_frame and arc_through",
        ),
        Gap(
            "arc_length_of_travel",
            "return the way of `travel_s` seconds at this speed, and never less than `at_least_m`",
        ),
    ),
    (*_DRIVES, "shift_and_rotate"),
)
_MAX_ENT = Assignment(
    "MaxEnt: which reward makes a driver's paths likely? (Ziebart and others 2008)",
    "max_ent.py",
    "irl/horizon.py",
    (
        Gap(
            "state_values",
            "return the soft maximum, temperature x log sum exp(Q / temperature) over each state's actions; "
            "np.add.reduceat(..., mdp.first, axis=-1) sums over them",
            "above = ",
            "return best + ",
        ),
        Gap("policy_of", "make `taken`, exp((Q - V) / temperature) up to a factor in each state", "taken = np.exp"),
        Gap(
            "plan_horizon",
            "write the backward pass: `action_values[to_go]` from `values[to_go - 1]`, and `values[to_go]` from that",
            "action_values[to_go] = ",
            "values[to_go] = ",
        ),
        Gap(
            "occupancy_horizon",
            "write the forward pass: who takes which pair with `to_go` steps to go, added to `taken`; and where that "
            "leads, `visits`, discounted",
            "now = ",
            "visits = ",
        ),
        Gap("value_and_gradient", "return the likelihood L of a reward and its gradient, by both passes"),
    ),
    (_ALL, "max_ent"),
)
ASSIGNMENTS: dict[str, Assignment] = {
    "dagger": _DAGGER,
    "smile": _SMILE,
    "shift-and-rotate": _SHIFT_AND_ROTATE,
    "max-ent": _MAX_ENT,
}
