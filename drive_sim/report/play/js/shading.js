// The colour of one ground point (sim/shading.py): scalar functions of distances, noise and light.

import { clamp } from "./geometry.js";

export const mixed = (below, above, share) => below + (above - below) * share;

/** Share of a pixel on the positive side of an edge: a step, box-filtered by the pixel's footprint. */
export const covered = (distanceM, sharpPerM) => clamp(distanceM * sharpPerM + 0.5, 0, 1);

const stripe = (placeM, fromM, toM, sharpPerM) => covered(placeM - fromM, sharpPerM) - covered(placeM - toM, sharpPerM);

function paintedLength(periods, share) {
  const whole = Math.floor(periods);
  return whole * share + Math.min(periods - whole, share);
}

/** Share of a pixel that lies on a painted line: one inside each edge, and a dashed one in the middle. */
export function linePaint(scene, dashesPerM, place) {
  const { left, right, sharp, along, halfAlong } = place, inset = scene.line_inset_m, width = scene.line_m;
  const edges = stripe(left, inset, inset + width, sharp) + stripe(right, inset, inset + width, sharp);
  const at = along * dashesPerM, half = halfAlong * dashesPerM, share = scene.dash_m / scene.dash_period_m;
  const dash = ((paintedLength(at + half, share) - paintedLength(at - half, share)) * 0.5) / half;
  const middle = stripe(0.5 * (right - left), -0.5 * width, 0.5 * width, sharp) * dash;
  return scene.line_strength * Math.min(edges + middle, 1);
}

/** How far a point lies in a wheel's track, 0 to 1: two soft ruts in each lane, lost in wide footprints. */
function wheelWear(laneShare, { left, right, sharp }) {
  const fromLaneM = Math.abs(0.5 * (Math.abs(right - left) - laneShare * (right + left)));
  const x = (fromLaneM - 0.75) * 2.2, rut = Math.max(1 - x * x, 0);
  return rut * rut * Math.min(sharp * 0.5, 1);
}

/** Verge (two greens in patches), shoulder, surface and paint into `out`; returns the surface's share. */
export function roadAlbedo(scene, laneShare, place, fine, coarse, linesShare, out) {
  const { left, right, sharp } = place, patch = clamp(0.4 + 0.9 * coarse, 0, 1);
  const vergeGain = 1 + scene.texture_amplitude * (1.8 * fine + coarse);
  // Both edges count, so that a road narrower than a pixel still gets its share.
  const surface = Math.max(covered(left, sharp) + covered(right, sharp) - 1, 0);
  const reachM = scene.shoulder_m * (1 + coarse + 0.5 * fine);
  const shoulder = covered(Math.min(left, right) + reachM, sharp * 0.7);
  const shoulderGain = 1 + 1.5 * scene.texture_amplitude * fine;
  const wear = scene.wheel_track * wheelWear(laneShare, place);
  const gain = 1 + scene.texture_amplitude * (fine + 0.4 * coarse) + wear;
  const paint = linesShare * (1 - 0.5 * Math.abs(scene.texture_amplitude * fine));
  for (let c = 0; c < 3; c++) {
    const verge = mixed(scene.verge[c], scene.verge_patch[c], patch) * vergeGain;
    const ground = mixed(verge, scene.shoulder[c] * shoulderGain, shoulder);
    out[c] = mixed(ground, mixed(scene.surface[c] * gain, scene.line[c], paint), surface);
  }
  return surface;
}

/** What gets through haze: exp(-z) as (1 - z/16)^16, which ends at z = 16. */
export const transmittance = (hazeDepth) => Math.max(1 - hazeDepth * 0.0625, 0) ** 16;

/** Light on an albedo, in place: sky, sun and headlight, the sky mirrored in what is wet, behind haze. */
export function lit(scene, albedo, { sunlit, lamp, mirror, glow, clear }) {
  for (let c = 0; c < 3; c++) {
    const haze = scene.haze[c] + scene.glow[c] * glow;
    const light = scene.sky_light[c] + scene.sun_light[c] * sunlit + lamp;
    albedo[c] = mixed(haze, mixed(albedo[c] * light, haze, mirror), clear);
  }
}
