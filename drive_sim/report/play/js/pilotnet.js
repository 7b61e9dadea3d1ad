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

/** A map as one pixel of many channels: to it a fully connected layer is a convolution. */
const flat = ({ values }) => ({ values, height: 1, width: 1, channels: values.length });

/** A fully connected layer of a map; `told` is added to its outputs before they are rectified. */
function connected({ weight, bias, outputs }, { values }, isRectified, told) {
  const count = values.length, out = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let sum = bias[o] + (told ? told[o] : 0);
    for (let i = 0, at = o * count; i < count; i++) sum += weight[at + i] * values[i];
    out[o] = isRectified ? Math.max(sum, 0) : sum;
  }
  return flat({ values: out });
}

/** What a conditional network is told beside the picture: no wanted place, and the speed (policies/measurements.py). */
const measurements = (speedMps) => [0, 0, (speedMps - 12) / 6];

/** The maps that a network computes at a picture (h w 3, bytes), which is the first; the last is what it puts out. */
function forward(network, picture, speedMps) {
  const [height, width] = network.sizePx;
  const first = { values: Float32Array.from(picture, (byte) => (byte - 127.5) / 127.5), height, width, channels: 3 };
  const maps = [first], last = network.dense.length - 1, measured = measurements(speedMps);
  const told = network.condition?.map((row) => row.reduce((sum, weight, i) => sum + weight * measured[i], 0));
  for (const layer of network.convolutions) maps.push(convolved(layer, maps.at(-1)));
  network.dense.forEach((layer, i) => maps.push(connected(layer, maps.at(-1), i < last, i === 0 ? told : null)));
  return maps;
}

/** The curvature (1/m, left positive) that a network steers at a picture. */
export const steerBySight = (network, picture, speedMps) =>
  forward(network, picture, speedMps).at(-1).values[0] * network.curvatureUnitPerM;

/** How much the curvature changes with each pixel (h w), 0 to 1: the gradient, its colours' sizes summed. */
export function saliency(network, picture, speedMps) {
  const maps = forward(network, picture, speedMps), numConvolutions = network.convolutions.length;
  const layers = [...network.convolutions, ...network.dense.map((layer) => ({ ...layer, kernel: 1, stride: 1 }))];
  let gradient = maps.at(-1).values.map((_, i) => (i === 0 ? 1 : 0));
  maps[layers.length] = flat({ values: gradient }); // In place of the last outputs, which are not rectified.
  for (let i = layers.length - 1; i >= 0; i--)
    gradient = convolvedBack(layers[i], i < numConvolutions ? maps[i] : flat(maps[i]), maps[i + 1], gradient);
  const size = (i) => Math.abs(gradient[i]) + Math.abs(gradient[i + 1]) + Math.abs(gradient[i + 2]);
  const sums = Float32Array.from({ length: gradient.length / 3 }, (_, pixel) => size(3 * pixel));
  const most = sums.reduce((a, b) => Math.max(a, b), 1e-12);
  return sums.map((value) => value / most);
}
