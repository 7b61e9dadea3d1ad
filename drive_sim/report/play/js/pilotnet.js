// Convolutional networks (policies/networks.py): pictures h w 3 in, a curvature out, and what it hung on.
// A network is {layers, sizePx, curvatureUnitPerM, ...}. A layer's weights lie as [output][row][column][input], so that
// what one output reads of a row of the picture lies in one piece; its outputs are a multiple of four. A dense layer is
// a convolution of a picture of one pixel.

/** The map that a layer reads: for a dense one, the map before it as one pixel of many channels. */
const inputOf = (layer, map) =>
  layer.isDense ? { values: map.values, height: 1, width: 1, channels: map.values.length } : map;

/** What a layer adds, whatever it sees: its bias, and weights of the measurements that it is told of. */
const offsetsOf = ({ bias, condition }, told) =>
  condition ? bias.map((value, o) => condition[o].reduce((sum, weight, i) => sum + weight * told[i], value)) : bias;

/** What a layer computes, without padding, of a map {values, height, width, channels} (h w c). */
function convolved(layer, { values, height, width, channels }, told) {
  const { weight, kernel, stride, outputs, isRectified } = layer, bias = offsetsOf(layer, told);
  const high = Math.floor((height - kernel) / stride) + 1, wide = Math.floor((width - kernel) / stride) + 1;
  const run = kernel * channels, second = kernel * run, third = 2 * second, fourth = 3 * second;
  const out = new Float32Array(high * wide * outputs);
  // Four outputs of two neighbouring pixels at once: eight sums stay in registers, and what is loaded serves several.
  const next = Math.min(1, wide - 1), apart = next * stride * channels;
  for (let row = 0; row < high; row++)
    for (let pair = 0; pair < wide; pair += 2) {
      const column = Math.min(pair, wide - 1 - next), corner = (row * width + column) * stride * channels;
      for (let o = 0, at = (row * wide + column) * outputs; o < outputs; o += 4, at += 4) {
        let a = bias[o], b = bias[o + 1], c = bias[o + 2], d = bias[o + 3], a2 = a, b2 = b, c2 = c, d2 = d;
        for (let k = 0; k < kernel; k++) {
          const from = corner + k * width * channels;
          for (let i = from, w = (o * kernel + k) * run; i < from + run; i++, w++) {
            const x = values[i], x2 = values[i + apart];
            const wa = weight[w], wb = weight[w + second], wc = weight[w + third], wd = weight[w + fourth];
            a += wa * x; b += wb * x; c += wc * x; d += wd * x;
            a2 += wa * x2; b2 += wb * x2; c2 += wc * x2; d2 += wd * x2;
          }
        }
        out.set([a, b, c, d], at);
        out.set([a2, b2, c2, d2], at + next * outputs);
      }
    }
  const rectified = isRectified ? out.map((value) => (value > 0 ? value : 0)) : out;
  return { values: rectified, height: high, width: wide, channels: outputs };
}

/** What reaches a layer's inputs of a gradient at its outputs. */
function convolvedBack(layer, input, output, gradient) {
  const { weight, kernel, stride, outputs, isRectified } = layer, { width, channels } = input, run = kernel * channels;
  const back = new Float32Array(input.values.length);
  for (let row = 0, at = 0; row < output.height; row++)
    for (let column = 0; column < output.width; column++) {
      const corner = (row * width + column) * stride * channels;
      for (let o = 0; o < outputs; o++, at++) {
        const share = isRectified && output.values[at] <= 0 ? 0 : gradient[at];
        for (let k = 0; share !== 0 && k < kernel; k++) {
          const to = corner + k * width * channels, from = (o * kernel + k) * run;
          for (let i = 0; i < run; i++) back[to + i] += share * weight[from + i];
        }
      }
    }
  return back;
}

/** What a conditional network is told beside the picture: no wanted place, and the speed (policies/measurements.py). */
const measurements = (speedMps) => [0, 0, (speedMps - 12) / 6];

/** The maps that a network computes at a picture (h w 3, bytes), which is the first; the last is what it puts out. */
function forward({ layers, sizePx: [height, width] }, picture, speedMps) {
  const values = Float32Array.from(picture, (byte) => (byte - 127.5) / 127.5), told = measurements(speedMps);
  const maps = [{ values, height, width, channels: 3 }];
  for (const layer of layers) maps.push(convolved(layer, inputOf(layer, maps.at(-1)), told));
  return maps;
}

/** The curvature (1/m, left positive) that a network steers at a picture. */
export const steerBySight = (network, picture, speedMps) =>
  forward(network, picture, speedMps).at(-1).values[0] * network.curvatureUnitPerM;

/** How much the curvature changes with each pixel (h w), 0 to 1: the gradient, its colours' sizes summed. */
export function saliency(network, picture, speedMps) {
  const maps = forward(network, picture, speedMps), { layers } = network;
  let gradient = maps.at(-1).values.map((_, i) => (i === 0 ? 1 : 0));
  for (let i = layers.length - 1; i >= 0; i--)
    gradient = convolvedBack(layers[i], inputOf(layers[i], maps[i]), maps[i + 1], gradient);
  const size = (i) => Math.abs(gradient[i]) + Math.abs(gradient[i + 1]) + Math.abs(gradient[i + 2]);
  const sums = Float32Array.from({ length: gradient.length / 3 }, (_, pixel) => size(3 * pixel));
  const most = sums.reduce((a, b) => Math.max(a, b), 1e-12);
  return sums.map((value) => value / most);
}
