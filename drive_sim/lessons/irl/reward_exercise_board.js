// The board: nine cells to paint, twelve places for a wall, and the walks, which light up when they are optimal.
"use strict";

const ARROWS = ["↑", "→", "↓", "←"], LIMIT = 9.95, FINE = 0.05;
const STEPS = { ArrowUp: FINE, ArrowRight: FINE, ArrowDown: -FINE, ArrowLeft: -FINE, PageUp: 0.5, PageDown: -0.5 };
const byId = id => document.getElementById(id);
const board = byId("board");
const written = (value, digits = 2) => value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");

function make(kind, attributes, parent, text = "") {
  const element = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

// ---- The board

function makeBoard() {
  for (let cell = 0; cell < NUM_CELLS; cell++) {
    const place = `grid-area:${2 * Math.floor(cell / 3) + 1}/${2 * (cell % 3) + 1}`;
    const box = make("div", { class: "cell", role: "slider", tabindex: 0, style: place,
      "aria-label": `reward of cell ${cell + 1}`, "aria-valuemin": -LIMIT, "aria-valuemax": LIMIT }, board);
    make("span", { class: "name" }, box, cell + 1 + (cell === 0 ? " start" : cell === END ? " end" : ""));
    make("b", {}, box);
    make("span", { class: "value" }, box);
    ARROWS.forEach((arrow, action) => make("i", { class: `arrow a${action}` }, box, arrow));
    paintWith(box, cell);
  }
  for (const [a, b] of told.walls) {
    const upright = b === a + 1;
    const place = `grid-area:${2 * Math.floor(a / 3) + (upright ? 1 : 2)}/${2 * (a % 3) + (upright ? 2 : 1)}`;
    const wall = make("button", { class: "wall", style: place, "aria-label": `wall between ${a + 1} and ${b + 1}`,
      title: `a wall between ${a + 1} and ${b + 1}`, "data-between": `${a}-${b}` }, board);
    wall.addEventListener("click", () => toggleWall(a, b));
  }
}

// A drag upwards raises, downwards lowers; a click in the upper half raises by 0.1, in the lower half lowers.
function paintWith(box, cell) {
  let from = null, at = 0, moved = false;
  box.addEventListener("pointerdown", event => {
    [from, at, moved] = [event.clientY, settings.reward[cell], false];
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", event => {
    if (from === null || (!moved && Math.abs(event.clientY - from) < 5)) return;
    moved = true;
    setReward(cell, at + FINE * Math.round((from - event.clientY) / 5));
  });
  box.addEventListener("pointerup", event => {
    const bounds = box.getBoundingClientRect();
    if (from !== null && !moved) setReward(cell, at + (event.clientY < bounds.top + bounds.height / 2 ? 0.1 : -0.1));
    from = null;
  });
  box.addEventListener("keydown", event => {
    const step = STEPS[event.key];
    if (step || event.key === "0") {
      event.preventDefault();
      setReward(cell, step ? settings.reward[cell] + step : 0);
    }
  });
}

function setReward(cell, value) {
  const exact = Math.round(100 * Math.max(-LIMIT, Math.min(LIMIT, value))) / 100;
  for (const other of settings.tied && (cell === 2 || cell === 4) ? [2, 4] : [cell]) settings.reward[other] = exact;
  show();
}

function toggleWall(a, b) {
  const others = settings.walls.filter(wall => wall[0] !== a || wall[1] !== b);
  settings.walls = others.length < settings.walls.length ? others : [...settings.walls, [a, b]].sort();
  show();
}

function colourOf(worth) {
  const most = Math.max(1, ...settings.reward.map(Math.abs));
  return `color-mix(in oklab, ${worth < 0 ? "#e69f00" : "#56b4e9"} ${Math.round(100 * Math.abs(worth) / most)}%, #fff)`;
}

function showBoard(numbers) {
  const { world, pairs } = numbers;
  board.querySelectorAll(".cell").forEach((box, cell) => {
    const worth = settings.reward[cell];
    box.style.background = colourOf(worth);
    box.setAttribute("aria-valuenow", worth);
    box.setAttribute("aria-valuetext", `${written(worth)}, value ${written(numbers.values[cell])}`);
    box.querySelector("b").textContent = written(worth);
    box.querySelector(".value").textContent = `V ${written(numbers.values[cell])}`;
    box.querySelectorAll(".arrow").forEach((arrow, action) => {
      const pair = world.first[cell] + action;
      arrow.classList.toggle("best", cell !== END && numbers.optimal[pair]);
      arrow.classList.toggle("walked", cell !== END && pairs.includes(pair));
    });
  });
  board.querySelectorAll(".wall").forEach(wall => {
    const up = settings.walls.some(([a, b]) => wall.dataset.between === `${a}-${b}`);
    wall.setAttribute("aria-pressed", up);
  });
}

// ---- The walks, beside the board and on it

function stateOfWalk(numbers, walk) {
  const { world } = numbers;
  if (!isOpen(world, walk)) return { lit: false, text: "a wall stands across it" };
  const pairs = walkPairs(world, [walk]), short = shortfalls(world, numbers);
  const worst = pairs.reduce((a, b) => (short[b] > short[a] ? b : a));
  if (short[worst] <= OPTIMAL) return { lit: true, text: "optimal" };
  const best = MOVES.findIndex((_, action) => short[world.first[world.state[worst]] + action] <= OPTIMAL);
  return { lit: false, text: `in ${world.state[worst] + 1}, ${ARROWS[best]} is better by ${written(short[worst], 3)}` };
}

function showWalks(numbers) {
  const list = byId("walks");
  list.textContent = "";
  currentWalks().forEach((walk, index) => {
    const { lit, text } = stateOfWalk(numbers, walk);
    const item = make("li", { class: `walk w${index}${lit ? " lit" : ""}` }, list);
    make("b", {}, item, walk.map(cell => cell + 1).join("-"));
    make("span", {}, item, text);
  });
  drawWalks(numbers);
}

function drawWalks(numbers) {
  const space = "http://www.w3.org/2000/svg", old = board.querySelector("svg");
  const drawn = document.createElementNS(space, "svg");
  drawn.setAttribute("viewBox", "0 0 300 300");
  drawn.setAttribute("aria-hidden", "true");
  currentWalks().forEach((walk, index) => {
    const line = document.createElementNS(space, "polyline"), aside = 50 + 9 * (index - 0.5);
    const points = walk.map(cell => [aside + 100 * (cell % 3), aside + 100 * Math.floor(cell / 3)].join(","));
    line.setAttribute("points", points.join(" "));
    line.setAttribute("class", `w${index}${stateOfWalk(numbers, walk).lit ? " lit" : ""}`);
    drawn.append(line);
  });
  if (old) old.remove();
  board.append(drawn);
}
