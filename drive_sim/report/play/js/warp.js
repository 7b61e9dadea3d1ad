// What the camera would have seen from a car shifted to the left and then turned to the left (data/warp.py): the
// picture moves as the ground plane below the horizon, by the turn alone above it. What the old picture did not show is
// found straight ahead of it, parallel to the old heading; beyond that it is mirrored at the edge.

import { centrePx, pitchRad } from "./lens.js";

const mirrored = (place, last) => Math.max(0, last - Math.abs(last - Math.abs(place)));

/** The pictures' bytes (h w 3) from `shiftM` further left, turned `turnRad` to the left about the rear axle. */
export function shiftRotate(picture, camera, shiftM, turnRad, out = new Uint8ClampedArray(picture.length)) {
  const { width_px: width, height_px: height, horizon_px: horizon, focal_px: focal } = camera;
  const [centreU, centreV] = centrePx(camera), cos = Math.cos(turnRad), sin = Math.sin(turnRad);
  const pitchCos = Math.cos(pitchRad(camera)), pitchSin = Math.sin(pitchRad(camera));
  const perRight = 1 / Math.max(width - 1 - centreU, 1), perLeft = -1 / Math.max(centreU, 1);
  for (let v = 0, at = 0; v < height; v++) {
    const isGround = v > horizon, depth = v - horizon, slope = (v - centreV) / focal;
    // A ray of the new camera in the car's axes, at a depth of 1, and a metre where it meets the ground or the sky.
    const forward = pitchCos - slope * pitchSin, down = pitchSin + slope * pitchCos;
    const perM = isGround ? down / camera.height_m : 0, mountForward = perM * camera.forward_m;
    // Straight ahead until the point is above the lower edge, inside both sides, and no higher than the upper edge.
    const nearest = isGround ? depth / Math.max(height - 1 - horizon, 1e-3) : 1e-3;
    const farthest = isGround && horizon < 0 ? depth / -horizon : 1e6;
    for (let u = 0; u < width; u++) {
      const carForward = forward + mountForward, carLeft = (centreU - u) / focal + perM * camera.side_m;
      const oldForward = cos * carForward - sin * carLeft - mountForward;
      const sideways = -focal * (sin * carForward + cos * carLeft + perM * (shiftM - camera.side_m));
      let ahead = Math.max(pitchCos * oldForward + pitchSin * down, nearest);
      if (isGround) ahead = Math.max(ahead, sideways * perRight, sideways * perLeft);
      const nearness = 1 / Math.min(ahead, farthest);
      const fromU = mirrored(centreU + sideways * nearness, width - 1);
      const fromV = mirrored(horizon + depth * nearness, height - 1);
      at = blend(picture, width, height, fromU, fromV, out, at);
    }
  }
  return out;
}

/** Writes one pixel, weighed from four neighbours; returns where the next one goes. */
function blend(picture, width, height, fromU, fromV, out, at) {
  const u = Math.trunc(fromU), v = Math.trunc(fromV), right = fromU - u, down = fromV - v;
  const here = 3 * (v * width + u), aside = u + 1 < width ? 3 : 0, below = v + 1 < height ? 3 * width : 0;
  for (let c = 0; c < 3; c++) {
    const i = here + c, upper = picture[i] + (picture[i + aside] - picture[i]) * right;
    const lower = picture[i + below] + (picture[i + below + aside] - picture[i + below]) * right;
    out[at++] = upper + (lower - upper) * down;
  }
  return at;
}
