// Where each row and column of a pinhole camera over flat ground looks (sim/camera.py, sim/lens.py).

const HORIZON_GAP_PX = 0.3;

/** Column and row of the optical axis. */
export const centrePx = (camera) => [
  camera.principal_x_px ?? (camera.width_px - 1) / 2,
  camera.principal_y_px ?? (camera.height_px - 1) / 2,
];

/** How far down a camera looks. */
export const pitchRad = (camera) => Math.atan2(centrePx(camera)[1] - camera.horizon_px, camera.focal_px);

/** The tables of one camera: per row where it sees the ground, and the sky; per column its bearing. */
export function makeLens(camera) {
  const { focal_px: focalPx, horizon_px: horizonPx, height_m: heightM } = camera, [centreU, centreV] = centrePx(camera);
  const cos = Math.cos(pitchRad(camera)), sin = Math.sin(pitchRad(camera));
  const rows = Array.from({ length: camera.height_px }, (_, v) => {
    // A ray goes `ahead` and `down` along the car's axes, to the left by `left`; at a depth of 1 along the optical one.
    const slope = (v - centreV) / focalPx, ahead = cos - slope * sin, down = sin + slope * cos, depthM = heightM / down;
    return {
      seesGround: v > horizonPx + HORIZON_GAP_PX, up: -down, ahead, forwardM: camera.forward_m + depthM * ahead,
      depthStepM: depthM / down / focalPx, leftM: camera.side_m + (depthM * centreU) / focalPx,
      leftStepM: -depthM / focalPx, stretch: 1 / (v - horizonPx),
    };
  });
  const left = Float64Array.from({ length: camera.width_px }, (_, u) => (centreU - u) / focalPx);
  const bearingTurns = left.map((value) => Math.atan2(value, 1 / cos) / (2 * Math.PI));
  return {
    rows, left, bearingTurns, focalPx, horizonPx, widthPx: camera.width_px, heightPx: camera.height_px,
    mountForwardM: camera.forward_m, mountLeftM: camera.side_m,
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
