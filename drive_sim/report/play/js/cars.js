// Cars on a road, each with who drives it: what they see, do and cost, in steps of a control tick (sim/env.py).

import { pursuitCurvature } from "./expert.js";
import { lanePose, pointOnLane } from "./road.js";
import { NUM_SUBSTEPS, SUBSTEP_S, kicked, substep } from "./vehicle.js";

export const TICK_S = NUM_SUBSTEPS * SUBSTEP_S;
const WIDE_FROM_M = 8;

/** A car on its lane at an arc length, wheels along it, at cruising speed. */
export function placedCar(road, sM, vehicle) {
  const pose = pointOnLane(road, sM), lane = lanePose(road, pose, sM);
  return { state: { ...pose, speed: vehicle.cruise_mps, curvature: lane.curvature }, lane };
}

/** How far off its lane a car may be before somebody would take the wheel: 1 m, on wide roads an eighth of the width. */
export function interventionLimitM(road, lane) {
  const sample = Math.min(road.count - 1, Math.floor(lane.s / road.spacingM));
  return Math.max(1, (road.left[sample] + road.right[sample]) / WIDE_FROM_M);
}

/** Whether somebody would have to take the wheel (sim/intervention.py). */
export const needsHelp = (road, lane) => Math.abs(lane.offset) > interventionLimitM(road, lane) || lane.edge < 0;

/** Whether a car is before the last place of an open road from which it could still see road. */
export const hasRoadAhead = (road, lane, aheadM = 40) => road.closed || lane.s < road.lengthM - aheadM;

/** One control tick of a car: its states after each substep, and where it is on its lane then. */
export function tickStates(road, car, curvaturePerM, vehicle, push) {
  let state = push && (push.shiftM || push.turnRad) ? kicked(car.state, push.shiftM, push.turnRad) : car.state;
  const states = [];
  for (let i = 0; i < NUM_SUBSTEPS; i++) {
    state = substep(state, curvaturePerM, 0, vehicle, push ? push.driftMps : 0);
    states.push(state);
  }
  return { states, lane: lanePose(road, state, car.lane.s + TICK_S * state.speed) };
}

/** What the expert would steer where a car is, as far as the wheels turn. */
export function expertCurvature(road, car, vehicle) {
  const wanted = pursuitCurvature(road, car.state, car.lane.s), lock = vehicle.max_curvature_per_m;
  return Math.min(Math.max(wanted, -lock), lock);
}

/** Drives `steerBy(picture, car)` for so many ticks and puts back who needs help; returns {numHelped, distanceM}. */
export function drivenAlone({ road }, see, steerBy, { sM, numTicks, vehicle, pushes, until = null }) {
  let car = placedCar(road, sM, vehicle), numHelped = 0, numTicksDriven = 0;
  for (; numTicksDriven < numTicks && hasRoadAhead(road, car.lane); numTicksDriven++) {
    const push = pushes ? pushes.next().value : null;
    const { states, lane } = tickStates(road, car, steerBy(see(car.state), car), vehicle, push);
    car = { state: states.at(-1), lane };
    if (needsHelp(road, lane)) {
      numHelped += 1;
      if (until !== null && numHelped >= until) break;
      car = placedCar(road, lane.s, vehicle);
    }
  }
  return { numHelped, distanceM: numTicksDriven * TICK_S * vehicle.cruise_mps };
}
