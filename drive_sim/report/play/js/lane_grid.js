// A map from ground points to the nearest sample of the lane (sim/lane_grid.py): cells of 1 m in tiles of 16 x 16. Only
// tiles near the road exist, and tile 0, which is without road and all around the others. A cell is one word: its
// nearest sample in the low half and, where the road passes near itself, that of the other stretch in the high half.

import { clamp } from "./geometry.js";

export const TILE_CELLS = 16;
export const NO_SAMPLE = 0xffff;
export const LANE_COLUMNS = 10;
const MARGIN_M = 5, OTHER_STRETCH_M = 40;

/** {originX, originY, rows, columns, tileMap, numTiles, cells, lane} of a road; made once a road. */
export function makeLaneGrid(road) {
  const reach = road.left.map((left, i) => Math.max(left, road.right[i]) + MARGIN_M);
  const bound = (values, sign, pick) =>
    values.reduce((best, value, i) => pick(best, value + sign * reach[i]), -sign * Infinity) + sign;
  const originX = bound(road.x, -1, Math.min) - TILE_CELLS, originY = bound(road.y, -1, Math.min) - TILE_CELLS;
  const columns = Math.ceil((bound(road.x, 1, Math.max) - originX) / TILE_CELLS) + 1;
  const rows = Math.ceil((bound(road.y, 1, Math.max) - originY) / TILE_CELLS) + 1;
  const x = road.x.map((value) => value - originX), y = road.y.map((value) => value - originY);
  const tileMap = new Uint16Array(rows * columns), numTiles = markTiles(x, y, reach, tileMap, columns);
  const map = { x, y, reach, tileMap, columns, closed: road.closed, gap: Math.trunc(OTHER_STRETCH_M / road.spacingM) };
  const nothing = new Uint16Array(numTiles * TILE_CELLS ** 2).fill(NO_SAMPLE);
  const nearest = nearestSamples(map, nothing), other = nearestSamples(map, nearest);
  const cells = new Uint32Array(nearest.length);
  for (let i = 0; i < cells.length; i++) cells[i] = (other[i] << 16) | nearest[i];
  return { originX, originY, rows, columns, tileMap, numTiles, cells, lane: laneTable(road, x, y) };
}

/** What is read of each sample: place, direction, curvature, widths and their slopes, arc length. */
function laneTable(road, x, y) {
  const lane = new Float32Array(road.count * LANE_COLUMNS);
  const slope = (widths, i) => {
    const [low, high] = road.closed ? [i - 1, i + 1] : [Math.max(i - 1, 0), Math.min(i + 1, road.count - 1)];
    return (widths[high % road.count] - widths.at(low)) / ((high - low) * road.spacingM);
  };
  for (let i = 0; i < road.count; i++) {
    const { left, right } = road, along = i * road.spacingM;
    const row = [x[i], y[i], road.cos[i], road.sin[i], road.curvature[i], left[i], right[i]];
    lane.set([...row, slope(left, i), slope(right, i), along], i * LANE_COLUMNS);
  }
  return lane;
}

/** Number the tiles that some sample reaches, from 1 on; returns how many tiles there are. */
function markTiles(x, y, reach, tileMap, columns) {
  const tileOf = (value) => Math.floor(value / TILE_CELLS);
  let count = 1;
  for (let i = 0; i < x.length; i++)
    for (let row = tileOf(y[i] - reach[i]); row <= tileOf(y[i] + reach[i]); row++)
      for (let column = tileOf(x[i] - reach[i]); column <= tileOf(x[i] + reach[i]); column++)
        if (tileMap[row * columns + column] === 0) tileMap[row * columns + column] = count++;
  return count;
}

/** Each cell's nearest sample that lies more than `gap` samples from the one in `besides`. */
function nearestSamples({ x, y, reach, tileMap, columns, closed, gap }, besides) {
  const nearest = new Uint16Array(besides.length).fill(NO_SAMPLE);
  const best = new Float64Array(besides.length).fill(Infinity), count = x.length;
  for (let i = 0; i < count; i++)
    for (let row = Math.floor(y[i] - reach[i]); row <= Math.floor(y[i] + reach[i]); row++)
      for (let column = Math.floor(x[i] - reach[i]); column <= Math.floor(x[i] + reach[i]); column++) {
        const distance2 = (column + 0.5 - x[i]) ** 2 + (row + 0.5 - y[i]) ** 2;
        const cell = (tileMap[(row >> 4) * columns + (column >> 4)] << 8) + ((row & 15) << 4) + (column & 15);
        if (distance2 > reach[i] * reach[i] || distance2 >= best[cell]) continue;
        const apart = Math.abs(i - besides[cell]), around = closed ? Math.min(apart, count - apart) : apart;
        if (besides[cell] === NO_SAMPLE || around > gap) [best[cell], nearest[cell]] = [distance2, i];
      }
  return nearest;
}

/** The word of the cell that holds a point (metres from the map's corner). */
export function cellAt({ rows, columns, tileMap, cells }, x, y) {
  const column = Math.floor(x), row = Math.floor(y);
  const tile = tileMap[clamp(row >> 4, 0, rows - 1) * columns + clamp(column >> 4, 0, columns - 1)];
  return cells[(tile << 8) + ((row & 15) << 4) + (column & 15)];
}
