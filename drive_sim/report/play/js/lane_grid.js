// A map from ground points to the nearest sample of the lane (sim/lane_grid.py): cells of 1 m in tiles of 16 x 16, and
// only tiles near the road exist. A cell is one word: its nearest sample in the low half and, where the road passes
// near itself, that of the other stretch in the high half.

export const TILE_CELLS = 16;
export const NO_SAMPLE = 0xffff;
export const LANE_COLUMNS = 10;
const MARGIN_M = 5, OTHER_STRETCH_M = 40;

/** {originX, originY, rows, columns, tileMap, numTiles, cells, lane} of a road; made once a road. */
export function makeLaneGrid(road) {
  const reach = road.left.map((left, i) => Math.max(left, road.right[i]) + MARGIN_M);
  const bound = (values, sign, pick) => {
    let best = -sign * Infinity;
    for (let i = 0; i < values.length; i++) best = pick(best, values[i] + sign * reach[i]);
    return best + sign;
  };
  const originX = bound(road.x, -1, Math.min), originY = bound(road.y, -1, Math.min);
  const columns = Math.ceil((bound(road.x, 1, Math.max) - originX) / TILE_CELLS);
  const rows = Math.ceil((bound(road.y, 1, Math.max) - originY) / TILE_CELLS);
  const x = road.x.map((value) => value - originX), y = road.y.map((value) => value - originY);
  const tileMap = new Int32Array(rows * columns).fill(-1), numTiles = markTiles(x, y, reach, tileMap, columns);
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
    if (road.closed) {
      const after = widths[(i + 1) % road.count], before = widths[(i + road.count - 1) % road.count];
      return (after - before) / (2 * road.spacingM);
    }
    const low = Math.max(i - 1, 0), high = Math.min(i + 1, road.count - 1);
    return (widths[high] - widths[low]) / ((high - low) * road.spacingM);
  };
  for (let i = 0; i < road.count; i++) {
    const { left, right } = road, along = i * road.spacingM;
    const row = [x[i], y[i], road.cos[i], road.sin[i], road.curvature[i], left[i], right[i]];
    lane.set([...row, slope(left, i), slope(right, i), along], i * LANE_COLUMNS);
  }
  return lane;
}

/** Number the tiles that some sample reaches; returns how many. */
function markTiles(x, y, reach, tileMap, columns) {
  const tileOf = (value) => Math.floor(value / TILE_CELLS);
  let count = 0;
  for (let i = 0; i < x.length; i++)
    for (let row = tileOf(y[i] - reach[i]); row <= tileOf(y[i] + reach[i]); row++)
      for (let column = tileOf(x[i] - reach[i]); column <= tileOf(x[i] + reach[i]); column++)
        if (tileMap[row * columns + column] < 0) tileMap[row * columns + column] = count++;
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

/** The word of the cell that holds a point (metres from the map's corner); outside the map, no sample. */
export function cellAt(grid, x, y) {
  const column = Math.floor(x), row = Math.floor(y);
  if (column < 0 || row < 0 || column >= grid.columns * TILE_CELLS || row >= grid.rows * TILE_CELLS) return 0xffffffff;
  const tile = grid.tileMap[(row >> 4) * grid.columns + (column >> 4)];
  return tile < 0 ? 0xffffffff : grid.cells[(tile << 8) + ((row & 15) << 4) + (column & 15)];
}
