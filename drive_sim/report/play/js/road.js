// Roads and where a car is on one (sim/track.py, sim/lane_kernels.py): samples of a centre line at even spacing,
// arcs between them, and Newton's method for the place abreast.

import { TWO_PI, arcEndPoint, clamp, modulo, wrapAngle } from "./geometry.js";

const MAX_STEP_M = 4, REACH_M = 25, MAX_STEPS = 24, LAST_STEP_M = 3e-5, MIN_STRETCH = 0.3;

/**
 * A road from its turns (radians) from sample to sample: {turn, spacingM, closed, start, left, right,
 * laneOffsetM, lines}. Heading and place are summed up along arcs; what is missing to close the curve is spread evenly,
 * which also turns and stretches the segments' base vectors (along, across).
 */
export function makeRoad(plan) {
  const { spacingM, closed, start } = plan, count = plan.turn.length, sum = plan.turn.reduce((a, b) => a + b, 0);
  const missing = closed ? (TWO_PI * Math.round(sum / TWO_PI) - sum) / count : 0;
  const turn = plan.turn.map((value) => value + missing), columns = Array.from("12345", () => new Float64Array(count));
  const [heading, x, y, along, across] = columns, before = (i) => turn[i > 0 ? i - 1 : closed ? count - 1 : 0];
  const curvature = turn.map((value, i) => (0.5 * (before(i) + value)) / spacingM);
  let { heading: headingRad, x: xM, y: yM } = start;
  for (let i = 0; i < count; i++) {
    [heading[i], x[i], y[i]] = [headingRad, xM, yM];
    const [forward, side] = arcEndPoint(turn[i] / spacingM, spacingM);
    xM += forward * Math.cos(headingRad) - side * Math.sin(headingRad);
    yM += forward * Math.sin(headingRad) + side * Math.cos(headingRad);
    headingRad += turn[i];
  }
  const [gapX, gapY] = closed ? [(xM - start.x) / count, (yM - start.y) / count] : [0, 0];
  for (let i = 0; i < count; i++) {
    const middle = heading[i] + 0.5 * turn[i], cos = Math.cos(middle), sin = Math.sin(middle);
    [along[i], across[i]] = [spacingM - gapX * cos - gapY * sin, gapX * sin - gapY * cos];
    [x[i], y[i]] = [x[i] - gapX * i, y[i] - gapY * i];
  }
  if (!closed) turn[count - 1] = 0; // Straight on behind the last sample.
  const cos = heading.map(Math.cos), sin = heading.map(Math.sin), lengthM = spacingM * (closed ? count : count - 1);
  const lapTurnRad = headingRad - start.heading;
  return { ...plan, count, x, y, heading, turn, curvature, along, across, cos, sin, lengthM, lapTurnRad };
}

/** Arc length in [0, length) on a closed road, unchanged on an open one. */
const wrapS = (road, sM) => (road.closed ? modulo(sM, road.lengthM) : sM);

function locate(road, sM) {
  const place = sM / road.spacingM, segment = clamp(Math.trunc(place), 0, road.count - 1);
  return [segment, place - segment];
}

const rising = (values, road, segment, fraction) => {
  const next = segment + 1 < road.count ? segment + 1 : road.closed ? 0 : segment;
  return values[segment] + (values[next] - values[segment]) * fraction;
};

/** The pose at arc length `sM`, `offsetM` left of the target lane. */
export function pointOnLane(road, sM, offsetM = 0) {
  const [i, fraction] = locate(road, wrapS(road, sM)), turn = road.turn[i], left = offsetM + road.laneOffsetM;
  const [along, across] = arcEndPoint(turn, fraction);
  const localX = along * road.along[i] - across * road.across[i] - left * turn * along;
  const localY = along * road.across[i] + across * road.along[i] + left * (1 - turn * across);
  const x = road.x[i] + road.cos[i] * localX - road.sin[i] * localY;
  const y = road.y[i] + road.sin[i] * localX + road.cos[i] * localY;
  return { x, y, heading: road.heading[i] + turn * fraction };
}

/** Where a car is: {s, offset, heading, curvature, edge}, searched downhill along the road from `sBeforeM`. */
export function lanePose(road, car, sBeforeM) {
  const { spacingM, laneOffsetM } = road;
  let sM = wrapS(road, sBeforeM), walkedM = 0, i = 0, fraction = 0, offsetM = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    [i, fraction] = locate(road, sM);
    const turn = road.turn[i], fromX = car.x - road.x[i], fromY = car.y - road.y[i];
    const localX = road.cos[i] * fromX + road.sin[i] * fromY, localY = road.cos[i] * fromY - road.sin[i] * fromX;
    const [along, across] = arcEndPoint(turn, fraction), cos = 1 - turn * across, sin = turn * along;
    const gapX = localX - along * road.along[i] + across * road.across[i];
    const gapY = localY - along * road.across[i] - across * road.along[i];
    offsetM = cos * gapY - sin * gapX;
    let stepM = (cos * gapX + sin * gapY) / Math.max(1 - (offsetM * turn) / spacingM, MIN_STRETCH);
    if (Math.abs(stepM) < LAST_STEP_M) {
      sM += stepM;
      fraction += stepM / spacingM;
      break;
    }
    stepM = clamp(walkedM + clamp(stepM, -MAX_STEP_M, MAX_STEP_M), -REACH_M, REACH_M) - walkedM;
    walkedM += stepM;
    sM = wrapS(road, sM + stepM);
  }
  const centre = rising(road.curvature, road, i, fraction);
  return {
    s: wrapS(road, sM),
    offset: offsetM - laneOffsetM,
    heading: wrapAngle(car.heading - road.heading[i] - road.turn[i] * fraction),
    curvature: centre / (1 - centre * laneOffsetM),
    edge: Math.min(rising(road.left, road, i, fraction) - offsetM, rising(road.right, road, i, fraction) + offsetM),
  };
}

/** Unwrapped heading of the road at an arc length, and its curvature there; each lap adds its whole turn. */
function headingAt(road, sM) {
  const laps = road.closed ? Math.floor(sM / road.lengthM) : 0, [i, fraction] = locate(road, sM - laps * road.lengthM);
  return [road.heading[i] + road.turn[i] * fraction + laps * road.lapTurnRad, road.turn[i] / road.spacingM];
}

/** Arc length of the centre line after `aheadM` along the target lane, which is shorter inside a bend. */
export function laneAdvance(road, sM, aheadM) {
  const startM = wrapS(road, sM), offsetM = road.laneOffsetM;
  if (offsetM === 0) return wrapS(road, startM + aheadM);
  const goalM = startM - offsetM * headingAt(road, startM)[0] + aheadM;
  let placeM = startM + aheadM;
  for (let step = 0; step < MAX_STEPS; step++) {
    const [headingRad, curvature] = headingAt(road, placeM), missingM = goalM - placeM + offsetM * headingRad;
    placeM += missingM / Math.max(1 - offsetM * curvature, MIN_STRETCH);
    if (Math.abs(missingM) < 1e-10) break;
  }
  return wrapS(road, placeM);
}

/** Arc length of the sample nearest to a pose; where the road crosses itself, of the stretch that it points along. */
export function nearestS(road, car) {
  const cos = Math.cos(car.heading), sin = Math.sin(car.heading);
  let best = 0, least = Infinity;
  for (let i = 0; i < road.count; i++) {
    const against = 1 - road.cos[i] * cos - road.sin[i] * sin;
    const cost = (road.x[i] - car.x) ** 2 + (road.y[i] - car.y) ** 2 + against;
    if (cost < least) [best, least] = [i, cost];
  }
  return lanePose(road, car, best * road.spacingM).s;
}
