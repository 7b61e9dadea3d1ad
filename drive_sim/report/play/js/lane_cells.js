// The lane grid as the ground's shader reads it (glsl/ground.frag.glsl): for each cell of 1 m the lane's frame,
// expanded once at the cell's middle instead of at a sample for each pixel, in four words that a shader gets at once.

import { clamp } from "./geometry.js";
import { LANE_COLUMNS, NO_SAMPLE, TILE_CELLS } from "./lane_grid.js";

const TILES_A_ROW = 128, EDGES_A_M = 500, NO_EDGES = 0x80008000, SHORT = 0x7fff, BYTE = 0x7f;

const inBits = (value, most) => Math.round(clamp(value, -1, 1) * most) & (2 * most + 1);
const inShorts = (low, high) => (inBits(high, SHORT) << 16) | inBits(low, SHORT);

/** Four words of the curve through (x, y) at a fixed distance from the lane: how it runs, what lies beside it. */
function frameWords(lane, sample, [x, y], words, floats, at) {
  const row = sample * LANE_COLUMNS, cos = lane[row + 2], sin = lane[row + 3], curvature = lane[row + 4];
  const t = (x - lane[row]) * cos + (y - lane[row + 1]) * sin, n = (y - lane[row + 1]) * cos - (x - lane[row]) * sin;
  const shrunk = Math.max(1 - curvature * n, 0.2), gone = t / shrunk, across = n - 0.5 * curvature * t * gone;
  const left = lane[row + 5] + lane[row + 7] * gone, right = lane[row + 6] + lane[row + 8] * gone;
  const turn = curvature * gone, perShort = EDGES_A_M / SHORT;
  words[at] = inShorts(cos * Math.cos(turn) - sin * Math.sin(turn), sin * Math.cos(turn) + cos * Math.sin(turn));
  words[at + 1] = inShorts((left - across) * perShort, (right + across) * perShort);
  floats[at + 2] = lane[row + 9] + gone;
  const slopes = (inBits(lane[row + 8] / shrunk, BYTE) << 8) | inBits(lane[row + 7] / shrunk, BYTE);
  words[at + 3] = (slopes << 16) | inBits(curvature / shrunk, SHORT);
}

/** [[width, height], words] of each cell's nearest stretch or its other one, tile by tile. */
export function cellPicture({ tileMap, columns, cells, numTiles, lane }, isOther) {
  const width = TILES_A_ROW * TILE_CELLS, height = Math.ceil(numTiles / TILES_A_ROW) * TILE_CELLS;
  const words = new Uint32Array(4 * width * height).fill(NO_EDGES), floats = new Float32Array(words.buffer);
  tileMap.forEach((tile, place) => {
    const mapRow = Math.floor(place / columns) * TILE_CELLS, mapColumn = (place % columns) * TILE_CELLS;
    const pictureRow = Math.floor(tile / TILES_A_ROW) * TILE_CELLS, pictureColumn = (tile % TILES_A_ROW) * TILE_CELLS;
    for (let cell = 0; tile > 0 && cell < TILE_CELLS ** 2; cell++) {
      const word = cells[tile * TILE_CELLS ** 2 + cell], sample = isOther ? word >>> 16 : word & NO_SAMPLE;
      const row = Math.floor(cell / TILE_CELLS), column = cell % TILE_CELLS;
      const at = 4 * ((pictureRow + row) * width + pictureColumn + column);
      const middle = [mapColumn + column + 0.5, mapRow + row + 0.5];
      if (sample !== NO_SAMPLE) frameWords(lane, sample, middle, words, floats, at);
    }
  });
  return [[width, height], words];
}
