// The camera (sim/render.py, sim/draw.py, sim/lane_rows.py): what a car sees, pixel by pixel, without sensor noise.

import { Frame, cloudAt, coarseNoise, coverOf, fineNoise, lightOn, lit, projected, roadAlbedo, skyColour, sunlight }
  from "../glsl/shading.glsl";
import { clamp } from "./geometry.js";
import { LANE_COLUMNS, NO_SAMPLE, cellAt } from "./lane_grid.js";
import { columnsOf, rowsOf } from "./seen_rows.js";

/** A picture (h w 3 or 4, bytes) for a car {x, y, heading} on a world {road, grid, scene, textures} through a lens. */
export function render(world, lens, car, pixelBytes = 3) {
  const columns = columnsOf(world, lens, car.heading), lanes = lanesOf(world), colour = [0, 0, 0];
  const picture = new Uint8ClampedArray(lens.widthPx * lens.heightPx * pixelBytes).fill(255);
  let at = 0;
  rowsOf(world, lens, car).forEach((row, v) => {
    for (let u = 0; u < lens.widthPx; u++, at += pixelBytes) {
      if (lens.rows[v].seesGround) groundPixel(world, lanes, row, columns[u], u, colour);
      else skyPixel(world, row, columns[u], v, colour);
      const gain = 255 * (1 - columns[u].vignette);
      for (let c = 0; c < 3; c++) picture[at + c] = Math.trunc(clamp(colour[c] * gain, 0, 255) + 0.5);
    }
  });
  return picture;
}

/** {laneShare, dashesPerM}: how a road's surface is shared by its lanes, and its dashes: a whole number in a lap. */
export function lanesOf({ road: { lines, lengthM }, scene }) {
  const numDashes = Math.max(1, Math.floor(lengthM / scene.dash_period_m + 0.5));
  return { laneShare: lines === "two-lane" ? 0.5 : 0, dashesPerM: numDashes / lengthM };
}

function groundPixel({ grid, scene, textures: { tiles, octaves } }, lanes, line, column, u, out) {
  const x = line.x + u * line.stepX, y = line.y + u * line.stepY, place = placeOnRoad(grid, line, x, y, u);
  const fine = fineNoise(line, octaves, tiles, x, y), coarse = coarseNoise(line, octaves, tiles, x, y);
  const cover = coverOf(scene, lanes.laneShare, lanes.dashesPerM, place, fine, coarse);
  const light = lightOn(line, column, cover.surface, sunlight(scene, line, tiles, x, y));
  for (let c = 0; c < 3; c++) out[c] = lit(scene.channels[c], roadAlbedo(scene.channels[c], cover), light);
}

function skyPixel({ scene, textures }, row, column, v, out) {
  const cloud = cloudAt(row, column, textures.tiles);
  for (let c = 0; c < 3; c++) out[c] = skyColour(scene.channels[c], row, column, v, cloud);
}

const FAR_OFF = { left: -1e6, right: -1e6, along: 0, sharp: 1, halfAlong: 1 };

/** The Place of a ground point, by the nearer of the stretches that it may lie on. */
function placeOnRoad(grid, line, x, y, u) {
  const mapX = x - grid.originX, mapY = y - grid.originY, word = cellAt(grid, mapX, mapY), other = word >>> 16;
  if ((word & NO_SAMPLE) === NO_SAMPLE) return FAR_OFF;
  const place = placeAtSample(grid.lane, word & NO_SAMPLE, line, mapX, mapY, u);
  if (other === NO_SAMPLE) return place;
  const second = placeAtSample(grid.lane, other, line, mapX, mapY, u);
  return Math.min(place.left, place.right) > Math.min(second.left, second.right) ? place : second;
}

function placeAtSample(lane, sample, line, mapX, mapY, u) {
  const i = sample * LANE_COLUMNS, left = lane[i + 5], right = lane[i + 6];
  const frame = Frame(lane[i + 2], lane[i + 3], lane[i + 4], left, right, lane[i + 7], lane[i + 8], lane[i + 9]);
  return projected(frame, line, mapX - lane[i], mapY - lane[i + 1], u);
}
