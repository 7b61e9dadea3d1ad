// Cars as others see them: a few solids of flat faces on the ground plane, in the scene's light and haze.

import { cameraFromCar, centrePx, pitchRad } from "./lens.js";
import { lit, transmittance } from "./shading.js";

const NEAR_M = 0.2, GLASS = [0.1, 0.12, 0.15], RUBBER = [0.05, 0.05, 0.05], LAMP = [0.8, 0.05, 0.04];
// Of the lower and the upper side: height, from rear to front, from right to left, metres from the rear axle's middle.
const solid = (low, high, colour) => ({ rings: [low, high], colour });
const block = (bottom, top, rear, front, right, left, colour) =>
  solid([bottom, rear, front, right, left], [top, rear, front, right, left], colour);
const tyres = (right, left) => [0, 2.7].map((x) => block(0, 0.62, x - 0.31, x + 0.31, right, left, RUBBER));
const TYRES = [...tyres(-0.9, -0.7), ...tyres(0.7, 0.9)];
const RIGHT_TYRES = tyres(-0.94, -0.92), LEFT_TYRES = tyres(0.92, 0.94);
const SHADE = block(0.001, 0.01, -1, 3.7, -1.05, 1.05, [0, 0, 0]), SHADE_OPACITY = 0.45;
const BODY = [
  solid([0.22, -0.75, 3.45, -0.86, 0.86], [0.52, -0.85, 3.55, -0.92, 0.92]),
  solid([0.52, -0.85, 3.55, -0.92, 0.92], [0.85, -0.78, 3.4, -0.86, 0.86]),
  solid([0.85, -0.7, 2.35, -0.84, 0.84], [1.36, -0.1, 1.5, -0.66, 0.66], GLASS),
  solid([1.36, -0.1, 1.5, -0.66, 0.66], [1.42, 0, 1.4, -0.6, 0.6]),
];
const LAMPS = [-0.83, 0.55].map((right) => block(0.6, 0.74, -0.9, -0.84, right, right + 0.28, LAMP));
const SIDES = [[4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]];

const ringCorners = ([z, rear, front, right, left]) =>
  [[rear, right, z], [front, right, z], [front, left, z], [rear, left, z]];
const minus = (a, b) => a.map((value, i) => value - b[i]);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

/** The part of a polygon of the camera's frame that lies before the camera. */
function clipped(corners) {
  return corners.flatMap((corner, i) => {
    const before = corners.at(i - 1), share = (NEAR_M - before[2]) / (corner[2] - before[2]);
    const onPlane = corner.map((value, axis) => before[axis] + (value - before[axis]) * share);
    return [...(corner[2] > NEAR_M !== before[2] > NEAR_M ? [onPlane] : []), ...(corner[2] > NEAR_M ? [corner] : [])];
  });
}

/** A car's colour in the scene's light (0 to 1), for a face of unit normal at a distance. */
function shaded(scene, albedo, normal, distanceM) {
  const level = Math.cos(scene.sun_elevation_rad), azimuth = scene.sun_azimuth_rad, colour = [...albedo];
  const sun = [level * Math.cos(azimuth), level * Math.sin(azimuth), Math.sin(scene.sun_elevation_rad)];
  const lamp = (scene.headlight * 60) / (60 + 0.25 * (distanceM - 8) ** 2), sunlit = Math.max(0, dot(normal, sun));
  const clear = transmittance(scene.fog_per_m * distanceM);
  lit(scene, colour, { sunlit, lamp, mirror: 0, glow: 0, clear });
  return colour;
}

/**
 * What a viewer sees of cars {x, y, heading, colour, opacity}: faces {points: [[u, v], ...], colour, opacity} from far
 * to near; colours are from 0 to 1.
 */
export function carFaces(cars, camera, viewer, scene) {
  const r = cameraFromCar(pitchRad(camera)), [centreU, centreV] = centrePx(camera), { focal_px: focal } = camera;
  const cos = Math.cos(viewer.heading), sin = Math.sin(viewer.heading), { forward_m: ahead, side_m: side } = camera;
  const eye = [viewer.x + ahead * cos - side * sin, viewer.y + ahead * sin + side * cos, camera.height_m];
  const seen = (point) => {
    const [x, y, z] = minus(point, eye), [forward, left] = [x * cos + y * sin, y * cos - x * sin];
    return [0, 3, 6].map((row) => r[row] * forward + r[row + 1] * left + r[row + 2] * z);
  };
  const facesOf = (car, { rings, colour = car.colour }, opacity) => {
    const c = Math.cos(car.heading), s = Math.sin(car.heading);
    const corners = rings.flatMap(ringCorners).map(([x, y, z]) => [car.x + x * c - y * s, car.y + x * s + y * c, z]);
    return SIDES.flatMap((side) => {
      const [first, second, , last] = side.map((i) => corners[i]), out = minus(first, eye);
      const across = cross(minus(second, first), minus(last, first)), size = Math.hypot(...across);
      const inSight = dot(across, out) < 0 ? clipped(side.map((i) => seen(corners[i]))) : [];
      if (inSight.length < 3) return [];
      const points = inSight.map(([x, y, z]) => [centreU + (focal * x) / z, centreV + (focal * y) / z]);
      const normal = across.map((value) => value / size);
      return [{ points, colour: shaded(scene, colour, normal, Math.hypot(...out)), opacity }];
    });
  };
  const far2 = (car) => (car.x - eye[0]) ** 2 + (car.y - eye[1]) ** 2;
  return [...cars].sort((a, b) => far2(b) - far2(a)).flatMap((car) => {
    const { opacity = 1, heading } = car, c = Math.cos(heading), s = Math.sin(heading);
    const [x, y] = [eye[0] - car.x, eye[1] - car.y];
    const nearTyres = y * c > x * s ? LEFT_TYRES : RIGHT_TYRES, lamps = x * c + y * s < -0.9 ? LAMPS : [];
    const solids = [...TYRES, ...BODY, ...nearTyres, ...lamps];
    return [...facesOf(car, SHADE, SHADE_OPACITY * opacity), ...solids.flatMap((one) => facesOf(car, one, opacity))];
  });
}
