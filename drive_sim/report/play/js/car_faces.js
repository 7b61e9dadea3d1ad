// Cars as others see them: a few solids of flat faces on the ground plane, in the scene's light and haze.

import { Light, lit, transmittance } from "../glsl/shading.glsl";
import { intoFrame } from "./geometry.js";
import { centrePx, pitchRad } from "./lens.js";

const NEAR_M = 0.2, GLASS = [0.1, 0.12, 0.15], RUBBER = [0.05, 0.05, 0.05], LAMP = [0.8, 0.05, 0.04], BLACK = [0, 0, 0];
// Of the lower and the upper side: height, from rear to front, from right to left, metres from the rear axle's middle.
const solid = (low, high, colour) => ({ rings: [low, high], colour });
const block = (bottom, top, ...sides) => (colour) => solid([bottom, ...sides], [top, ...sides], colour);
const TYRES = [0, 2.7].flatMap((x) => [-0.93, 0.7].map((y) => block(0, 0.62, x - 0.31, x + 0.31, y, y + 0.23)(RUBBER)));
const SHADE = { ...block(0.001, 0.01, -1, 3.7, -1.05, 1.05)(BLACK), opacity: 0.45 };
const LAMPS = [-0.83, 0.55].map((y) => block(0.6, 0.74, -0.9, -0.84, y, y + 0.28)(LAMP)), LAMPS_M = -0.9;
const BODY = [
  solid([0.22, -0.75, 3.45, -0.86, 0.86], [0.52, -0.85, 3.55, -0.92, 0.92]),
  solid([0.52, -0.85, 3.55, -0.92, 0.92], [0.85, -0.78, 3.4, -0.86, 0.86]),
  solid([0.85, -0.7, 2.35, -0.84, 0.84], [1.36, -0.1, 1.5, -0.66, 0.66], GLASS),
  solid([1.36, -0.1, 1.5, -0.66, 0.66], [1.42, 0, 1.4, -0.6, 0.6]),
];
const SIDES = [[4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]];

const ringCorners = ([z, rear, front, right, left]) =>
  [[rear, right, z], [front, right, z], [front, left, z], [rear, left, z]];
const minus = (a, b) => a.map((value, i) => value - b[i]);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

/** A colour (0 to 1) in the scene's light, for a face of unit normal at a distance; `sun` points to the sun. */
function shaded(scene, albedo, normal, sun, distanceM) {
  const lamp = (scene.headlight * 60) / (60 + 0.25 * (distanceM - 8) ** 2), sunlit = Math.max(0, dot(normal, sun));
  const light = Light(sunlit, lamp, 0, 0, transmittance(scene.fog_per_m * distanceM));
  return albedo.map((value, c) => lit(scene.channels[c], value, light));
}

/**
 * What a viewer sees of cars {x, y, heading, colour}: faces {points: [[u, v], ...], colour, opacity} from far to near;
 * colours are from 0 to 1. Faces that reach behind the camera are left out.
 */
export function carFaces(cars, camera, viewer, scene) {
  const [centreU, centreV] = centrePx(camera), { focal_px: focal } = camera;
  const pitchCos = Math.cos(pitchRad(camera)), pitchSin = Math.sin(pitchRad(camera));
  const level = Math.cos(scene.sun_elevation_rad), azimuth = scene.sun_azimuth_rad - viewer.heading;
  const sun = [level * Math.cos(azimuth), level * Math.sin(azimuth), Math.sin(scene.sun_elevation_rad)];
  const facesOf = (car, { rings, colour: albedo = car.colour, opacity = 1 }) => {
    const c = Math.cos(car.turn), s = Math.sin(car.turn), [forward, left] = car.place;
    // Corners from the camera on, along the viewer's axes; then right, down and ahead along the camera's.
    const corners = rings.flatMap(ringCorners)
      .map(([x, y, z]) => [forward + x * c - y * s, left + x * s + y * c, z - camera.height_m]);
    const seen = corners.map(([x, y, z]) => [-y, -pitchSin * x - pitchCos * z, pitchCos * x - pitchSin * z]);
    const pixels = seen.map(([x, y, z]) => [centreU + (focal * x) / z, centreV + (focal * y) / z]);
    return SIDES.flatMap((side) => {
      const [first, second, , last] = side.map((i) => corners[i]);
      const across = cross(minus(second, first), minus(last, first)), size = Math.hypot(...across);
      if (dot(across, first) >= 0 || side.some((i) => seen[i][2] < NEAR_M)) return [];
      const normal = across.map((value) => value / size);
      const colour = shaded(scene, albedo, normal, sun, Math.hypot(...first));
      return [{ points: side.map((i) => pixels[i]), colour, opacity }];
    });
  };
  const placed = cars.map(({ x, y, heading, colour }) => {
    const [forward, left] = intoFrame(x - viewer.x, y - viewer.y, 0, viewer.heading), turn = heading - viewer.heading;
    const place = [forward - camera.forward_m, left - camera.side_m];
    const isFromBehind = place[0] * Math.cos(turn) + place[1] * Math.sin(turn) + LAMPS_M > 0;
    return { colour, turn, place, solids: [SHADE, ...TYRES, ...BODY, ...(isFromBehind ? LAMPS : [])] };
  });
  placed.sort((a, b) => Math.hypot(...b.place) - Math.hypot(...a.place));
  return placed.flatMap((car) => car.solids.flatMap((each) => facesOf(car, each)));
}
