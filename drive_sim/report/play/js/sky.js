// What lies at infinity: sky, sun, clouds and hills (sim/sky.py).

import { TWO_PI, clamp, modulo, wrapAngle } from "./geometry.js";
import { CLOUD_TILE, lookUp } from "./ground_noise.js";
import { covered, mixed } from "./shading.js";

const SUN_RAD = 0.02;

/** The sun's glow at a squared angle from it. */
const glowAt = (off2, perGlow2) => 1 / (1 + off2 * perGlow2) ** 2;

/** What depends on the column alone, once a picture: [{range, vignette, head, sunOff2, glow, hillRow}]. */
export function columnsOf(scene, lens, hills, headingRad) {
  const { left, bearingTurns, focalPx, horizonPx } = lens, widest = Math.abs(left[0] - left[left.length - 1]);
  const perHalfWidth = 2 / Math.max(1e-6, widest), perGlow2 = 1 / scene.glow_rad ** 2;
  return Array.from(left, (aside, u) => {
    const range = Math.sqrt(1 + aside * aside), beam = aside * aside * 4.84;
    const azimuth = modulo(headingRad / TWO_PI, 1) + bearingTurns[u];
    const off = wrapAngle(azimuth * TWO_PI - scene.sun_azimuth_rad);
    const place = modulo(azimuth, 1) * hills.length, whole = Math.trunc(place);
    const rise = mixed(hills[whole % hills.length], hills[(whole + 1) % hills.length], place - whole);
    const sunOff2 = off * off, glow = glowAt(sunOff2 + scene.sun_elevation_rad ** 2, perGlow2);
    const vignette = scene.vignette * (aside * perHalfWidth) ** 2, head = 1 / (1 + beam * beam);
    return { range, vignette, head, sunOff2, glow, hillRow: horizonPx - focalPx * scene.hill_rad * rise * range };
  });
}

/** A row above the horizon, as a function of the column that fills `out`. Clouds turn but never come nearer. */
export function skyRow(scene, lens, tiles, headingRad, v) {
  const { ahead } = lens.rows[v], up = Math.max(lens.rows[v].up, 0);
  const cos = Math.cos(headingRad), sin = Math.sin(headingRad), spread = 0.1 / (up + 0.1);
  const cloud = scene.cloud * 1.5 * Math.min(1, 6 * up), perGlow2 = 1 / scene.glow_rad ** 2;
  const rise = 1 - Math.exp((-4 * up) / ahead), far = Math.exp((-60 * up) / ahead);
  const off = up / ahead - scene.sun_elevation_rad, off2 = off * off;
  return (u, column, out) => {
    const left = lens.left[u], sunOff2 = off2 + column.sunOff2;
    const across = spread * (ahead * cos - left * sin), down = spread * (ahead * sin + left * cos);
    const white = cloud > 0 ? Math.max(cloud * lookUp(tiles, CLOUD_TILE, across, down), 0) : 0;
    const glow = glowAt(sunOff2, perGlow2) + 4 * clamp((SUN_RAD * SUN_RAD - sunOff2) * 6000, 0, 1);
    const hill = covered(v - column.hillRow, 1);
    for (let c = 0; c < 3; c++) {
      const shine = scene.glow[c] * glow, horizon = scene.horizon[c];
      const sky = mixed(mixed(horizon, scene.zenith[c], rise), horizon * 1.08, white) + shine;
      out[c] = mixed(sky, mixed(scene.hill[c], scene.haze[c] + shine, far), hill);
    }
  };
}
