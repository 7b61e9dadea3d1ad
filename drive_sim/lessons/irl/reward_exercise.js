// The exercise's numbers, as irl/mdp.py, irl/planning.py and irl/identifiability.py have them; a test holds both
// against each other. Cells count from 0 here and from 1 on the page; 9 is an end. A pair is a cell with one of its actions.
"use strict";

const NUM_CELLS = 9, END = 8, OPTIMAL = 1e-9, RANK_TOLERANCE = 1e-9;
const MOVES = [[-1, 0], [0, 1], [1, 0], [0, -1]];  // up, right, down, left

// ---- The world: gridworld.py, mdp.py

function neighbour(cell, [down, right], walls) {
  const row = Math.floor(cell / 3) + down, column = cell % 3 + right, next = 3 * row + column;
  const outside = row < 0 || row > 2 || column < 0 || column > 2;
  return outside || walls.some(([a, b]) => a === Math.min(cell, next) && b === Math.max(cell, next)) ? cell : next;
}

function makeWorld({ walls = [], slip = 0, discount }) {
  const state = [], transition = [], first = [];
  for (let cell = 0; cell < NUM_CELLS; cell++) {
    first.push(state.length);
    const reached = cell === END ? [] : MOVES.map(move => neighbour(cell, move, walls));
    for (const meant of cell === END ? [END] : reached) {
      const row = new Array(NUM_CELLS).fill(0);
      if (cell !== END) row[meant] += 1 - slip;
      for (const next of reached) row[next] += slip / MOVES.length;
      state.push(cell);
      transition.push(row);
    }
  }
  const leads = transition.map(row => row.map((chance, next) => [next, chance]).filter(([, chance]) => chance > 0));
  return { state, transition, leads, first, walls, slip, discount };
}

// The pairs that the walks take; across a wall nobody walks.
function isOpen(world, walk) {
  return walk.slice(1).every((next, step) => MOVES.some(move => neighbour(walk[step], move, world.walls) === next));
}

function walkPairs(world, walks) {
  const taken = new Set();
  for (const walk of walks.filter(one => isOpen(world, one))) {
    walk.slice(1).forEach((next, step) => taken.add(
      world.first[walk[step]] + MOVES.findIndex(move => neighbour(walk[step], move, world.walls) === next)));
    taken.add(world.first[END]);
  }
  return [...taken].sort((a, b) => a - b);
}

// ---- Planning: planning.py

function actionValues(world, reward, values) {
  return world.leads.map((leads, pair) => {
    let expected = 0;
    for (const [next, chance] of leads) expected += chance * values[next];
    return reward[world.state[pair]] + world.discount * expected;
  });
}

function stateValues(world, ofActions, temperature) {
  const best = new Array(NUM_CELLS).fill(-Infinity), above = new Array(NUM_CELLS).fill(0);
  ofActions.forEach((value, pair) => { best[world.state[pair]] = Math.max(best[world.state[pair]], value); });
  if (temperature === 0) return best;
  ofActions.forEach((value, pair) => {
    above[world.state[pair]] += Math.exp((value - best[world.state[pair]]) / temperature);
  });
  return best.map((value, cell) => value + temperature * Math.log(above[cell]));
}

function largestChange(before, after) {
  return after.reduce((most, value, cell) => Math.max(most, Math.abs(value - before[cell])), 0);
}

function valueIteration(world, reward, temperature = 0) {
  let values = new Array(NUM_CELLS).fill(0), change = Infinity;
  while (change > 1e-13) {
    const swept = stateValues(world, actionValues(world, reward, values), temperature);
    change = largestChange(values, swept);
    values = swept;
  }
  return { values, actionValues: actionValues(world, reward, values) };
}

function shortfalls(world, plan) {
  return plan.actionValues.map((value, pair) => plan.values[world.state[pair]] - value);
}

// Whether all pairs are optimal. Most rewards are refused long before the values have settled: after a sweep that
// changed them by `change`, no action value is further from its end than discount * change / (1 - discount).
function explains(world, reward, pairs) {
  let values = new Array(NUM_CELLS).fill(0), change = Infinity;
  while (change > 1e-13) {
    const ofActions = actionValues(world, reward, values), swept = stateValues(world, ofActions, 0);
    change = largestChange(values, swept);
    const unsure = 2 * world.discount * change / (1 - world.discount);
    if (pairs.some(pair => swept[world.state[pair]] - ofActions[pair] > unsure + OPTIMAL)) return false;
    values = swept;
  }
  return true;
}

// ---- What is left open: identifiability.py

function bellmanMatrix(world) {
  return world.transition.map((row, pair) =>
    row.map((chance, cell) => (world.state[pair] === cell ? 1 : 0) - world.discount * chance));
}

function reducedRows(matrix) {
  const rows = matrix.map(row => [...row]);
  let done = 0;
  for (let column = 0; rows.length > done && column < rows[0].length; column++) {
    let pivot = done;
    for (let i = done; i < rows.length; i++) if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    if (Math.abs(rows[pivot][column]) <= RANK_TOLERANCE) {
      for (let i = done; i < rows.length; i++) rows[i][column] = 0;
      continue;
    }
    [rows[done], rows[pivot]] = [rows[pivot], rows[done]];
    const lead = rows[done][column];
    rows[done] = rows[done].map(value => value / lead);
    rows.forEach((row, i) => {
      const times = row[column];
      if (i !== done && times !== 0) rows[i] = row.map((value, j) => value - times * rows[done][j]);
    });
    done += 1;
  }
  return rows.slice(0, done);
}

function rank(matrix) {
  return reducedRows(matrix).length;
}

// Of r(s, a), for a soft driver known in all of these worlds (one or two), everywhere or at some pairs.
function softDriverFreedom(worlds, pairs = worlds[0].state.map((_, pair) => pair)) {
  const [first, second] = worlds.map(world => pairs.map(pair => bellmanMatrix(world)[pair]));
  if (!second) return rank(first);
  const stacked = first.map((row, i) => [...row, ...second[i].map(value => -value)]);
  return rank(first) + rank(second) - rank(stacked);
}

// The c with c . r = 0 for every r(s) by which these pairs are optimal, in echelon form.
function forcedEqualities(world, pairs) {
  const bellman = bellmanMatrix(world);
  const rows = reducedRows(pairs.map(pair =>
    [...bellman[pair], ...bellman[pair].map((_, cell) => (world.state[pair] === cell ? -1 : 0))]));
  return rows.filter(row => row.slice(0, NUM_CELLS).every(value => Math.abs(value) <= RANK_TOLERANCE))
    .map(row => row.slice(NUM_CELLS));
}

// ---- The table of draws: exercise_draws.py

function readDraws(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0)), view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / (2 * NUM_CELLS) }, (_, draw) =>
    Array.from({ length: NUM_CELLS }, (_unused, cell) => view.getInt16(2 * (NUM_CELLS * draw + cell), true) / 1000));
}

function imposed(reward, equalities) {
  const made = [...reward];
  for (const equality of equalities) {
    const cell = equality.findIndex(value => Math.abs(value) > 0.5);
    made[cell] -= equality.reduce((sum, value, other) => sum + value * made[other], 0);
  }
  return made;
}

function explainingDraws(world, draws, pairs, equalities) {
  return draws.flatMap((reward, draw) => (explains(world, imposed(reward, equalities), pairs) ? [draw] : []));
}

// ---- Everything that the page shows of its settings; the test reads it

function numbersOf(settings, lecture, walks, draws) {
  const world = makeWorld(settings), pairs = walkPairs(world, walks);
  const plan = valueIteration(world, settings.reward), short = shortfalls(world, plan);
  const equalities = forcedEqualities(world, pairs);
  return {
    world, pairs, equalities,
    values: plan.values,
    actionValues: plan.actionValues,
    softValues: valueIteration(world, settings.reward, 1).values,
    optimal: short.map(value => value <= OPTIMAL),
    shortfall: Math.max(0, ...pairs.map(pair => short[pair])),
    leftByWalks: NUM_CELLS - equalities.length,
    leftBySoftDriver: softDriverFreedom([lecture, world]),
    leftOnTheWalks: softDriverFreedom([lecture, world], walkPairs(lecture, walks)),
    explaining: explainingDraws(world, draws, pairs, equalities),
    explainingAsDrawn: equalities.length ? explainingDraws(world, draws, pairs, []).length : null,
  };
}
