// What the camera would have seen from a car shifted to the left and then turned to the left (data/warp.py): the
// picture moves by the ground plane's homography below the horizon, by the turn alone above it. What the old picture
// did not show is found straight ahead of it, parallel to the old heading; beyond that it is mirrored at the edge.

import { inverted, multiplied } from "./geometry.js";
import { cameraFromCar, centrePx, imageFromGround, intrinsics } from "./lens.js";

function oldFromNew(shiftM, turnRad) {
  const cos = Math.cos(turnRad), sin = Math.sin(turnRad);
  return [cos, -sin, 0, sin, cos, shiftM, 0, 0, 1];
}

/** The coefficients [l, z] (column, row, 1) of where a pixel of a plane comes from. */
function sourcePlane(camera, imageFromPlane, motion) {
  const h = multiplied(multiplied(imageFromPlane, motion), inverted(imageFromPlane)), centreU = centrePx(camera)[0];
  // No plane moves the horizon, so this is a multiple of (0, 1, -horizon): it tells the homography's scale.
  const scale = h[4] - camera.horizon_px * h[7];
  return [0, 3].map((part) => [0, 1, 2].map((i) => (part ? h[6 + i] : h[i] - centreU * h[6 + i]) / scale));
}

const mirrored = (place, last) => Math.max(0, last - Math.abs(last - Math.abs(place)));

/** The pictures' bytes (h w 3) from `shiftM` further left, turned `turnRad` to the left about the rear axle. */
export function shiftRotate(picture, camera, shiftM, turnRad, out = new Uint8ClampedArray(picture.length)) {
  const { width_px: width, height_px: height, horizon_px: horizon } = camera, centreU = centrePx(camera)[0];
  const direction = multiplied(intrinsics(camera), cameraFromCar(camera));
  const sky = sourcePlane(camera, direction, oldFromNew(0, turnRad));
  const ground = sourcePlane(camera, imageFromGround(camera), oldFromNew(shiftM, turnRad));
  const perRight = 1 / Math.max(width - 1 - centreU, 1), perLeft = -1 / Math.max(centreU, 1);
  for (let v = 0, at = 0; v < height; v++) {
    const isGround = v > horizon, depth = v - horizon, [l, z] = isGround ? ground : sky;
    // Straight ahead until the point is above the lower edge, inside both sides, and no higher than the upper edge.
    const nearest = isGround ? depth / Math.max(height - 1 - horizon, 1e-3) : 1e-3;
    const farthest = isGround && horizon < 0 ? depth / -horizon : 1e6;
    for (let u = 0; u < width; u++) {
      const sideways = l[0] * u + l[1] * v + l[2];
      let ahead = Math.max(z[0] * u + z[1] * v + z[2], nearest);
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
