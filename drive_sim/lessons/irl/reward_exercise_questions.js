// Guess first: each question has a few choices, and its answer is computed when somebody has chosen. An answer has a
// truth, one of the choices; what is told then; and may have a change of the board that shows it. Whoever has guessed a
// question may see the answer beside the board that it `opens`.
"use strict";

const QUESTIONS = [
  { name: "walks", opens: "walks", answer: whatMustHold,
    asked: "What must hold for every reward that explains both walks?",
    choices: ["r(9) is the largest", "walked cells are worth more than the others", "r(3) = r(5)", "r(9) is above 0"] },
  { name: "share", opens: "share", answer: howMany,
    asked: "Of 10,000 random rewards for which just that holds, how many explain both walks?",
    choices: ["about 10", "about 100", "about 1,000", "about 5,000"] },
  { name: "left", opens: "walks", answer: whatAThirdWalkLeaves,
    asked: "Two walks leave 8 of 9 degrees of freedom. How many does a third, 1-4-5-6-9, leave?",
    choices: ["8", "7", "6", "5"] },
  { name: "soft", opens: "soft", answer: whatTellsMost,
    asked: "Suppose we knew every probability of a soft driver’s actions. What leaves least open of r(s, a)?",
    choices: ["a wall", "two walls", "ice", "each leaves as much"] },
  { name: "pick", opens: "pick", answer: whereEntropysPickLies,
    asked: "Maximum entropy picks a reward, with an L2 penalty. By it, are both walks optimal?",
    choices: ["yes, both", "only one of them", "neither"] },
  { name: "seen", opens: "seen", answer: whereAWallTeaches,
    asked: "Somebody soft is seen on the two walks only. Where does a wall teach something?",
    choices: ["anywhere", "across any step of a walk", "where the two walks part", "nowhere"] },
];

function bothPairs() {
  return walkPairs(lecture, told.walks.slice(0, 2));
}

// The rewards of the table that explain both walks, once the tie is imposed.
function explainers() {
  const equalities = forcedEqualities(lecture, bothPairs());
  return explainingDraws(lecture, draws, bothPairs(), equalities).map(draw => imposed(draws[draw], equalities));
}

function whatMustHold() {
  const found = explainers(), count = law => found.filter(law).length;
  const others = [3, 6, 7], worst = reward => Math.min(...reward.filter((_, cell) => !others.includes(cell)));
  const isWalkedBest = reward => worst(reward) > Math.max(...others.map(cell => reward[cell]));
  const truth = forcedEqualities(lecture, bothPairs()).map(asEquality).join(", ");
  return { truth, told: `In 2 both → and ↓ are taken, so both are as good, and both lead to 6: ${truth}. `
    + `Of the ${found.length} rewards in the table that explain, r(9) is the largest in `
    + `${count(reward => reward.indexOf(Math.max(...reward)) === END)}, above 0 in ${count(reward => reward[END] > 0)}; `
    + `all walked cells are worth more than the others in ${count(isWalkedBest)}. Now 3 and 5 may be moved together.` };
}

function howMany() {
  const [share, low, high] = told.share, apart = num => Math.abs(Math.log(num / (1e4 * share)));
  const nearest = [10, 100, 1000, 5000].reduce((a, b) => (apart(b) < apart(a) ? b : a));
  return { truth: `about ${withCommas(nearest)}`,
    told: `${explainers().length} of the ${withCommas(draws.length)} in this page’s table; ${percent(share)} `
      + `(${percent(low)} to ${percent(high)}) of ${withCommas(told.numDraws)}. Few, and yet infinitely many: `
      + "a cone in 8 dimensions." };
}

function whatAThirdWalkLeaves() {
  const equalities = forcedEqualities(lecture, walkPairs(lecture, told.walks));
  return { truth: String(NUM_CELLS - equalities.length),
    told: `It forces ${equalities.map(asEquality).join(" and ")}. Each further tie takes one; the inequalities only `
      + "bound the rest.",
    then() { settings.third = true; } };
}

function whatTellsMost() {
  const left = changes => softDriverFreedom([lecture, changedLecture(changes)]);
  const choices = [["a wall", left({ walls: [[0, 1]] })], ["two walls", left({ walls: [[0, 1], [1, 2]] })],
    ["ice", left({ slip: told.slip })]];
  const [[, one], [, two], [, ice]] = choices, hasty = left({ discount: told.patience });
  const least = choices.reduce((a, b) => (b[1] < a[1] ? b : a));
  return { truth: one === two && two === ice ? "each leaves as much" : least[0],
    told: `${left({})} degrees of freedom in one world, ${one} with a wall, ${two} with two, ${ice} on ice, ${hasty} with `
      + "another patience. Ice and patience change what every action leads to; a wall changes two actions." };
}

function whereEntropysPickLies() {
  const reward = told.rewards["Maximum entropy’s"], short = shortfalls(lecture, valueIteration(lecture, reward));
  const isLit = walk => walkPairs(lecture, [walk]).every(pair => short[pair] <= OPTIMAL);
  return { truth: ["neither", "only one of them", "yes, both"][told.walks.slice(0, 2).filter(isLit).length],
    told: `r(3) − r(5) = ${written(reward[2] - reward[4], 3)}, so one of the two actions of cell 2 is not optimal. Were `
      + "both worth the same, 3 would see a soft driver more often than 5, for two of a corner’s four actions stay in it; "
      + "the demonstrations pass both equally often. So this pick lies outside; maximum margin’s lies inside.",
    then() { load(reward); } };
}

function whereAWallTeaches() {
  const left = changes => softDriverFreedom([lecture, changedLecture(changes)], bothPairs()), without = left({});
  const isIn = walls => ([a, b]) => walls.some(([c, d]) => a === c && b === d);
  const teach = told.walls.filter(([a, b]) => left({ walls: [[a, b]] }) < without), apart = [[1, 2], [1, 4], [2, 5], [4, 5]];
  const truth = teach.length === apart.length && teach.every(isIn(apart)) ? "where the two walks part"
    : teach.length === told.walls.length ? "anywhere" : teach.length ? "across any step of a walk" : "nowhere";
  return { truth, told: `Of ${told.walls.length} places ${teach.length} lower the ${without} that are left: `
    + `${teach.map(([a, b]) => `${a + 1}|${b + 1}`).join(", ")}. If somebody soft is known everywhere, every wall lowers `
    + "the count." };
}

// ---- On the page

function makeQuestions() {
  QUESTIONS.forEach((question, index) => {
    const set = make("fieldset", { id: `question-${question.name}` }, byId("questions"));
    make("legend", {}, set, `${index + 1}. ${question.asked}`);
    const choices = make("div", { class: "choices" }, set);
    for (const choice of question.choices) {
      make("button", {}, choices, choice).addEventListener("click", () => { reveal(question, choice); show(); });
    }
    make("p", { class: "told", "aria-live": "polite" }, set);
  });
}

// `chosen` is null where nobody guessed.
function reveal(question, chosen) {
  const { truth, told: text, then } = question.answer(), set = byId(`question-${question.name}`);
  guessed.add(question.opens).add(question.name);
  set.querySelectorAll("button").forEach(button => {
    button.classList.toggle("true", button.textContent === truth);
    button.classList.toggle("wrong", button.textContent === chosen && chosen !== truth);
    button.setAttribute("aria-pressed", button.textContent === chosen);
  });
  const verdict = chosen === null ? "" : chosen === truth ? "Right. " : `No: ${truth}. `;
  set.querySelector(".told").textContent = verdict + text;
  if (then && chosen !== null) then();
}

function revealAll() {
  QUESTIONS.filter(question => !guessed.has(question.name)).forEach(question => reveal(question, null));
}
