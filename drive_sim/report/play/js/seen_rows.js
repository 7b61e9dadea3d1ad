// What depends on the row or the column of a picture alone, once a picture, for both renderers (sim/lens.py,
// sim/sky.py, sim/ground_noise.py): records of shading.glsl. Noise is one look-up a pixel, also through long lenses.

import { Column, Line, SkyRow, glowAt } from "../glsl/shading.glsl";
import { TWO_PI, clamp, mix, modulo, wrapAngle } from "./geometry.js";
import { TILE } from "./tiles.js";

/** How much of an octave outlives a footprint: nothing from three texels on, where its shortest waves alias. */
const kept = (footprintTexels) => Math.max(0, 1 - (footprintTexels * footprintTexels) / 9) ** 2;

/** A row of ground for a car {x, y, heading}. */
function groundLine({ scene, textures }, lens, row, car) {
  const { forwardM, leftM, leftStepM, depthStepM, stretch } = row, asideM = stretch * (leftM - lens.mountLeftM);
  const cos = Math.cos(car.heading), sin = Math.sin(car.heading), farM = Math.abs(forwardM - lens.mountForwardM);
  const [x, y] = [car.x + forwardM * cos - leftM * sin, car.y + forwardM * sin + leftM * cos];
  const [deepX, deepY] = [depthStepM * cos - asideM * sin, depthStepM * sin + asideM * cos];
  const lamp = (scene.headlight * 60) / (60 + 0.25 * (farM - 8) ** 2), wet = (scene.wet * farM) / (farM + 12);
  // Where footprints grow, blobs of soft edges take over from those of sharp edges.
  const texels = (depthStepM / scene.shadow_size_m) * TILE, sharp = clamp(2 - 0.5 * texels, 0, 1);
  const shades = [sharp, (1 - sharp) * kept(texels / 8)].map((share) => 0.5 * scene.shadow * share);
  const gains = textures.octaves.map(({ strength, texelM }) =>
    scene.texture_amplitude > 0 ? strength * kept(depthStepM / texelM) * kept(leftStepM / texelM) : 0);
  const haze = scene.fog_per_m * farM, step = [-leftStepM * sin, leftStepM * cos];
  return Line(x, y, ...step, deepX, deepY, stretch, haze, lamp, wet, ...shades, ...gains);
}

/** A row above the horizon. Clouds turn but never come nearer. */
function skyRow({ scene }, { ahead, up: rayUp }, headingRad) {
  const up = Math.max(rayUp, 0), spread = 0.1 / (up + 0.1), off = up / ahead - scene.sun_elevation_rad;
  const cos = spread * Math.cos(headingRad), sin = spread * Math.sin(headingRad);
  const cloud = scene.cloud * 1.5 * Math.min(1, 6 * up), rise = 1 - Math.exp((-4 * up) / ahead);
  return SkyRow(ahead * cos, ahead * sin, -sin, cos, cloud, rise, Math.exp((-60 * up) / ahead), off * off);
}

/** What a car sees of a world {scene, textures}: a Line or a SkyRow each row. */
export const rowsOf = (world, lens, car) =>
  lens.rows.map((row) => (row.seesGround ? groundLine(world, lens, row, car) : skyRow(world, row, car.heading)));

/** A Column each column. */
export function columnsOf({ scene, textures }, lens, headingRad) {
  const { left, bearingTurns, focalPx, horizonPx } = lens, widest = Math.abs(left[0] - left[left.length - 1]);
  const perHalfWidth = 2 / Math.max(1e-6, widest), { hills } = textures;
  return Array.from(left, (aside, u) => {
    const range = Math.sqrt(1 + aside * aside), beam = aside * aside * 4.84;
    const azimuth = modulo(headingRad / TWO_PI, 1) + bearingTurns[u];
    const sunOff2 = wrapAngle(azimuth * TWO_PI - scene.sun_azimuth_rad) ** 2;
    const place = modulo(azimuth, 1) * hills.length, whole = Math.trunc(place);
    const rise = mix(hills[whole % hills.length], hills[(whole + 1) % hills.length], place - whole);
    const glow = glowAt(scene, sunOff2 + scene.sun_elevation_rad ** 2), head = 1 / (1 + beam * beam);
    const vignette = scene.vignette * (aside * perHalfWidth) ** 2;
    return Column(range, vignette, head, glow, aside, sunOff2, horizonPx - focalPx * scene.hill_rad * rise * range);
  });
}
