// A clone, in the page: ALVINN's network learns from frames by back-propagation (learn/alvinn.py), with shifted and
// turned views of them or from the frames alone; in DAgger from what the expert labelled too (learn/dagger.py).

import { backPropagate, hill, makeAlvinn, retina, steer } from "./alvinn.js";
import { correctedCurvature } from "./cars.js";
import { makeRandom, shuffled } from "./random.js";
import { shiftRotate } from "./warp.js";

const VIEWS_PER_FRAME = 14; // beside the frame itself, as in 1991
const MAX_SHIFT_M = 1.25, MAX_TURN_RAD = (6 * Math.PI) / 180, ARC_LENGTH_M = 9;
const NUM_STEPS = 20000, LEARNING_RATE = 0.1, LAST_SHARE = 0.3, LAST_RATE = 0.3, STEPS_A_REPORT = 2000;

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

/** A clone of frames, drawn and shown in the order of a seed; each round of labels since takes steps too. */
export function clone(frames, camera, { hasViews, seed, numRounds = 0 }, onProgress) {
  const random = makeRandom(seed), network = makeAlvinn(random);
  const patterns = patternsOf(frames, camera, network.units, hasViews, random);
  fit(patterns, network, NUM_STEPS * (hasViews ? 1.5 : 1 + numRounds), random, onProgress);
  return network;
}

/** What the network steers at the frames' pictures, against what was driven: root mean square, in 1/m. */
export function errorOn(frames, network) {
  const squares = frames.map(({ picture, curvature }) => (steer(network, picture) - curvature) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
}
