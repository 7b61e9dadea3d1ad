// What is shown of the numbers, and what is done when somebody paints, clicks, or presses a key.
// #wall=1-2,2-3&ice=0.3&patience=0.5&third=1&reward=0,0,0,0,0,0,0,0,1&reveal=1 opens the page with these settings.
"use strict";

const told = JSON.parse(document.getElementById("exercise-data").textContent);
const draws = readDraws(told.draws);
const changedLecture = changes => makeWorld({ discount: told.discount, ...changes }), lecture = changedLecture({});
const START = [0, 0, 0.05, 0, 0, 0, 0, 0, 1];
const settings = { reward: [...START], walls: [], slip: 0, discount: told.discount, third: false, tied: false };
const guessed = new Set();
const counted = new Map();
const withCommas = count => count.toLocaleString("en");
const percent = share => `${(100 * share).toFixed(3)}\u00a0%`;

function readHash() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const numbers = text => text.split(",").map(Number);
  if (asked.has("reward")) settings.reward = numbers(asked.get("reward"));
  const walls = (asked.get("wall") || "").split(",").filter(Boolean);
  if (walls.length) settings.walls = walls.map(wall => wall.split("-").map(cell => cell - 1));
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

// ---- What is left open; an answer is shown once it has been guessed

function asEquality(equality) {
  const terms = equality.map((value, cell) => [value, cell]).filter(([value]) => Math.abs(value) > 1e-9);
  const times = value => (Math.abs(Math.abs(value) - 1) < 1e-9 ? "" : `${written(Math.abs(value))} `);
  const side = sign => terms.filter(([value]) => sign * value > 0)
    .map(([value, cell]) => `${times(value)}r(${cell + 1})`).join(" + ");
  return `${side(1)} = ${side(-1) || "0"}`;
}

function answersOf(numbers) {
  const { equalities } = numbers, isZero = settings.reward.every(worth => worth === 0);
  const where = settings.walls.length || settings.slip || settings.discount !== told.discount
    ? "seen here and in the lecture’s world" : "seen in this world";
  const ties = equalities.map(asEquality).join(", ") || (settings.slip > 0 ? "a tie on ice depends on all cells" : "");
  const tied = equalities.length > 1 ? "ties" : "tie";
  const share = `${numbers.explaining.length} of ${withCommas(draws.length)}`;
  return {
    explained: numbers.shortfall > OPTIMAL ? `no: short by ${written(numbers.shortfall, 3)}`
      : isZero ? "yes, and so is everything else: nothing is worth anything" : "yes",
    walks: `${numbers.leftByWalks} of 9${ties && ": "}${ties}`,
    share: equalities.length ? `${share} with the ${tied}; without the ${tied}: ${numbers.explainingAsDrawn}` : share,
    soft: `${numbers.leftBySoftDriver}, ${where}`,
    seen: `${numbers.leftOnTheWalks}, ${where}`,
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
  press("patience", () => settings.discount !== told.discount, () => {
    settings.discount = settings.discount === told.discount ? told.patience : told.discount;
  });
  press("third", () => settings.third, () => { settings.third = !settings.third; });
  press("no-walls", () => false, () => { settings.walls = []; });
  press("tied", () => settings.tied, () => {
    settings.tied = !settings.tied;
    if (settings.tied) settings.reward[4] = settings.reward[2];
  });
  for (const [name, reward] of [["Start again", START], ...Object.entries(told.rewards)]) {
    make("button", { "data-reward": name }, byId("loads"), name).addEventListener("click", () => load(reward));
  }
  make("button", { "data-reward": "ice" }, byId("loads"), "One for ice").addEventListener("click", () => {
    settings.slip = told.slip;
    load(told.onIce);
  });
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
