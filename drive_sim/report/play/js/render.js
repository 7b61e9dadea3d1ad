// The camera (sim/render.py, sim/draw.py, sim/lane_rows.py): what a car sees, pixel by pixel, without sensor noise.

import { clamp } from "./geometry.js";
import { groundNoise, octavesOf, sunlight } from "./ground_noise.js";
import { LANE_COLUMNS, NO_SAMPLE, cellAt } from "./lane_grid.js";
import { linePaint, lit, roadAlbedo, transmittance } from "./shading.js";
import { columnsOf, skyRow } from "./sky.js";

/** A picture (h w 3 or 4, bytes) for a car {x, y, heading} on a world {road, grid, scene, textures} through a lens. */
export function render(world, lens, car, pixelBytes = 3) {
  const { scene, textures } = world, columns = columnsOf(scene, lens, textures.hills, car.heading);
  const colour = [0, 0, 0], picture = new Uint8ClampedArray(lens.widthPx * lens.heightPx * pixelBytes);
  for (let v = 0, at = 0; v < lens.heightPx; v++) {
    const draw = lens.rows[v].seesGround
      ? groundRow(world, lens, car, v)
      : skyRow(scene, lens, textures.tiles, car.heading, v);
    for (let u = 0; u < lens.widthPx; u++, at += pixelBytes) {
      draw(u, columns[u], colour);
      const gain = 255 * (1 - columns[u].vignette);
      for (let c = 0; c < 3; c++) picture[at + c] = Math.trunc(clamp(colour[c] * gain, 0, 255) + 0.5);
      if (pixelBytes === 4) picture[at + 3] = 255;
    }
  }
  return picture;
}

/** The ground points that a row sees: the first, the step a column, and how far the next row up is off. */
function groundLine(row, lens, car) {
  const cos = Math.cos(car.heading), sin = Math.sin(car.heading);
  const { forwardM, leftM, leftStepM, depthStepM, stretch } = row, asideM = stretch * (leftM - lens.mountLeftM);
  return {
    x: car.x + forwardM * cos - leftM * sin, y: car.y + forwardM * sin + leftM * cos,
    stepX: -leftStepM * sin, stepY: leftStepM * cos, widthM: Math.abs(leftStepM), depthM: Math.abs(depthStepM), stretch,
    deepX: depthStepM * cos - asideM * sin, deepY: depthStepM * sin + asideM * cos,
    distanceM: Math.abs(forwardM - lens.mountForwardM),
  };
}

/** Dashes a metre of the middle line: a whole number in a lap. */
export const dashesPerM = (lengthM, scene) => Math.max(1, Math.floor(lengthM / scene.dash_period_m + 0.5)) / lengthM;

/** A row of ground, as a function of the column that fills `out`. */
function groundRow({ road, grid, scene, textures }, lens, car, v) {
  const line = groundLine(lens.rows[v], lens, car), { tiles } = textures, far = line.distanceM;
  const octaves = scene.texture_amplitude > 0 ? octavesOf(textures.octaves, line, lens.maxTaps) : [];
  const headlight = (scene.headlight * 60) / (60 + 0.25 * (far - 8) ** 2), wet = (scene.wet * far) / (far + 12);
  const laneShare = road.lines === "two-lane" ? 0.5 : 0, isPainted = laneShare > 0 && scene.line_strength > 0;
  const dashes = dashesPerM(road.lengthM, scene), noise = [0, 0], light = { mirror: 0 };
  return (u, column, out) => {
    const x = line.x + u * line.stepX, y = line.y + u * line.stepY;
    groundNoise(tiles, octaves, line, u, noise);
    light.sunlit = sunlight(tiles, scene, line, x, y);
    light.lamp = headlight * column.head;
    light.glow = column.glow;
    light.clear = transmittance(scene.fog_per_m * far * column.range);
    const place = placeOnRoad(grid, line, x, y, u), paint = isPainted ? linePaint(scene, dashes, place) : 0;
    light.mirror = wet * roadAlbedo(scene, laneShare, place, noise[0], noise[1], paint, out);
    lit(scene, out, light);
  };
}

const FAR_OFF = { left: -1e6, right: -1e6, along: 0, sharp: 1, halfAlong: 1 };

/** {left, right, along, sharp, halfAlong} of a ground point, by the nearer of the stretches that it may lie on. */
function placeOnRoad(grid, line, x, y, u) {
  const mapX = x - grid.originX, mapY = y - grid.originY, word = cellAt(grid, mapX, mapY);
  if ((word & NO_SAMPLE) === NO_SAMPLE) return FAR_OFF;
  const place = projected(grid, word & NO_SAMPLE, line, mapX, mapY, u), other = word >>> 16;
  if (other === NO_SAMPLE) return place;
  const second = projected(grid, other, line, mapX, mapY, u);
  return Math.min(place.left, place.right) > Math.min(second.left, second.right) ? place : second;
}

/** A ground point in the frame of a lane sample, curved with it to second order. */
function projected({ lane }, sample, line, mapX, mapY, u) {
  const at = sample * LANE_COLUMNS, cos = lane[at + 2], sin = lane[at + 3], curvature = lane[at + 4];
  const x = mapX - lane[at], y = mapY - lane[at + 1], t = x * cos + y * sin, n = y * cos - x * sin;
  const gone = t / Math.max(1 - curvature * n, 0.2), across = n - 0.5 * curvature * t * gone;
  const stepT = line.stepX * cos + line.stepY * sin, stepN = line.stepY * cos - line.stepX * sin;
  const deepX = line.deepX + u * line.stretch * line.stepX, deepY = line.deepY + u * line.stretch * line.stepY;
  const deepT = deepX * cos + deepY * sin, deepN = deepY * cos - deepX * sin;
  return {
    left: lane[at + 5] + lane[at + 7] * gone - across,
    right: lane[at + 6] + lane[at + 8] * gone + across,
    along: lane[at + 9] + gone,
    // The footprint's two sides, across and along the lane: a box of the same spread as both of them together.
    sharp: 1 / Math.sqrt(stepN * stepN + deepN * deepN + 1e-8),
    halfAlong: 0.5 * Math.sqrt(stepT * stepT + deepT * deepT + 1e-8),
  };
}
