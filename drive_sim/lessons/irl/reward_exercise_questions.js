// Guess first: each question has a few choices, and its answer is computed here when somebody has chosen.
"use strict";

function explainers() {
  const pairs = walkPairs(lecture, told.walks.slice(0, 2));
  const equalities = forcedEqualities(lecture, pairs);
  return explainingDraws(lecture, draws, pairs, equalities).map(draw => imposed(draws[draw], equalities));
}

function largestIn(reward) {
  return reward.indexOf(Math.max(...reward));
}

// For each: what it is about, the choices, which of them is true, and what is told then.
const QUESTIONS = [
  { name: "walks", asked: "What must hold for every reward that explains both walks?",
    choices: ["r(9) is the largest", "walked cells are worth more than the others", "r(3) = r(5)", "r(9) is above 0"],
    answer() {
      const found = explainers(), others = [3, 6, 7], howMany = law => found.filter(law).length;
      const walked = reward => Math.min(...reward.filter((_, cell) => !others.includes(cell))) > Math.max(...others.map(cell => reward[cell]));
      const [equality] = forcedEqualities(lecture, walkPairs(lecture, told.walks.slice(0, 2)));
      return { truth: asEquality(equality), told: `In 2 both → and ↓ are taken, so both are as good, and both lead to 6: ${asEquality(equality)}. `
        + `Of the ${found.length} rewards in the table that explain, r(9) is the largest in ${howMany(reward => largestIn(reward) === END)}, above 0 in `
        + `${howMany(reward => reward[END] > 0)}; all walked cells are worth more than the others in ${howMany(walked)}. Now 3 and 5 may be moved together.` };
    } },
  { name: "share", asked: "Of 10,000 random rewards with r(3) = r(5), how many explain both walks?",
    choices: ["about 10", "about 100", "about 1,000", "about 5,000"],
    answer() {
      const near = [10, 100, 1000, 5000].reduce((a, b) => (Math.abs(Math.log(b / (1e4 * told.share[0]))) < Math.abs(Math.log(a / (1e4 * told.share[0]))) ? b : a));
      return { truth: `about ${near.toLocaleString("en")}`, told: `${explainers().length} of the ${draws.length.toLocaleString("en")} in this page’s table; `
        + `${percent(told.share[0])} (${percent(told.share[1])} to ${percent(told.share[2])}) of ${told.numDraws.toLocaleString("en")}. Few, and yet infinitely many: a cone in 8 dimensions.` };
    } },
  { name: "left", opens: "walks", asked: "Two walks leave 8 of 9 degrees of freedom. How many does a third, 1-4-5-6-9, leave?",
    choices: ["8", "7", "6", "5"],
    answer() {
      const pairs = walkPairs(lecture, told.walks), equalities = forcedEqualities(lecture, pairs);
      return { truth: String(NUM_CELLS - equalities.length), told: `It forces ${equalities.map(asEquality).join(" and ")}. Each further tie takes one; the inequalities only bound the rest.`,
        then() { settings.third = true; } };
    } },
  { name: "soft", asked: "Suppose we knew every probability of a soft driver’s actions. What leaves least open of r(s, a)?",
    choices: ["a wall", "two walls", "ice", "nothing: it is known anyway"],
    answer() {
      const left = changes => softDriverFreedom([lecture, changedLecture(changes)]);
      const [same, one, two, ice, hasty] = [{}, { walls: [[0, 1]] }, { walls: [[0, 1], [1, 2]] }, { slip: told.slip }, { discount: told.patience }].map(left);
      const least = [["a wall", one], ["two walls", two], ["ice", ice], ["nothing: it is known anyway", 0]].slice(0, 3).reduce((a, b) => (b[1] < a[1] ? b : a));
      return { truth: least[0], told: `${same} degrees of freedom in one world, ${one} with a wall, ${two} with two, ${ice} on ice, ${hasty} with another patience. `
        + "Ice and patience change what every action leads to; a wall changes two actions." };
    } },
  { name: "pick", asked: "Maximum entropy picks a reward, with an L2 penalty. By it, are both walks optimal?",
    choices: ["yes, both", "only one of them", "neither"],
    answer() {
      const reward = told.rewards["Maximum entropy’s"], short = shortfalls(lecture, valueIteration(lecture, reward));
      const lit = told.walks.slice(0, 2).filter(walk => walkPairs(lecture, [walk]).every(pair => short[pair] <= OPTIMAL)).length;
      return { truth: ["neither", "only one of them", "yes, both"][lit], told: `r(3) − r(5) = ${written(reward[2] - reward[4], 3)}, so one of both ties is lost. Worth the same, 3 would see a soft `
        + "driver more often than 5 does, for two of a corner’s four actions stay in it; the demonstrations pass both equally often. So this pick lies outside; maximum margin’s lies inside.",
        then() { load(reward); } };
    } },
  { name: "seen", asked: "Somebody soft is seen on the two walks only. Where does a wall teach something?",
    choices: ["anywhere", "across any step of a walk", "where the two walks part", "nowhere"],
    answer() {
      const pairs = walkPairs(lecture, told.walks.slice(0, 2)), without = softDriverFreedom([lecture, lecture], pairs);
      const teach = told.walls.filter(([a, b]) => softDriverFreedom([lecture, changedLecture({ walls: [[a, b]] })], pairs) < without);
      const apart = [[1, 2], [1, 4], [2, 5], [4, 5]], isApart = teach.length === 4 && teach.every(([a, b]) => apart.some(([c, d]) => a === c && b === d));
      const truth = isApart ? "where the two walks part" : teach.length === told.walls.length ? "anywhere" : teach.length ? "across any step of a walk" : "nowhere";
      return { truth, told: `Of ${told.walls.length} places ${teach.length} lower the ${without} that are left: ${teach.map(([a, b]) => `${a + 1}|${b + 1}`).join(", ")}. If somebody soft is known everywhere, every wall lowers the count.` };
    } },
];

function makeQuestions() {
  QUESTIONS.forEach((question, index) => {
    const set = make("fieldset", { id: `question-${question.name}` }, byId("questions"));
    make("legend", {}, set, `${index + 1}. ${question.asked}`);
    const choices = make("div", { class: "choices" }, set);
    question.choices.forEach(choice => make("button", {}, choices, choice).addEventListener("click", () => { reveal(question, choice); show(); }));
    make("p", { class: "told", "aria-live": "polite" }, set);
  });
}

function reveal(question, chosen) {
  const { truth, told: text, then } = question.answer(), set = byId(`question-${question.name}`);
  guessed.add(question.opens || question.name).add(question.name);
  set.querySelectorAll("button").forEach(button => {
    button.classList.toggle("true", button.textContent === truth);
    button.classList.toggle("wrong", button.textContent === chosen && chosen !== truth);
    button.setAttribute("aria-pressed", button.textContent === chosen);
  });
  set.querySelector(".told").textContent = (chosen === null ? "" : chosen === truth ? "Right. " : `No: ${truth}. `) + text;
  if (then && chosen !== null) then();
}

function revealAll() {
  QUESTIONS.filter(question => !guessed.has(question.name)).forEach(question => reveal(question, null));
}
