// Sentences that say what has happened, and why a button can do nothing.

const BACK_M = 0.5, TIGHTER = 1.3, LEAST_BEND_PER_M = 0.01;
const seconds = (timeS) => `${timeS.toFixed(timeS < 10 ? 1 : 0)} s`;

/** Of the pair that is shown before anybody touches anything, or of a clone and its twin. */
export function ofCars(cars, timeS) {
  const said = cars.map(({ look, leftAtS, history, isGone }) => {
    const name = look.sign.slice(2), offsetM = history.at(-1)?.offsetM ?? 0;
    if (isGone) return `${name} left its lane after ${seconds(leftAtS)}, and is gone`;
    const isBack = Math.abs(offsetM) < BACK_M ? ", and is back" : "";
    if (leftAtS !== null) return `${name} was off its lane after ${seconds(leftAtS)}${isBack}`;
    return `${name} keeps its lane, ${Math.abs(offsetM).toFixed(1)} m off its middle`;
  });
  return `${seconds(timeS)}: ${said.join("; ")}.`;
}

/** Of a guess, once it can be judged; `guessS` 60 stands for never. */
export function ofGuess(guessS, car, timeS) {
  const guessed = guessS >= 60 ? "never" : seconds(guessS);
  if (car.leftAtS === null) return timeS < 60 ? "" : `You guessed ${guessed}. After a minute it is still on its lane.`;
  return `You guessed ${guessed}. It needed help after ${seconds(car.leftAtS)}.`;
}

/** Of a road's bends that are tighter than all that a drive has shown, since nothing was learned of them. */
function ofUnseen(frames, { curvature }) {
  const tightest = (values, side) => Math.max(LEAST_BEND_PER_M, ...values.map((value) => side * value));
  const isUnseen = ([, side]) => tightest(curvature, side) > TIGHTER * tightest(frames.map(({ bend }) => bend), side);
  const sides = [["left", 1], ["right", -1]].filter(isUnseen).map(([name]) => name).join(" and to the ");
  return sides && ` The road has tighter bends to the ${sides} than any of these.`;
}

/** Of a demonstration: what its frames show, and what they do not. */
export function ofDemonstration(frames, road) {
  const offsets = frames.map(({ offsetM }) => Math.abs(offsetM)), most = Math.max(...offsets);
  const share = (test) => Math.round((100 * frames.filter(test).length) / frames.length);
  const left = share(({ curvature }) => curvature > 0.002), right = share(({ curvature }) => curvature < -0.002);
  const far = share(({ offsetM }) => Math.abs(offsetM) > 1);
  const shown = far ? `${far} % of them are more than 1 m off` : `none is more than ${most.toFixed(1)} m off`;
  const unseen = ofUnseen(frames, road);
  return `${frames.length} frames: ${left} % steer left, ${right} % right; ${shown} the lane's middle.${unseen}`;
}

/** Of a drive that begins. */
export const ofTaking = (speedMps) => `Drive, at ${Math.round(3.6 * speedMps)} km/h: arrow keys, A and D, `
  + "or hold the left or right half of the picture. Space ends it early.";

/** Of what was learned. */
export const ofLearning = (name, { seconds: s, error }) =>
  `${name}: learned in ${s.toFixed(1)} s; on the frames it learned from it is ${error.toFixed(4)} /m off.`;

/** Of a kilometre that was driven unseen. */
export function ofMeasure(name, { numHelped, distanceM }) {
  const who = numHelped === 0 ? "nobody" : "somebody", times = ["", " once"][numHelped] ?? ` ${numHelped} times`;
  return `${name}, over ${(distanceM / 1000).toFixed(1)} km in gusts: ${who} would have had to take the wheel${times}.`;
}

/** Why buttons can do nothing in a phase of the lesson; no words where they can. */
export function whyNot({ phase, isDriven, hasDrive }) {
  const driven = isDriven ? "" : "Nobody is driving by network now: first let go (L).";
  const ready = { drive: "First drive to the end; Space ends it early.", learning: "The clone is still learning." };
  return {
    letGo: ready[phase] ?? "", kick: driven, mapBasin: driven, measure: driven,
    dagger: phase === "clone" ? "" : "DAgger labels what a clone of your drive sees: first let one go (L).",
    takeHome: hasDrive ? "" : "There is no drive yet: first take the wheel (T).",
  };
}
