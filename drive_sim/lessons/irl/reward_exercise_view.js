// What is shown of the numbers, and what is done when somebody paints, clicks, or presses a key.
// #wall=1-2,2-3&ice=0.3&patience=0.5&third=1&reward=0,0,0,0,0,0,0,0,1&reveal=1 opens the page with these settings.
"use strict";

const told = JSON.parse(document.getElementById("exercise-data").textContent);
const draws = readDraws(told.draws);
const changedLecture = changes => makeWorld({ discount: told.discount, ...changes }), lecture = changedLecture({});
const ARROWS = ["↑", "→", "↓", "←"], LIMIT = 9.95, FINE = 0.05;
const START = [0, 0, 0.05, 0, 0, 0, 0, 0, 1];
const settings = { reward: [...START], walls: [], slip: 0, discount: told.discount, third: false, tied: false };
const guessed = new Set();
const counted = new Map();
const board = document.getElementById("board");
const byId = id => document.getElementById(id);
const written = (value, digits = 2) => value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
const named = cell => `r(${cell + 1})`;
const percent = share => `${(100 * share).toFixed(2)} %`;

function make(kind, attributes, parent, text = "") {
  const element = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

function readHash() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const numbers = text => text.split(",").map(Number);
  if (asked.has("reward")) settings.reward = numbers(asked.get("reward"));
  if (asked.get("wall")) settings.walls = asked.get("wall").split(",").map(wall => wall.split("-").map(cell => cell - 1));
  if (asked.has("ice")) settings.slip = Number(asked.get("ice"));
  if (asked.has("patience")) settings.discount = Number(asked.get("patience"));
  settings.third = asked.get("third") === "1";
  if (asked.get("reveal") === "1") revealAll();
}

// ---- The numbers; which draws explain depends on the world and the walks alone, so that is counted once for each

function currentWalks() {
  return settings.third ? told.walks : told.walks.slice(0, 2);
}

function currentNumbers() {
  const key = JSON.stringify([settings.walls, settings.slip, settings.discount, settings.third]);
  const numbers = numbersOf(settings, lecture, currentWalks(), counted.has(key) ? [] : draws);
  if (!counted.has(key)) counted.set(key, [numbers.explaining, numbers.explainingAsDrawn]);
  [numbers.explaining, numbers.explainingAsDrawn] = counted.get(key);
  return numbers;
}

// ---- The board

function makeBoard() {
  for (let cell = 0; cell < NUM_CELLS; cell++) {
    const place = `grid-area:${2 * Math.floor(cell / 3) + 1}/${2 * (cell % 3) + 1}`;
    const box = make("div", { class: "cell", role: "slider", tabindex: 0, style: place, "aria-label": `reward of cell ${cell + 1}`,
      "aria-valuemin": -LIMIT, "aria-valuemax": LIMIT }, board);
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
    const step = { ArrowUp: FINE, ArrowRight: FINE, ArrowDown: -FINE, ArrowLeft: -FINE, PageUp: 0.5, PageDown: -0.5 }[event.key];
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
  const space = "http://www.w3.org/2000/svg", old = board.querySelector("svg"), drawn = document.createElementNS(space, "svg");
  drawn.setAttribute("viewBox", "0 0 300 300");
  drawn.setAttribute("aria-hidden", "true");
  currentWalks().forEach((walk, index) => {
    const line = document.createElementNS(space, "polyline"), shift = 9 * (index - 0.5);
    line.setAttribute("points", walk.map(cell => `${50 + 100 * (cell % 3) + shift},${50 + 100 * Math.floor(cell / 3) + shift}`).join(" "));
    line.setAttribute("class", `w${index}${stateOfWalk(numbers, walk).lit ? " lit" : ""}`);
    drawn.append(line);
  });
  if (old) old.remove();
  board.append(drawn);
}

// ---- What is left open; an answer is shown once it has been guessed

function asEquality(equality) {
  const terms = equality.map((value, cell) => [value, cell]).filter(([value]) => Math.abs(value) > 1e-9);
  const [plus, minus] = [terms.filter(([value]) => value > 0), terms.filter(([value]) => value < 0)];
  const side = of => of.map(([value, cell]) => (Math.abs(Math.abs(value) - 1) < 1e-9 ? "" : `${written(Math.abs(value))} `) + named(cell)).join(" + ");
  return `${side(plus)} = ${side(minus) || "0"}`;
}

function answersOf(numbers) {
  const explained = numbers.shortfall <= OPTIMAL, many = draws.length.toLocaleString("en");
  const changed = settings.walls.length || settings.slip || settings.discount !== told.discount;
  const ties = numbers.equalities.map(asEquality).join(", ") || (settings.slip > 0 ? "a tie on ice depends on all cells" : "");
  const free = `${numbers.leftByWalks} of 9` + (ties ? `: ${ties}` : "");
  const asDrawn = numbers.explainingAsDrawn === null ? "" : `; without ${numbers.equalities.length > 1 ? "the ties" : "the tie"}: ${numbers.explainingAsDrawn}`;
  const zero = settings.reward.every(worth => worth === 0) ? "yes, and so is everything else: nothing is worth anything" : "yes";
  return {
    explained: explained ? zero : `no: short by ${written(numbers.shortfall, 3)}`,
    walks: free,
    share: `${numbers.explaining.length} of ${many}${numbers.equalities.length ? " with the tie" + (numbers.equalities.length > 1 ? "s" : "") : ""}${asDrawn}`,
    soft: `${numbers.leftBySoftDriver}, seen ${changed ? "here and in the lecture’s world" : "in this world"}`,
    seen: `${numbers.leftOnTheWalks}, seen ${changed ? "here and in the lecture’s world" : "in this world"}`,
  };
}

function showAnswers(numbers) {
  for (const [name, text] of Object.entries(answersOf(numbers))) {
    const open = name === "explained" || guessed.has(name);
    byId(`answer-${name}`).textContent = open ? text : "guess first";
    byId(`answer-${name}`).classList.toggle("closed", !open);
  }
  byId("answer-explained").className = numbers.shortfall <= OPTIMAL ? "yes" : "no";
}

// ---- Buttons

function press(id, isOn, change) {
  byId(id).addEventListener("click", () => { change(); show(); });
  byId(id).isOn = isOn;
}

function makeButtons() {
  press("ice", () => settings.slip > 0, () => { settings.slip = settings.slip > 0 ? 0 : told.slip; });
  press("patience", () => settings.discount !== told.discount, () => { settings.discount = settings.discount === told.discount ? told.patience : told.discount; });
  press("third", () => settings.third, () => { settings.third = !settings.third; });
  press("no-walls", () => false, () => { settings.walls = []; });
  press("tied", () => settings.tied, () => { settings.tied = !settings.tied; if (settings.tied) settings.reward[4] = settings.reward[2]; });
  const loads = byId("loads");
  for (const [name, reward] of [["Start again", START], ...Object.entries(told.rewards)]) {
    make("button", { "data-reward": name }, loads, name).addEventListener("click", () => { load(reward); });
  }
  make("button", { "data-reward": "ice" }, loads, "One for ice").addEventListener("click", () => { settings.slip = told.slip; load(told.onIce); });
  byId("reveal").addEventListener("click", () => { revealAll(); show(); });
}

function load(reward) {
  settings.reward = [...reward];
  if (settings.tied) settings.tied = reward[2] === reward[4];
  show();
}

function showButtons() {
  for (const id of ["ice", "patience", "third", "tied"]) byId(id).setAttribute("aria-pressed", byId(id).isOn());
  byId("no-walls").disabled = settings.walls.length === 0;
  byId("tied").hidden = !guessed.has("walks");
  for (const name of ["Maximum margin’s", "Maximum entropy’s"]) {
    const button = [...byId("loads").children].find(one => one.dataset.reward === name);
    button.disabled = !guessed.has("pick");
    button.title = guessed.has("pick") ? "" : "guess first: question 5";
  }
  byId("loads").querySelector("[data-reward=ice]").disabled = !guessed.has("soft");
}

function show() {
  const numbers = currentNumbers();
  showBoard(numbers);
  showWalks(numbers);
  showAnswers(numbers);
  showButtons();
  byId("numbers").textContent = JSON.stringify({ settings, ...numbers, world: null });
}

makeBoard();
makeButtons();
makeQuestions();
readHash();
show();
window.addEventListener("hashchange", () => { readHash(); show(); });
