// Cars on a road in steps of a control tick (sim/env.py), and who steers them right: the scripted expert
// (policies/expert.py), and the label of a view that nobody drove (data/shift_and_rotate.py).

import { arcEndPoint, arcThrough, clamp, intoFrame, shifted } from "./geometry.js";
import { laneAdvance, lanePose, pointOnLane } from "./road.js";
import { NUM_SUBSTEPS, SUBSTEP_S, substep } from "./vehicle.js";

export const TICK_S = NUM_SUBSTEPS * SUBSTEP_S;
export const LOOKAHEAD_S = 0.75; // nine metres at 12 m/s
const WIDE_FROM_M = 8, AHEAD_M = 40;

/** A car on its lane at an arc length, wheels along it, at the speed at which the road is driven. */
export function placedCar(road, sM) {
  const pose = pointOnLane(road, sM), lane = lanePose(road, pose, sM);
  return { state: { ...pose, speed: road.speedMps, curvature: lane.curvature }, lane };
}

/** How far off the lane (m) somebody takes the wheel (sim/intervention.py): 1 m, on wide roads an eighth of them. */
export function helpLimitM(road, lane) {
  const sample = Math.min(road.count - 1, Math.floor(lane.s / road.spacingM));
  return Math.max(1, (road.left[sample] + road.right[sample]) / WIDE_FROM_M);
}

/** Whether somebody would have to take the wheel. */
export const needsHelp = (road, lane) => Math.abs(lane.offset) > helpLimitM(road, lane) || lane.edge < 0;

/** Whether a car is before the last place of an open road from which it could still see road. */
export const hasRoadAhead = (road, lane) => road.closed || lane.s < road.lengthM - AHEAD_M;

export const CALM = { driftMps: 0, shiftM: 0, turnRad: 0 };

/** One control tick of a car: its states after each substep, the last of them, and where it is on its lane then. */
export function tickStates(road, car, curvaturePerM, vehicle, push = CALM) {
  let state = shifted(car.state, push.shiftM, push.turnRad);
  const states = [];
  for (let i = 0; i < NUM_SUBSTEPS; i++) {
    state = substep(state, curvaturePerM, vehicle, push.driftMps);
    states.push(state);
  }
  return { states, state, lane: lanePose(road, state, car.lane.s + TICK_S * state.speed) };
}

/** Pure pursuit of the lane's point some metres ahead (Coulter 1992): a curvature, whatever wheels can do. */
export function pursuitCurvature(road, car, sM, aheadM = LOOKAHEAD_S * car.speed) {
  const target = pointOnLane(road, laneAdvance(road, sM, aheadM));
  const [forwardM, sideM] = intoFrame(target.x - car.x, target.y - car.y, 0, car.heading);
  if (forwardM >= 0) return arcThrough(forwardM, sideM);
  return (2 * (sideM >= 0 ? 1 : -1)) / Math.max(Math.hypot(forwardM, sideM), 1e-9);
}

/** The command that reaches the old command's target after a shift to the left and a turn to the left. */
export function correctedCurvature(curvaturePerM, shiftM, turnRad, arcLengthM) {
  return arcThrough(...intoFrame(...arcEndPoint(curvaturePerM, arcLengthM), shiftM, turnRad));
}

/** What the expert would steer where a car is, as far as the wheels turn. */
export function expertCurvature(road, car, vehicle) {
  const wanted = pursuitCurvature(road, car.state, car.lane.s), lock = vehicle.max_curvature_per_m;
  return clamp(wanted, -lock, lock);
}

/** Drives by `steerBy(state)` for a distance and puts back who needs help; returns {numHelped, distanceM}. */
export function drivenAlone(road, steerBy, { sM, distanceM, vehicle, pushes }) {
  const tickM = TICK_S * road.speedMps;
  let car = placedCar(road, sM), numHelped = 0, drivenM = 0;
  for (; drivenM < distanceM && hasRoadAhead(road, car.lane); drivenM += tickM) {
    car = tickStates(road, car, steerBy(car.state), vehicle, pushes.next().value);
    if (needsHelp(road, car.lane)) [numHelped, car] = [numHelped + 1, placedCar(road, car.lane.s)];
  }
  return { numHelped, distanceM: drivenM };
}
