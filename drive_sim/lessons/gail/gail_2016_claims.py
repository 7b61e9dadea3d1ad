"""What the lesson on GAIL was asked to show, and what it showed."""

from drive_sim.lessons import kit
from drive_sim.lessons.gail.gail_2016 import Config
from drive_sim.lessons.gail.gail_2016_result import SOLVED, Result, Scored
from drive_sim.report.style import LOOKS

ASKED_STEPS = 80_000
MOST_OF_WRONG_SIGN, MOST_OF_NOTHING = 15.0, 30.0
CLAIMED_FIXED = ("gail", "sqil")
"""Those of which 195 is asked where the horizon is fixed."""


def claims(config: Config, result: Result) -> list[kit.Claim]:
    """In the world of the paper, then where the horizon is fixed."""
    arms = result.arms
    fixed = [name for name in CLAIMED_FIXED if f"fixed-{name}" in arms]
    return [
        _gail(arms["gail-1"]),
        *(_as_good(name, arms[name], arms["gail-1"]) for name in ("constant", "left")),
        *(_at_most(name, arms[name], MOST_OF_WRONG_SIGN) for name in ("penalty", "flipped-survival")),
        _same(config, result),
        *(_at_most(name, arms[f"fixed-{name}"], MOST_OF_NOTHING, _FIXED) for name in ("constant", "left")),
        *(_kept(name, arms[f"fixed-{name}"]) for name in fixed),
        *(_earns(name, arms) for name in fixed),
    ]


_FIXED = "; fixed horizon"


def _gail(of: Scored) -> kit.Claim:
    lowest, at_end = of.per_seed.min(), int((of.per_seed >= SOLVED).sum())
    within = sum(at is not None and at <= ASKED_STEPS for at in of.solved_at)
    num = len(of.per_seed)
    return kit.Claim(
        f"GAIL from one trajectory: at least 195 within {ASKED_STEPS:,} steps, and at the end, in every seed",
        f"within them in {within} of {num}; at the end in {at_end}, the lowest {lowest:.1f}",
        within == num and lowest >= SOLVED,
        "200, after 1.5 million",
    )


def _as_good(name: str, of: Scored, gail: Scored) -> kit.Claim:
    told = f"{of.num_solved} of {len(of.solved_at)}, the last seed after {steps(of)} steps; GAIL after {steps(gail)}"
    return kit.Claim(f"{LOOKS[name].label}: reaches 195 too, in every seed", told, of.all_solved)


def _at_most(name: str, of: Scored, most: float, where: str = "") -> kit.Claim:
    highest = f"{of.score.in_words(1)}; the highest seed {of.per_seed.max():.1f}"
    asked = f"{LOOKS[name].label}: at most {most:.0f} in every seed{where}"
    return kit.Claim(asked, highest, bool(of.per_seed.max() <= most))


def _same(config: Config, result: Result) -> kit.Claim:
    clones = [of for name, of in result.arms.items() if config.arms[name].method == "clone"]
    same = sum(of.is_same for of in clones)
    return kit.Claim(
        "A clone scores the same in both worlds, episode by episode",
        f"{same} of {len(clones)} arms",
        same == len(clones),
        at_any_size=True,
    )


def _kept(name: str, of: Scored) -> kit.Claim:
    num, kept = len(of.per_seed), int((of.kept >= SOLVED).sum())
    at_end = f"at the end {of.score.in_words(1)}, the lowest seed {of.per_seed.min():.1f}"
    return kit.Claim(
        f"{LOOKS[name].label} from one trajectory: at least 195 at each look of the last fifth, in every seed{_FIXED}",
        f"{kept} of {num} within {of.effort.steps:,.0f} steps; {at_end}",
        kept == num,
    )


def _earns(name: str, arms: dict[str, Scored]) -> kit.Claim:
    of, others = (
        arms[f"fixed-{name}"].score,
        {"cloning": arms["clone-1"].score, "constant": arms["fixed-constant"].score},
    )
    told = ", ".join(f"{who} {other.in_words(1)}" for who, other in others.items())
    highest = max(other.ends[1] for other in others.values())
    asked = f"{LOOKS[name].label} earns it: its interval above cloning's and the constant's{_FIXED}"
    return kit.Claim(asked, f"{of.in_words(1)}; {told}", of.ends[0] > highest)


def steps(of: Scored) -> str:
    """After how many steps the last seed reached 195."""
    return "–" if of.latest_solved is None else f"{of.latest_solved:,}"
