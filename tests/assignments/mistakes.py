"""Mistakes that students make: what of the right file is changed to what, and words of the sentence that names it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """`right` stands in the solved file once, `wrong` in its place; `said` stands in a sentence of the tests."""

    name: str
    right: str
    wrong: str
    said: str


_ROLLOUT = "rollout = task.labelled_rollout(i, driver, config.ticks(i), rollout_rng, expert_alone=beta == 1.0)"
_AGGREGATE = "data = rollout if data is None else data + rollout"
_FIT = "policy = task.fit(i, data, fit_rng)"
_DRIVER = "driver = mixed((expert, policy), (beta, 1.0 - beta))"

DAGGER = (
    Mistake("forgets", _AGGREGATE, "data = rollout", "Your rounds forget"),
    Mistake(
        "labels with its own action",
        _ROLLOUT,
        "rollout = task.rollout(i, driver, config.ticks(i), rollout_rng)",
        "its mistakes are its own teacher",
    ),
    Mistake("the expert always drives", _DRIVER, "driver = expert", "the expert alone drives"),
    Mistake("beta is one", "beta = config.beta(i)", "beta = 1.0", "the expert alone drives"),
    Mistake(
        "draws by itself",
        _DRIVER,
        "driver = type('Drawn', (), {'act': lambda _, seen, rng: expert.act(seen, rng)})()",
        "Make who drives by `mixed`",
    ),
    Mistake(
        "the learner always drives", _DRIVER, "driver = policy if i > 1 else expert", "the expert's share in rounds"
    ),
    Mistake("the shares swapped", _DRIVER, "driver = mixed((expert, policy), (1.0 - beta, beta))", "wrong way round"),
    Mistake("counted from zero", "return p ** (i - 1)", "return p**i", "The exponent is i - 1"),
    Mistake("never the expert", "return float(i == 1)", "return float(i == 0)", "rounds count from 1"),
    Mistake(
        "fits before it adds",
        f"{_AGGREGATE}\n        # pi_hat_{{i+1}} = the policy that fits D best\n        {_FIT}",
        f"old = rollout if data is None else data\n        policy = task.fit(i, old, fit_rng)\n        {_AGGREGATE}",
        "You fit before you add",
    ),
    Mistake("adds twice", _AGGREGATE, "data = rollout if data is None else data + rollout + rollout", "into D once"),
    Mistake("fits the drive, keeps the rest", _FIT, "policy = task.fit(i, rollout, fit_rng)", "Your rounds forget"),
    Mistake("hands over all data", _FIT, f"{_FIT}\n        rollout = data", "`rollout` is D_i"),
    Mistake(
        "drives again what was recorded", ", expert_alone=beta == 1.0)", ", expert_alone=False)", "expert drives alone"
    ),
    Mistake(
        "borrows the answer",
        "from drive_sim.policies.mixture import mixed",
        "from drive_sim.learn.dagger import mixed",
        "which is the answer",
    ),
)

_SMILE_ROLLOUT = "rollout = task.labelled_rollout(n, driver, config.ticks_per_round, rollout_rng, expert_alone=n == 1)"
_LEARNED = "return alpha * np.power(1.0 - alpha, np.arange(n, dtype=np.float64))"
_SMILE_DRIVER = "driver = mixed((expert, *learned), (share, *learned_weights(config.alpha, n)))"
_SMILE_POLICY = "policy = Mixture(tuple(learned), without_expert(config.alpha, n))"
_SMILE_FIT = "learned.append(task.fit(n, rollout, fit_rng))"

SMILE = (
    Mistake("one round late", "return (1.0 - alpha) ** n", "return (1.0 - alpha) ** (n - 1)", "one round late"),
    Mistake("the expert keeps a", "return (1.0 - alpha) ** n", "return alpha**n", "(1 - a)^3 = 0.729"),
    Mistake("weights rise", _LEARNED, f"{_LEARNED}[::-1]", "Your weights rise"),
    Mistake(
        "without the factor", _LEARNED, "return (1.0 - alpha) ** np.arange(n, dtype=np.float64)", "factor a is missing"
    ),
    Mistake("the expert's own", _LEARNED, "return np.full(n, (1.0 - alpha) ** n)", "sum to 1"),
    Mistake("the exponent", _LEARNED, "return alpha * (1.0 - alpha) ** np.arange(1.0, n + 1)", "Your exponent is j"),
    Mistake(
        "not normalised",
        "return learned_weights(alpha, n) / (1.0 - expert_share(alpha, n))",
        "return learned_weights(alpha, n)",
        "normalised anew",
    ),
    Mistake("keeps the expert in", _SMILE_POLICY, "policy = driver", "keeps the expert in"),
    Mistake(
        "hands over the latest", _SMILE_POLICY, "policy = Mixture((learned[-1],), np.ones(1))", "pi_n is the mixture"
    ),
    Mistake("lets go at once", _SMILE_DRIVER, "driver = learned[-1]", "lets go at once"),
    Mistake("the expert always drives", _SMILE_DRIVER, "driver = expert", "the expert alone drives"),
    Mistake(
        "mixes before it has learned",
        _SMILE_DRIVER,
        "driver = mixed((expert, *learned[:-1]), "
        "(expert_share(config.alpha, n - 1), *learned_weights(config.alpha, n - 1)))",
        "Your mixture is one round late",
    ),
    Mistake(
        "aggregates",
        _SMILE_FIT,
        "data = rollout if n == 1 else data + rollout; learned.append(task.fit(n, data, fit_rng))",
        "That is DAgger",
    ),
    Mistake(
        "labels with its own action",
        _SMILE_ROLLOUT,
        "rollout = task.rollout(n, driver, config.ticks_per_round, rollout_rng)",
        "its mistakes are its own teacher",
    ),
    Mistake(
        "borrows the answer",
        "from drive_sim.policies.mixture import",
        "import drive_sim.learn.smile\nfrom drive_sim.policies.mixture import",
        "which is the answer",
    ),
)

_MATRIX = "np.stack([cos, -sin, zero, sin, cos, zero + shift_m, zero, zero, one], axis=-1)"
_GROUND = "ground = image_from_ground @ old_from_new(shift_m, turn_rad) @ np.linalg.inv(image_from_ground)"
_SKY = "sky = image_from_direction @ old_from_new(0.0 * shift_m, turn_rad)"
_TARGET = "geometry.into_frame(forward_m, side_m, np.asarray(shift_m), np.asarray(turn_rad))"

SHIFT_AND_ROTATE = (
    Mistake("the shift's sign", _MATRIX, _MATRIX.replace("zero + shift_m", "zero - shift_m"), "leads the wrong way"),
    Mistake(
        "no rotation",
        _MATRIX,
        _MATRIX.replace("cos, -sin, zero, sin, cos", "one, zero, zero, zero, one"),
        "does not turn",
    ),
    Mistake(
        "the turn's sign", _MATRIX, _MATRIX.replace("-sin, zero, sin", "sin, zero, -sin"), "turn has the wrong sign"
    ),
    Mistake(
        "turns first",
        _MATRIX,
        _MATRIX.replace("-sin, zero, sin, cos, zero + shift_m", "-sin, -sin * shift_m, sin, cos, cos * shift_m"),
        "wrong centre",
    ),
    Mistake(
        "the ground's wrong way",
        _GROUND,
        _GROUND.replace("old_from_new(shift_m, turn_rad)", "np.linalg.inv(old_from_new(shift_m, turn_rad))"),
        "Your ground moves the wrong way",
    ),
    Mistake("the ground unshifted", _GROUND, _GROUND.replace("shift_m", "0.0 * shift_m"), "turned, but not shifted"),
    Mistake(
        "about the camera",
        _GROUND,
        "there = np.array([[1, 0, camera.forward_m], [0, 1, 0], [0, 0, 1]])\n"
        "    moves = there @ old_from_new(shift_m, turn_rad) @ np.linalg.inv(there)\n"
        "    ground = image_from_ground @ moves @ np.linalg.inv(image_from_ground)",
        "about the camera",
    ),
    Mistake("the sky shifted", _SKY, _SKY.replace("0.0 * ", ""), "Your sky moves"),
    Mistake("the sky still", _SKY, _SKY.replace("turn_rad", "0.0 * turn_rad"), "turned by the rotation alone"),
    Mistake("swapped", "return sky, ground", "return ground, sky", "moves"),
    Mistake(
        "the label's sign",
        "return geometry.arc_through(*target_m)",
        "return -geometry.arc_through(*target_m)",
        "wrong sign",
    ),
    Mistake(
        "a shift without rotation",
        _TARGET,
        _TARGET.replace("np.asarray(turn_rad)", "0.0 * np.asarray(turn_rad)"),
        "forgets the rotation",
    ),
    Mistake(
        "the label's turn",
        _TARGET,
        _TARGET.replace("np.asarray(turn_rad)", "-np.asarray(turn_rad)"),
        "turn in your label has the wrong sign",
    ),
    Mistake(
        "the label turns first",
        _TARGET,
        "geometry.into_frame(forward_m, side_m, 0.0 * np.asarray(shift_m), np.asarray(turn_rad))\n"
        "    target_m = target_m[0], target_m[1] - shift_m",
        "turn the target before you take the shift off",
    ),
    Mistake(
        "a target straight ahead",
        "forward_m, side_m = geometry.arc_end_point(curvature_per_m, arc_length_m)",
        "forward_m, side_m = geometry.arc_end_point(0.0 * np.asarray(curvature_per_m), arc_length_m)",
        "not a point straight ahead",
    ),
    Mistake(
        "half the arc",
        "return geometry.arc_through(*target_m)",
        "return 0.5 * geometry.arc_through(*target_m)",
        "half as much as it must",
    ),
    Mistake("one second", "* travel_s, at_least_m)", ", at_least_m)", "two seconds are 24 m"),
    Mistake(
        "no least way",
        "return np.maximum(np.asarray(speed_mps, dtype=np.float64) * travel_s, at_least_m)",
        "return np.asarray(speed_mps) * travel_s",
        "never shorter than",
    ),
    Mistake(
        "borrows the answer",
        "from drive_sim.arrays import PerCar",
        "import drive_sim.data.warp\nfrom drive_sim.arrays import PerCar",
        "which is the answer",
    ),
)

_ABOVE = "above = np.exp((action_values - best[..., mdp.state]) / temperature)"
_SOFT = "return best + temperature * np.log(np.add.reduceat(above, mdp.first, axis=-1))"
_TAKEN = "taken = np.exp((action_values - best) / temperature)"
_BACKWARD = "action_values[to_go] = reward + mdp.discount * mdp.expected(values[to_go - 1])"
_FORWARD = "now = (visits + start[to_go])[mdp.state] * policy[to_go]"
_ONWARDS = "visits = mdp.discount * (mdp.transition.T @ now)"
_GRADIENT = "return value, demonstrated - occupancy_horizon(mdp, plan.policy, start)"

MAX_ENT = (
    Mistake("the hard maximum", _SOFT, "return best", "forgets that there are four ways"),
    Mistake("the temperature", _SOFT, _SOFT.replace("temperature * ", ""), "With a temperature T"),
    Mistake(
        "overflows",
        _SOFT,
        "with np.errstate(over='ignore'):\n"
        "        return temperature * np.log(np.add.reduceat(np.exp(action_values / temperature), mdp.first, axis=-1))",
        "Take the best off first",
    ),
    Mistake("the best action", _TAKEN, "taken = (action_values >= best) * 1.0", "takes the best action only"),
    Mistake("shares of values", _TAKEN, "taken = action_values", "Q / sum Q"),
    Mistake("the policy overflows", _TAKEN, "taken = np.exp(action_values / temperature)", "have no probabilities"),
    Mistake("no look ahead", _BACKWARD, "action_values[to_go] = reward", "don't look ahead"),
    Mistake(
        "no discount backward", _BACKWARD, _BACKWARD.replace("mdp.discount * ", ""), "missing in your backward pass"
    ),
    Mistake(
        "the best path",
        "values[to_go] = state_values(mdp, action_values[to_go], temperature)",
        "values[to_go] = state_values(mdp, action_values[to_go])",
        "the soft maximum, not the hard one",
    ),
    Mistake(
        "the reward later",
        _BACKWARD,
        "action_values[to_go] = mdp.discount * (reward + mdp.expected(values[to_go - 1]))",
        "V_0 = 0, so Q_1 = r",
    ),
    Mistake("no discount forward", _ONWARDS, _ONWARDS.replace("mdp.discount * ", ""), "missing in your forward pass"),
    Mistake(
        "starts of the world",
        "start = starts(start, whole_horizon)",
        "start = whole_horizon",
        "Yours begins where the world does",
    ),
    Mistake(
        "who begins later is lost",
        _FORWARD,
        "visits = start[-1] if to_go == len(policy) - 1 else visits\n        now = visits[mdp.state] * policy[to_go]",
        "leaves out who begins later",
    ),
    Mistake("the first step only", _ONWARDS, "visits = 0.0 * visits", "visits get lost or are doubled"),
    Mistake(
        "the policy's time",
        _FORWARD,
        _FORWARD.replace("policy[to_go]", "policy[len(policy) - to_go]"),
        "a single pair is off",
    ),
    Mistake(
        "no partition",
        "value = float(demonstrated @ reward - np.sum(start * plan.values))",
        "value = float(demonstrated @ reward)",
        "forgets the partition function",
    ),
    Mistake(
        "the gradient's sign",
        _GRADIENT,
        "return value, occupancy_horizon(mdp, plan.policy, start) - demonstrated",
        "gradient has the wrong sign",
    ),
    Mistake("no expectation", _GRADIENT, "return value, demonstrated", "Your gradient forgets the partition function"),
    Mistake(
        "other starts", _GRADIENT, _GRADIENT.replace(", start)", ")"), "Your expectation begins where the world does"
    ),
    Mistake(
        "the greedy expectation",
        "plan = plan_horizon(mdp, reward, len(start) - 1, 1.0)",
        "plan = plan_horizon(mdp, reward, len(start) - 1, 0.0)",
        "that of the best policy",
    ),
    Mistake(
        "borrows the answer",
        "from drive_sim.errors import InputError",
        "import drive_sim.irl.maxent\nfrom drive_sim.errors import InputError",
        "which is the answer",
    ),
)

MISTAKES: dict[str, tuple[Mistake, ...]] = {
    "dagger": DAGGER,
    "smile": SMILE,
    "shift-and-rotate": SHIFT_AND_ROTATE,
    "max-ent": MAX_ENT,
}

RIGHT_AS_WELL: dict[str, tuple[tuple[str, str], ...]] = {
    "dagger": (
        (_DRIVER, "driver = expert if beta == 1.0 else mixed((policy, expert), (1.0 - beta, beta))"),
        (_ROLLOUT, _ROLLOUT.replace("beta == 1.0", "driver is expert")),
        (_AGGREGATE, "data = rollout if data is None else rollout + data"),
        ("return p ** (i - 1)", "return float(np.prod([p] * (i - 1)))"),
        ("rollout_rng, fit_rng = rng.spawn(2)", "fit_rng, rollout_rng = rng.spawn(2)"),
    ),
    "smile": (
        (_LEARNED, "return np.array([alpha * (1.0 - alpha) ** (j - 1) for j in range(1, n + 1)])"),
        (
            "return learned_weights(alpha, n) / (1.0 - expert_share(alpha, n))",
            "weights = np.asarray(learned_weights(alpha, n)); return weights / weights.sum()",
        ),
        (
            _SMILE_DRIVER,
            _SMILE_DRIVER.replace("mixed(", "Mixture(")
            .replace("(share, *", "np.array([share, *")
            .replace("n)))", "n)]))"),
        ),
    ),
    "shift-and-rotate": (
        (_GROUND, f"{_GROUND[:9]}-2.0 * {_GROUND[9:]}"),
        ("return geometry.arc_through(*target_m)", "f, d = target_m; return 2.0 * d / (f**2 + d**2)"),
        (_MATRIX, _MATRIX.replace("zero + shift_m", "shift_m")),
    ),
    "max-ent": (
        (_SOFT, "return temperature * np.log(np.add.reduceat(above, mdp.first, axis=-1)) + best"),
        (
            _TAKEN,
            "values = state_values(mdp, action_values, temperature)[..., mdp.state]; "
            "taken = np.exp((action_values - values) / temperature)",
        ),
        (_BACKWARD, "action_values[to_go] = mdp.discount * (mdp.transition @ values[to_go - 1].T).T + reward"),
    ),
}
"""Other ways to write what stands there, which must pass."""
