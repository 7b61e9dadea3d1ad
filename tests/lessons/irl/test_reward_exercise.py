"""The lecture's exercise: laws of what it draws, and the numbers of its living page against Python's, in a browser."""

import html
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drive_sim.irl.identifiability import explains, optimal_pairs, soft_driver_freedom, walks_freedom
from drive_sim.lessons.irl import exercise_draws as draws
from drive_sim.lessons.irl import exercise_world as world
from drive_sim.lessons.irl.exercise_world import World
from drive_sim.lessons.irl.reward_exercise_page import LESSON
from drive_sim.lessons.kit import runner
from tests.browser import assert_fits, dom_of, needs_browser
from tests.lessons.irl.small_reward_exercise import REWARD_EXERCISE

THREE = (*world.WALKS, world.THIRD)


@pytest.mark.parametrize("where", [World(), World(discount=0.5), World(((3, 4),)), World(((1, 2),))], ids=str)
def test_rewards_that_are_refused_early_do_not_explain(where: World):
    mdp, pairs = where.mdp(), where.pairs()
    rewards = draws.imposed(draws.uniform(4000, np.random.default_rng(0)), draws.forced_of(mdp, pairs))
    rewards = np.vstack((rewards, list(world.REWARDS.values())))
    found = draws.explaining(mdp, rewards, pairs)
    assert found.tolist() == explains(mdp, rewards, pairs).tolist()
    assert found.any()


def test_imposed_equalities_hold_and_leave_the_other_cells_alone():
    mdp, rewards = World().mdp(), draws.uniform(50, np.random.default_rng(1))
    made = draws.imposed(rewards, draws.forced_of(mdp, World().pairs(THREE)))
    assert np.allclose(made[:, [1, 2]], rewards[:, [3, 4]])
    assert np.array_equal(made[:, [0, 3, 4, 5, 6, 7, 8]], rewards[:, [0, 3, 4, 5, 6, 7, 8]])


def test_a_table_of_draws_is_read_back_as_it_was_drawn():
    table, again = (draws.DrawTable.draw(300, np.random.default_rng(5)) for _ in range(2))
    assert table == again
    assert table.rewards.shape == (300, 9)
    assert np.array_equal(np.round(1000 * table.rewards), 1000 * table.rewards)
    assert table.rewards.min() >= -1.0
    assert table.rewards.max() <= 1.0
    assert abs(table.rewards.mean()) < 5 * (1 / 3 / 2700) ** 0.5


@pytest.mark.parametrize("wall", world.WALLS)
def test_behind_a_wall_that_is_across_no_walk_every_explaining_reward_still_explains(wall: tuple[int, int]):
    """A wall takes ways away from others, and the middle cell may be stayed in; neither helps against the walks."""
    mdp, pairs = World().mdp(), World().pairs()
    rewards = draws.imposed(draws.uniform(40_000, np.random.default_rng(2)), draws.forced_of(mdp, pairs))
    found = rewards[draws.explaining(mdp, rewards, pairs)]
    walled = World((wall,))
    if len(walled.open_walks(world.WALKS)) == 2:
        assert explains(walled.mdp(), found, pairs).all()
    assert explains(walled.mdp(), found, walled.pairs()).all()


def test_the_reward_for_ice_ties_where_the_walks_part():
    ice = World(slip=world.SLIP)
    for name in ("The end alone pays", "Keep off 4, 7 and 8"):
        reward = world.reward_for_ice(world.REWARDS[name])
        assert world.shortfall(ice.mdp(), reward, ice.pairs()) < 1e-12
        assert abs(reward[2] - reward[4]) > 1e-3


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exercise") / "run"
    list(runner.run(LESSON, REWARD_EXERCISE.config, folder))
    return folder


def opened(page: Path, settings: str, profile: Path) -> str:
    """What Chromium makes of the page in a folder, opened from the disk with these settings."""
    return dom_of(f"{(page / 'report.html').as_uri()}#{settings}", profile)


def numbers_in(dom: str) -> dict[str, Any]:
    (text,) = re.findall(r'<pre id="numbers" hidden="">(.*?)</pre>', dom, re.DOTALL)
    return json.loads(html.unescape(text))


REWARD = (0.1, -0.35, 0.2, -0.7, 0.2, 0.05, -0.4, 0.15, 0.95)
CASES = [
    ("", World(), 2, (0.0, 0.0, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)),
    ("reward=" + ",".join(map(str, REWARD)), World(), 2, REWARD),
    ("third=1&reward=" + ",".join(map(str, world.REWARDS["Each step costs, 9 as well"])), World(), 3, None),
    (
        "wall=2-3,7-8&patience=0.5&reward=" + ",".join(map(str, REWARD)),
        World(((1, 2), (6, 7)), discount=0.5),
        2,
        REWARD,
    ),
    ("ice=0.3&wall=5-6&third=1&reward=" + ",".join(map(str, REWARD)), World(((4, 5),), 0.3), 3, REWARD),
]


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize(("settings", "where", "num_walks", "reward"), CASES, ids=[case[0][:30] for case in CASES])
def test_the_pages_numbers_equal_pythons(
    page: Path, tmp_path: Path, settings: str, where: World, num_walks: int, reward: tuple[float, ...] | None
):
    painted, walks = np.array(reward or world.REWARDS["Each step costs, 9 as well"]), THREE[:num_walks]
    shown = numbers_in(opened(page, settings, tmp_path))
    mdp, pairs, lecture = where.mdp(), where.pairs(walks), World()
    plan, table = world.plan_of(mdp, painted), draws.DrawTable(**_result(page)["computed"]["table"]).rewards
    tied = draws.imposed(table, draws.forced_of(mdp, pairs))
    assert shown["pairs"] == pairs.tolist()
    assert shown["values"] == pytest.approx(plan.values, abs=1e-9)
    assert shown["actionValues"] == pytest.approx(plan.action_values, abs=1e-9)
    assert shown["softValues"] == pytest.approx(world.plan_of(mdp, painted, 1.0).values, abs=1e-9)
    assert shown["optimal"] == optimal_pairs(plan, mdp).tolist()
    assert shown["shortfall"] == pytest.approx(world.shortfall(mdp, painted, pairs), abs=1e-9)
    assert np.allclose(np.reshape(shown["equalities"], (-1, 9)), draws.forced_of(mdp, pairs), atol=1e-9)
    assert shown["leftByWalks"] == walks_freedom(mdp, pairs)
    assert shown["leftBySoftDriver"] == soft_driver_freedom([lecture.mdp(), mdp])
    assert shown["leftOnTheWalks"] == soft_driver_freedom([lecture.mdp(), mdp], lecture.pairs(walks))
    assert shown["explaining"] == np.flatnonzero(explains(mdp, tied, pairs)).tolist()


@pytest.mark.slow
@needs_browser
def test_on_a_phone_nothing_is_cut(page: Path, tmp_path: Path):
    assert_fits(page / "report.html", tmp_path)


@pytest.mark.slow
@needs_browser
def test_the_pages_answers_are_those_that_the_lesson_computed(page: Path, tmp_path: Path):
    dom, computed = opened(page, "reveal=1", tmp_path), _result(page)["computed"]
    true = [html.unescape(text) for text in re.findall(r'<button class="true"[^>]*>(.*?)</button>', dom)]
    left = str(computed["left_by_walks"]["a third as well, 1-4-5-6-9"])
    assert true == ["r(3) = r(5)", "about 10", left, "ice", "only one of them", "where the two walks part"]
    assert "guess first" not in re.sub(r"<script.*?</script>", "", dom, flags=re.DOTALL).lower().replace(
        "<h3>guess first</h3>", ""
    )


@pytest.mark.slow
@needs_browser
def test_nothing_is_told_before_it_was_guessed(page: Path, tmp_path: Path):
    dom = opened(page, "", tmp_path)
    for name in ("walks", "share", "soft", "seen"):
        assert re.search(rf'<dd id="answer-{name}"[^>]*>guess first</dd>', dom)
    assert re.search(r'<button id="tied"[^>]*hidden', dom)


HANDS = """<script>{
const cells = document.querySelectorAll(".cell"), press = (cell, key) =>
  cells[cell - 1].dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
Element.prototype.setPointerCapture = () => {};  // no real pointer is down
const point = (cell, kind, y) => cells[cell - 1].dispatchEvent(new PointerEvent(kind, { clientY: y, bubbles: true }));
const middle = cell => { const box = cells[cell - 1].getBoundingClientRect(); return box.top + box.height / 2; };
press(3, "ArrowDown");
press(4, "PageDown");
point(7, "pointerdown", middle(7) + 9); point(7, "pointerup", middle(7) + 9);
point(8, "pointerdown", 300); point(8, "pointermove", 340); point(8, "pointerup", 340);
document.querySelector("[data-between='6-7']").click();
document.getElementById("patience").click();
document.querySelectorAll("#question-share button")[1].click();
document.querySelectorAll("#question-walks button")[2].click();
document.getElementById("tied").click();
press(5, "ArrowDown");
}</script>"""


@pytest.mark.slow
@needs_browser
def test_cells_are_painted_and_questions_answered_by_hand(page: Path, tmp_path: Path):
    """Keys, clicks and drags; the walks light up; a wrong guess is told so, and answers open one by one."""
    text = (page / "report.html").read_text(encoding="utf-8")
    (tmp_path / "report.html").write_text(text.replace("</body>", HANDS + "</body>"), encoding="utf-8")
    dom = opened(tmp_path, "", tmp_path / "profile")
    settings = numbers_in(dom)["settings"]
    assert settings["reward"] == [0, 0, -0.05, -0.5, -0.05, 0, -0.1, -0.4, 1]
    assert (settings["walls"], settings["discount"], settings["tied"]) == ([[6, 7]], 0.5, True)
    assert dom.count('<li class="walk w0 lit"') == dom.count('<li class="walk w1 lit"') == 1
    told = re.findall(r'<p class="told"[^>]*>(.*?)</p>', dom)
    assert told[0].startswith("Right. ")
    assert told[1].startswith("No: about 10. ")
    assert told[2:] == [""] * 4
    assert re.search(r'<dd id="answer-walks"[^>]*>8 of 9: r\(3\) = r\(5\)</dd>', dom)
    assert re.search(r'<dd id="answer-soft"[^>]*>guess first</dd>', dom)


def _result(page: Path) -> dict[str, Any]:
    return json.loads((page / "result.json").read_text(encoding="utf-8"))
