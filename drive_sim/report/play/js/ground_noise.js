// World-fixed noise (sim/texture.py, sim/ground_noise.py): periodic tiles of 128 x 128 bytes, looked up and blended.
// Only waves longer than a pixel's footprint are drawn, each octave fading out as the footprint nears them.

export const TILE = 128;
export const CLOUD_TILE = 3;
const NOISE_TILE = 0, BLOB_TILE = 1, SOFT_TILE = 2;

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

/** How much of an octave outlives a footprint: nothing from three texels on, where its shortest waves alias. */
export function kept(footprintTexels) {
  const left = Math.max(0, 1 - (footprintTexels * footprintTexels) / 9);
  return left * left;
}

/** Which octaves a row of the picture shows: [{cos, sin, gain, taps, isCoarse}], strengths within the footprint. */
export function octavesOf(octaves, line, maxTaps) {
  return octaves
    .map(({ cos, sin, strength, texelM, isCoarse }) => {
      const taps = Math.min(maxTaps, 1 + Math.trunc(line.depthM / texelM));
      const gain = (strength * kept(line.depthM / (taps * texelM)) * kept(line.widthM / texelM)) / taps;
      return { cos, sin, gain, taps, isCoarse };
    })
    .filter(({ gain }) => gain > 0);
}

/** Fills `noise` with [fine, coarse] at a column of a row. */
export function groundNoise(tiles, octaves, line, column, noise) {
  noise[0] = noise[1] = 0;
  for (const { cos, sin, gain, taps, isCoarse } of octaves)
    for (let tap = 0; tap < taps; tap++) {
      const deeper = (tap + 0.5) / taps - 0.5, wider = (1 + deeper * line.stretch) * column;
      const x = line.x + deeper * line.deepX + wider * line.stepX;
      const y = line.y + deeper * line.deepY + wider * line.stepY;
      noise[isCoarse ? 1 : 0] += gain * lookUp(tiles, NOISE_TILE, x * cos + y * sin, y * cos - x * sin);
    }
}

/** Light that trees let through at a ground point, 0 to 1: blobs stretched along the sun's direction. */
export function sunlight(tiles, scene, line, x, y) {
  if (scene.shadow <= 0) return 1;
  const perM = 1 / scene.shadow_size_m, texels = line.depthM * perM * TILE;
  const cos = Math.cos(scene.sun_azimuth_rad) * perM, sin = Math.sin(scene.sun_azimuth_rad) * perM;
  const across = 0.3 * (x * cos + y * sin), down = y * cos - x * sin;
  // Where footprints grow, blobs of soft edges take over from those of sharp edges.
  const sharp = Math.min(Math.max(2 - 0.5 * texels, 0), 1), soft = (1 - sharp) * kept(texels / 8);
  let light = 1 - 0.5 * scene.shadow;
  if (sharp > 0) light -= 0.5 * scene.shadow * sharp * lookUp(tiles, BLOB_TILE, across, down);
  if (soft > 0) light -= 0.5 * scene.shadow * soft * lookUp(tiles, SOFT_TILE, across, down);
  return light;
}
