"""CarRacing-v3 by our DAgger: 2,400 labels of its pursuit expert, then 20 episodes of the clone and of the expert.

python -m bench.car_racing --seeds 0-2                 the twelve lines of the README, a training a seed
python -m bench.car_racing --seeds 100 --film FILE     the first lap of the clone beside the expert's

Box2D has to be there (pip install box2d). All trainings are scored on the same 20 tracks, drawn by seed 0. What is
drawn for nobody, the pictures within an action's repeats, is left out: it costs half of the time, and changes nothing.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium.wrappers import RepeatAction

from drive_sim.evaluate.intervals import estimate_ratio
from drive_sim.gym import base_learners, car_racing, car_racing_expert, learned, world
from drive_sim.gym.base_learners import FlatPolicy
from drive_sim.gym.spaces import Spaces
from drive_sim.learn import dagger
from drive_sim.policies.regressor import ExpertReader
from drive_sim.report.video import write_film

NUM_EPISODES = 20


def undrawn(env: Any, *, shows: bool = True) -> Any:
    """The same environment, which draws only what it shows; to an expert, who does not look, nothing."""
    repeat = env
    while not isinstance(repeat, RepeatAction):
        repeat = repeat.env
    inner, track = repeat.env, env.unwrapped
    draw = track._render

    def step(action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        total, last = 0.0, repeat.num_repeats - 1
        number = 0
        while True:
            track._render = draw if shows and number == last else lambda _: track.state.copy()
            seen, reward, terminated, truncated, info = inner.step(action)
            total += float(reward)
            if terminated or truncated or number == last:
                track._render = draw
                return seen, total, terminated, truncated, info
            number += 1

    repeat.step = step
    return env


def train(env: Any, expert: Any, fit: str | None, seed: int) -> tuple[FlatPolicy, int, float, float]:
    """The last policy, its labels, and the processor's seconds of fitting and of all."""
    learner = car_racing.fit if fit is None else base_learners.base_learner(fit, Spaces.of(env))
    fitted_s = 0.0

    def timed(data: Any, rng: np.random.Generator) -> FlatPolicy:
        nonlocal fitted_s
        start_s = time.process_time()
        policy = learner(data, rng)
        fitted_s += time.process_time() - start_s
        return policy

    start_s = time.process_time()
    task = world.make_task(car_racing.UntilLost(env), expert, timed, keep_pictures=True)
    *_, latest = dagger.train(
        dagger.Config(num_rounds=8, ticks_per_round=300, schedule="exponential"), task, np.random.default_rng(seed)
    )
    return latest.policy, int(latest.metrics["num_labels"]), fitted_s, time.process_time() - start_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0-2")
    parser.add_argument("--fit", help="a name of base_learners; without it, car_racing.fit")
    parser.add_argument("--tracks", type=int, default=0, help="the seed of the tracks that are scored")
    parser.add_argument("--episodes", type=int, default=NUM_EPISODES)
    parser.add_argument("--film", type=Path)
    parser.add_argument("--out", type=Path, help="a folder for what was learned, a model folder a seed")
    args = parser.parse_args()
    first, _, last = args.seeds.partition("-")
    env, expert = undrawn(car_racing.make_env()), car_racing_expert.PursuitExpert()
    unseen = undrawn(car_racing.make_env(), shows=False)
    best = world.episode_returns(unseen, expert, ExpertReader(), args.episodes, np.random.default_rng(args.tracks))
    print(f"expert {best.mean():.1f}, least {best.min():.0f}: {best.round().astype(int).tolist()}", flush=True)
    clones = []
    for seed in range(int(first), int(last or first) + 1):
        policy, num_labels, fitted_s, all_s = train(env, expert, args.fit, seed)
        if args.out is not None:
            learned.save(args.out / f"seed-{seed}", env, policy)
        print(f"seed {seed}: {num_labels} labels, {fitted_s:.0f} s of fitting, {all_s:.0f} s with driving", flush=True)
        clone = world.episode_returns(env, None, policy, args.episodes, np.random.default_rng(args.tracks))
        clones.append(clone)
        print(
            f"seed {seed}: {clone.mean():.1f}, {100.0 * clone.mean() / best.mean():.1f} % of the expert: "
            f"{clone.round().astype(int).tolist()}",
            flush=True,
        )
        if args.film is not None:
            film(args.film, policy, expert)
    ratio = estimate_ratio(np.array(clones), np.array([best] * len(clones)))
    print(f"all: {ratio.scaled(100.0).in_words(1)} % of the expert")


def film(path: Path, policy: FlatPolicy, expert: Any) -> None:
    """The clone's lap beside the expert's, on a track that nobody chose."""
    laps = []
    for driver in (policy, None):
        env: Any = car_racing.make_env(render_mode="rgb_array")
        seen, over, frames = env.reset(seed=0)[0], False, []
        spaces = Spaces.of(env)
        while not over:
            rows = world.FlatObservation(spaces.row(seen))
            action = expert(env)[None] if driver is None else driver.act(rows, np.random.default_rng(0))
            seen, _, terminated, truncated, _ = env.step(spaces.first_action(action))
            frames.append(env.render())
            over = terminated or truncated
        laps.append(frames)
    num = max(len(frames) for frames in laps)
    padded = [frames + [frames[-1]] * (num - len(frames)) for frames in laps]
    write_film(path, (np.concatenate(pair, axis=1) for pair in zip(*padded, strict=True)), 25)


if __name__ == "__main__":
    main()
