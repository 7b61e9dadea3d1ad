// Where each row and column of a pinhole camera over flat ground looks (sim/camera.py, sim/lens.py).

import { inverted, multiplied } from "./geometry.js";

const HORIZON_GAP_PX = 0.3, SHARP_FOCAL_PX = 300;

/** The camera's pinhole matrix. */
export function intrinsics(camera) {
  const { focal_px: f } = camera, [u, v] = centrePx(camera);
  return Float64Array.of(f, 0, u, 0, f, v, 0, 0, 1);
}

/** Column and row of the optical axis. */
export const centrePx = (camera) => [
  camera.principal_x_px ?? (camera.width_px - 1) / 2,
  camera.principal_y_px ?? (camera.height_px - 1) / 2,
];

/** Rotation from the car's frame into the camera's (x right, y down, z forward), which looks down by its pitch. */
export function cameraFromCar(camera) {
  const pitch = Math.atan2(centrePx(camera)[1] - camera.horizon_px, camera.focal_px);
  const cos = Math.cos(pitch), sin = Math.sin(pitch);
  return Float64Array.of(0, -1, 0, -sin, 0, -cos, cos, 0, -sin);
}

/** Homography from ground points (x, y, 1) of the car frame to homogeneous pixels, depth in metres last. */
export function imageFromGround(camera) {
  const ground = [1, 0, -camera.forward_m, 0, 1, -camera.side_m, 0, 0, -camera.height_m]; // From the camera on.
  return multiplied(intrinsics(camera), multiplied(cameraFromCar(camera), ground));
}

/** The tables of one camera: per row where it sees the ground, and the sky; per column its bearing. */
export function makeLens(camera) {
  const [, forwardV, forward1, leftU, leftV, left1, , wV, w1] = inverted(imageFromGround(camera));
  const [centreU, centreV] = centrePx(camera), [, , , , , , cos, , minusSin] = cameraFromCar(camera), sin = -minusSin;
  const rows = Array.from({ length: camera.height_px }, (_, v) => {
    const w = wV * v + w1, forwardM = (forwardV * v + forward1) / w, down = (v - centreV) / camera.focal_px;
    return {
      seesGround: v > camera.horizon_px + HORIZON_GAP_PX, up: -sin - down * cos, ahead: cos - down * sin, forwardM,
      depthStepM: (forwardM * wV - forwardV) / w, leftM: (leftV * v + left1) / w, leftStepM: leftU / w, stretch: wV / w,
    };
  });
  const left = Float64Array.from({ length: camera.width_px }, (_, u) => (centreU - u) / camera.focal_px);
  const bearingTurns = left.map((value) => Math.atan2(value, 1 / cos) / (2 * Math.PI));
  return {
    rows, left, bearingTurns, cosPitch: cos, sinPitch: sin, centrePx: [centreU, centreV], focalPx: camera.focal_px,
    widthPx: camera.width_px, heightPx: camera.height_px, horizonPx: camera.horizon_px,
    mountForwardM: camera.forward_m, mountLeftM: camera.side_m,
    maxTaps: camera.focal_px >= SHARP_FOCAL_PX ? 4 : 1,
  };
}

/** The same view on a picture of another size. */
export function resized(camera, widthPx, heightPx) {
  const scale = widthPx / camera.width_px, [u, v] = centrePx(camera);
  const liftPx = Math.max(0, heightPx - scale * camera.height_px) * 0.75, scaled = (px) => (px + 0.5) * scale - 0.5;
  return {
    ...camera, width_px: widthPx, height_px: heightPx, focal_px: camera.focal_px * scale, principal_x_px: scaled(u),
    principal_y_px: scaled(v) + liftPx, horizon_px: scaled(camera.horizon_px) + liftPx,
  };
}
