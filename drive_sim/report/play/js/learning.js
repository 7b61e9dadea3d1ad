// A clone, in the page: ALVINN's networks learn from frames by back-propagation (learn/alvinn.py), with shifted and
// turned views of them or from the frames alone; in DAgger from what the expert labelled too (learn/dagger.py).
// Three of them steer by their mean: each alone, its hidden units driven to 0 or 1, steers in steps.

import { backPropagate, hill, makeAlvinn, retina, steer } from "./alvinn.js";
import { correctedCurvature } from "./cars.js";
import { makeRandom, shuffled } from "./random.js";
import { shiftRotate } from "./warp.js";

const VIEWS_PER_FRAME = 14; // beside the frame itself, as in 1991
const MAX_SHIFT_M = 1.25, MAX_TURN_RAD = (6 * Math.PI) / 180, ARC_LENGTH_M = 9;
const NUM_NETWORKS = 3, NUM_STEPS = 10000, STEPS_A_ROUND = 6000, STEPS_A_REPORT = 2000;
const LEARNING_RATE = 0.1, LAST_SHARE = 0.3, LAST_RATE = 0.3;

/** The patterns [{x, target}] of frames [{picture, curvature}]; with `hasViews`, of shifted and turned views too. */
function patternsOf(frames, camera, units, hasViews, random) {
  const pattern = (picture, curvature) => ({ x: retina(picture), target: hill(curvature, units) });
  return frames.flatMap(({ picture, curvature }) => {
    const all = [pattern(picture, curvature)];
    for (let i = 0; hasViews && i < VIEWS_PER_FRAME; i++) {
      const shiftM = MAX_SHIFT_M * (2 * random() - 1), turnRad = MAX_TURN_RAD * (2 * random() - 1);
      const view = shiftRotate(picture, camera, shiftM, turnRad);
      all.push(pattern(view, correctedCurvature(curvature, shiftM, turnRad, ARC_LENGTH_M)));
    }
    return all;
  });
}

/** Takes `numSteps` steps over patterns, pass after pass in drawn orders; the last ones are smaller. */
function fit(patterns, network, numSteps, random, onProgress) {
  let order = [];
  for (let step = 0; step < numSteps; step++) {
    if (step % patterns.length === 0) order = shuffled(patterns.length, random);
    const { x, target } = patterns[order[step % patterns.length]], isLast = step > (1 - LAST_SHARE) * numSteps;
    backPropagate(network, x, target, isLast ? LAST_RATE * LEARNING_RATE : LEARNING_RATE);
    if (step % STEPS_A_REPORT === 0) onProgress(step / numSteps);
  }
}

/** The networks of a clone of frames, drawn and shown in the order of a seed; each round of labels takes more steps. */
export function clone(frames, camera, { hasViews, seed, numRounds = 0 }, onProgress) {
  const random = makeRandom(seed), numSteps = NUM_STEPS + numRounds * STEPS_A_ROUND;
  const networks = Array.from({ length: NUM_NETWORKS }, () => makeAlvinn(random));
  const patterns = patternsOf(frames, camera, networks[0].units, hasViews, random);
  networks.forEach((network, i) =>
    fit(patterns, network, numSteps, random, (share) => onProgress((i + share) / NUM_NETWORKS)));
  return networks;
}

/** The curvature (1/m) that networks steer at a picture, in the mean. */
export const steerInMean = (networks, picture) =>
  networks.reduce((sum, network) => sum + steer(network, picture), 0) / networks.length;

/** What networks steer at the frames' pictures, against what was driven: root mean square, in 1/m. */
export function errorOn(frames, networks) {
  const squares = frames.map(({ picture, curvature }) => (steerInMean(networks, picture) - curvature) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
}
