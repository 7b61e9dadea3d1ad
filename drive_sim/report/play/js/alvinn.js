// ALVINN (Pomerleau 1989, 1991; policies/alvinn.py): 32x30 pixels of the blue band, one hidden layer, and a row of
// units, one for each of many curvatures; it steers by where the hill of activity is that it puts out.

import { clamp } from "./geometry.js";

const REACH = 4, LEAST_SPREAD = 1, NUM_INPUTS = 960, NUM_HIDDEN = 5, NUM_UNITS = 30;

/** The blue band of a picture (h w 3), shifted and scaled to mean 0 and spread 1. */
export function retina(picture) {
  const count = picture.length / 3, blue = new Float32Array(count).map((_, i) => picture[3 * i + 2]);
  const mean = blue.reduce((a, b) => a + b, 0) / count;
  const spread = Math.sqrt(blue.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  return blue.map((value) => (value - mean) / Math.max(spread, LEAST_SPREAD));
}

/** The activity that is asked for where a curvature is right: the later hill, exp(-d^2 / 10), around its own place. */
export function hill(curvaturePerM, units) {
  const last = units.length - 1, peak = clamp(((units[0] - curvaturePerM) / (units[0] - units[last])) * last, 0, last);
  return Float32Array.from(units, (_, i) => Math.exp(-((i - peak) ** 2) / 10));
}

/** The curvature that an activity stands for: the mean of the nine units around the most active one, by activity. */
function decode(activity, units) {
  const highest = activity.indexOf(Math.max(...activity));
  let mass = 0, sum = 0;
  for (let i = Math.max(0, highest - REACH); i <= Math.min(units.length - 1, highest + REACH); i++) {
    mass += activity[i];
    sum += activity[i] * i;
  }
  const place = mass > 0 ? sum / mass : highest, low = Math.min(Math.floor(place), units.length - 2);
  return units[low] + (units[low + 1] - units[low]) * (place - low);
}

/**
 * A network {numInputs, numHidden, units, W1, b1, W2, b2} of small drawn weights; `random` gives numbers from
 * 0 to 1, `units` are curvatures, evenly spaced from left to right, which reach as far as `mostPerM`.
 */
export function makeAlvinn(random, mostPerM) {
  const drawn = (count, inputs) => Float32Array.from({ length: count }, () => (2 * random() - 1) / Math.sqrt(inputs));
  const units = Float64Array.from({ length: NUM_UNITS }, (_, i) => mostPerM * (1 - (2 * i) / (NUM_UNITS - 1)));
  const [W1, W2] = [drawn(NUM_HIDDEN * NUM_INPUTS, NUM_INPUTS), drawn(NUM_UNITS * NUM_HIDDEN, NUM_HIDDEN)];
  const [b1, b2] = [new Float32Array(NUM_HIDDEN), new Float32Array(NUM_UNITS)];
  return { numInputs: NUM_INPUTS, numHidden: NUM_HIDDEN, units, W1, b1, W2, b2 };
}

/** What the units of a layer (weights a row a unit, biases) put out for what comes in. */
function layer(weights, biases, x) {
  return biases.map((bias, unit) => {
    let sum = bias;
    for (let i = 0, at = unit * x.length; i < x.length; i++) sum += weights[at + i] * x[i];
    return 1 / (1 + Math.exp(-sum));
  });
}

/** The curvature (1/m) that a network steers at a picture. */
export const steer = ({ W1, b1, W2, b2, units }, picture) =>
  decode(layer(W2, b2, layer(W1, b1, retina(picture))), units);

/** One step of back-propagation, down 1/2 |o - target|^2 of one pattern. */
export function backPropagate({ numInputs, numHidden, W1, b1, W2, b2 }, x, target, learningRate) {
  const hidden = layer(W1, b1, x), o = layer(W2, b2, hidden), deltaHidden = new Float32Array(numHidden);
  for (let k = 0; k < o.length; k++) {
    const delta = (o[k] - target[k]) * o[k] * (1 - o[k]);
    for (let j = 0; j < numHidden; j++) {
      deltaHidden[j] += delta * W2[k * numHidden + j];
      W2[k * numHidden + j] -= learningRate * delta * hidden[j];
    }
    b2[k] -= learningRate * delta;
  }
  for (let j = 0; j < numHidden; j++) {
    const step = learningRate * deltaHidden[j] * hidden[j] * (1 - hidden[j]);
    for (let i = 0, at = j * numInputs; i < numInputs; i++) W1[at + i] -= step * x[i];
    b1[j] -= step;
  }
}
