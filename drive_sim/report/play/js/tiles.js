// Periodic tiles of 128 x 128 bytes, looked up and blended: the noise that is fixed to the world (sim/texture.py).

export const TILE = 128;

/** A tile's noise, -1 to 1, at a place given in periods of the tile. */
export function lookUp(tiles, tile, across, down) {
  const a = (across - Math.floor(across)) * TILE, d = (down - Math.floor(down)) * TILE;
  const column = Math.min(Math.trunc(a), TILE - 1), row = Math.min(Math.trunc(d), TILE - 1);
  const right = a - column, below = d - row, nextColumn = (column + 1) & (TILE - 1);
  const upperRow = tile * TILE * TILE + row * TILE, lowerRow = tile * TILE * TILE + ((row + 1) & (TILE - 1)) * TILE;
  const upper = tiles[upperRow + column] + (tiles[upperRow + nextColumn] - tiles[upperRow + column]) * right;
  const lower = tiles[lowerRow + column] + (tiles[lowerRow + nextColumn] - tiles[lowerRow + column]) * right;
  return (upper + (lower - upper) * below - 127.5) / 127.5;
}
