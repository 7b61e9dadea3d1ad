// Convolutional networks (policies/networks.py): pictures h w 3 in, a curvature out, and what it hung on.
// A network is {convolutions, dense, condition, curvatureUnitPerM, inputs}; a convolution's weights lie as
// [output][row][column][input], so that what one output reads of a row of the picture lies in one piece.

/** A convolution without padding of values (h w c), rectified; returns {values, height, width, channels}. */
function convolved(layer, { values, height, width, channels }) {
  const { weight, bias, kernel, stride, outputs } = layer, run = kernel * channels;
  const high = Math.floor((height - kernel) / stride) + 1, wide = Math.floor((width - kernel) / stride) + 1;
  const out = new Float32Array(high * wide * outputs);
  for (let row = 0, at = 0; row < high; row++)
    for (let column = 0; column < wide; column++) {
      const corner = (row * stride * width + column * stride) * channels;
      for (let o = 0; o < outputs; o += 4, at += 4) {
        let a = bias[o], b = bias[o + 1], c = bias[o + 2], d = bias[o + 3];
        for (let k = 0; k < kernel; k++) {
          const from = corner + k * width * channels;
          const wa = (o * kernel + k) * run, wb = wa + kernel * run, wc = wb + kernel * run, wd = wc + kernel * run;
          for (let i = 0; i < run; i++) {
            const x = values[from + i];
            a += weight[wa + i] * x;
            b += weight[wb + i] * x;
            c += weight[wc + i] * x;
            d += weight[wd + i] * x;
          }
        }
        out[at] = a > 0 ? a : 0;
        out[at + 1] = b > 0 ? b : 0;
        out[at + 2] = c > 0 ? c : 0;
        out[at + 3] = d > 0 ? d : 0;
      }
    }
  return { values: out, height: high, width: wide, channels: outputs };
}

/** What reaches a convolution's inputs of a gradient at its (rectified) outputs. */
function convolvedBack(layer, input, output, gradient) {
  const { weight, kernel, stride, outputs } = layer, { width, channels } = input, run = kernel * channels;
  const back = new Float32Array(input.values.length);
  for (let row = 0, at = 0; row < output.height; row++)
    for (let column = 0; column < output.width; column++) {
      const corner = (row * stride * width + column * stride) * channels;
      for (let o = 0; o < outputs; o++, at++) {
        const share = output.values[at] > 0 ? gradient[at] : 0;
        if (share === 0) continue;
        for (let k = 0; k < kernel; k++) {
          const to = corner + k * width * channels, from = (o * kernel + k) * run;
          for (let i = 0; i < run; i++) back[to + i] += share * weight[from + i];
        }
      }
    }
  return back;
}

/** A fully connected layer; `told` is added to its outputs before they are rectified. */
function connected({ weight, bias, outputs }, values, isRectified, told = null) {
  const count = values.length, out = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let sum = bias[o] + (told ? told[o] : 0);
    for (let i = 0, at = o * count; i < count; i++) sum += weight[at + i] * values[i];
    out[o] = isRectified ? Math.max(sum, 0) : sum;
  }
  return out;
}

function connectedBack({ weight }, numInputs, gradient) {
  const back = new Float32Array(numInputs);
  for (const [o, share] of gradient.entries())
    for (let i = 0, at = o * numInputs; share !== 0 && i < numInputs; i++) back[i] += share * weight[at + i];
  return back;
}

/** What a conditional network is told beside the picture: no wanted place, and the speed (policies/measurements.py). */
const measurements = (speedMps) => [0, 0, (speedMps - 12) / 6];

/** All that a network computes at a picture (h w 3, bytes): {maps, layers}; the last layer is what it puts out. */
function forward(network, picture, speedMps) {
  const [height, width] = network.sizePx;
  const first = { values: Float32Array.from(picture, (byte) => (byte - 127.5) / 127.5), height, width, channels: 3 };
  const maps = network.convolutions.reduce((all, layer) => [...all, convolved(layer, all.at(-1))], [first]);
  const measured = measurements(speedMps);
  const weighed = (row) => row.reduce((sum, weight, i) => sum + weight * measured[i], 0);
  const told = network.condition?.map(weighed);
  const last = network.dense.length - 1;
  const layers = network.dense.reduce(
    (all, layer, i) => [...all, connected(layer, all.at(-1), i < last, i === 0 ? told : null)],
    [maps.at(-1).values],
  );
  return { maps, layers };
}

/** The curvature (1/m, left positive) that a network steers at a picture. */
export const steerBySight = (network, picture, speedMps) =>
  forward(network, picture, speedMps).layers.at(-1)[0] * network.curvatureUnitPerM;

/** How much the curvature changes with each pixel (h w), 0 to 1: the gradient, its colours' sizes summed. */
export function saliency(network, picture, speedMps) {
  const { maps, layers } = forward(network, picture, speedMps);
  let gradient = new Float32Array(layers.at(-1).length);
  gradient[0] = 1;
  for (let i = network.dense.length - 1; i >= 0; i--) {
    gradient = connectedBack(network.dense[i], layers[i].length, gradient);
    if (i > 0) gradient = gradient.map((value, j) => (layers[i][j] > 0 ? value : 0));
  }
  for (let i = network.convolutions.length - 1; i >= 0; i--)
    gradient = convolvedBack(network.convolutions[i], maps[i], maps[i + 1], gradient);
  const size = (i) => Math.abs(gradient[i]) + Math.abs(gradient[i + 1]) + Math.abs(gradient[i + 2]);
  const sums = Float32Array.from({ length: gradient.length / 3 }, (_, pixel) => size(3 * pixel));
  const most = sums.reduce((a, b) => Math.max(a, b), 1e-12);
  return sums.map((value) => value / most);
}
