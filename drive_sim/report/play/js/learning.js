// A clone, in the page: ALVINN's networks learn from frames by back-propagation (learn/alvinn.py), with shifted and
// turned views of them or from the frames alone; in DAgger from what the expert labelled too (learn/dagger.py).
// Three of them steer by their mean: each alone, its hidden units driven to 0 or 1, steers in steps.

import { backPropagate, hill, makeAlvinn, retina, steer } from "./alvinn.js";
import { LOOKAHEAD_S, correctedCurvature } from "./cars.js";
import { makeRandom } from "./random.js";
import { shiftRotate } from "./warp.js";

const VIEWS_PER_FRAME = 14; // beside the frame itself, as in 1991
const MAX_SHIFT_M = 1.25, MAX_TURN_RAD = (6 * Math.PI) / 180, LEAST_RANGE_PER_M = 0.12, ALIKE_PER_M = 0.01;
const NUM_NETWORKS = 3, NUM_STEPS = 10000, STEPS_A_ROUND = 6000, STEPS_A_REPORT = 2000;
const EVEN_EVERY = 4, LEARNING_RATE = 0.1, LAST_SHARE = 0.3, LAST_RATE = 0.03;

/** The patterns {x, curvature} of frames [{picture, curvature, state}]; with `hasViews`, of moved views too. */
function patternsOf(frames, camera, hasViews, random) {
  return frames.flatMap(({ picture, curvature, state }) => {
    const all = [{ x: retina(picture), curvature }];
    for (let i = 0; hasViews && i < VIEWS_PER_FRAME; i++) {
      const shiftM = MAX_SHIFT_M * (2 * random() - 1), turnRad = MAX_TURN_RAD * (2 * random() - 1);
      const x = retina(shiftRotate(picture, camera, shiftM, turnRad));
      all.push({ x, curvature: correctedCurvature(curvature, shiftM, turnRad, LOOKAHEAD_S * state.speed) });
    }
    return all;
  });
}

/** Takes `numSteps` steps over patterns, a share of which are drawn evenly over curvatures; the last are smaller. */
function fit(patterns, network, numSteps, random, onProgress) {
  const alike = {}, drawn = (all) => all[Math.floor(random() * all.length)];
  for (const one of patterns) (alike[Math.round(one.curvature / ALIKE_PER_M)] ??= []).push(one);
  const kinds = Object.values(alike);
  for (let step = 0; step < numSteps; step++) {
    const { x, target } = drawn(step % EVEN_EVERY ? patterns : drawn(kinds));
    backPropagate(network, x, target, step > (1 - LAST_SHARE) * numSteps ? LAST_RATE : LEARNING_RATE);
    if (step % STEPS_A_REPORT === 0) onProgress(step / numSteps);
  }
}

/** The networks of a clone of frames, drawn and shown in the order of a seed; each round of labels takes more steps. */
export function clone(frames, camera, { hasViews, seed, numRounds = 0 }, onProgress) {
  const random = makeRandom(seed), numSteps = NUM_STEPS + numRounds * STEPS_A_ROUND;
  const patterns = patternsOf(frames, camera, hasViews, random);
  const mostPerM = patterns.reduce((most, { curvature }) => Math.max(most, Math.abs(curvature)), LEAST_RANGE_PER_M);
  const networks = Array.from({ length: NUM_NETWORKS }, () => makeAlvinn(random, mostPerM));
  for (const one of patterns) one.target = hill(one.curvature, networks[0].units);
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
