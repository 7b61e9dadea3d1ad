// A clone, in the page: ALVINN's network learns from frames by back-propagation (learn/alvinn.py), with shifted and
// turned views of them or from the frames alone, and DAgger labels what the policy has seen (learn/dagger.py).

import { backPropagate, hill, makeAlvinn, retina, steer } from "./alvinn.js";
import { correctedCurvature } from "./expert.js";
import { clamp } from "./geometry.js";
import { makeRandom, shuffled } from "./random.js";
import { shiftRotate } from "./warp.js";

export const VIEWS_PER_FRAME = 14; // beside the frame itself, as in 1991
const MAX_SHIFT_M = 1.25, MAX_TURN_RAD = (6 * Math.PI) / 180, ARC_LENGTH_M = 9;
const LEARNING_RATE = 0.1, LAST_SHARE = 0.3, LAST_RATE = 0.3;

/** The patterns [{x, target}] of frames [{picture, curvature}]; with `hasViews`, of shifted and turned views as well. */
export function patternsOf(frames, camera, units, hasViews, random) {
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

/** A network that has taken `numSteps` steps over patterns, pass after pass in drawn orders; the last ones are smaller. */
export function fit(patterns, network, numSteps, random, onProgress = () => {}) {
  let done = 0, error = 0;
  while (done < numSteps) {
    for (const i of shuffled(patterns.length, random)) {
      if (done >= numSteps) break;
      const rate = done > (1 - LAST_SHARE) * numSteps ? LAST_RATE * LEARNING_RATE : LEARNING_RATE;
      error += backPropagate(network, patterns[i].x, patterns[i].target, rate);
      done += 1;
      if (done % 2000 === 0) {
        onProgress(done / numSteps, error / 2000);
        error = 0;
      }
    }
  }
  return network;
}

const NUM_STEPS = 20000;

/** A clone of frames, drawn and shown in the order of a seed; frames that were labelled since take steps of their own. */
export function clone(frames, camera, { hasViews, seed, numRounds = 0 }, onProgress) {
  const random = makeRandom(seed), network = makeAlvinn(random);
  const patterns = patternsOf(frames, camera, network.units, hasViews, random);
  return fit(patterns, network, NUM_STEPS * (numRounds ? 1 + numRounds : hasViews ? 1.5 : 1), random, onProgress);
}

/** What the network steers at the frames' pictures, against what was driven: root mean square, in 1/m. */
export function errorOn(frames, network) {
  const squares = frames.map(({ picture, curvature }) => (steer(network, picture) - curvature) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / Math.max(1, squares.length));
}

/** The frames that a policy saw, with the expert's commands, as far as the wheels turn: DAgger's new labels. */
export const relabelled = (frames, maxPerM) =>
  frames.map((frame) => ({ ...frame, curvature: clamp(frame.expertPerM, -maxPerM, maxPerM) }));
