// The car: a kinematic bicycle whose wheels follow the command with lag and a limited rate (sim/vehicle.py).
// A state is {x, y, heading, speed, curvature}; between two substeps the car drives exact arcs.

import { clamp } from "./geometry.js";

export const SUBSTEP_S = 1 / 60;
export const NUM_SUBSTEPS = 6; // of a control tick

/** sin(a) / a and (1 - cos(a)) / a^2. */
function arcSeries(turnRad) {
  const a2 = turnRad * turnRad;
  return [
    1 - (a2 / 6) * (1 - (a2 / 20) * (1 - (a2 / 42) * (1 - (a2 / 72) * (1 - a2 / 110)))),
    0.5 * (1 - (a2 / 12) * (1 - (a2 / 30) * (1 - (a2 / 56) * (1 - (a2 / 90) * (1 - a2 / 132))))),
  ];
}

/** Move and turn a car at once. */
export function kicked(state, shiftM, turnRad) {
  return {
    ...state,
    x: state.x - shiftM * Math.sin(state.heading),
    y: state.y + shiftM * Math.cos(state.heading),
    heading: state.heading + turnRad,
  };
}

/** The state one substep later, for a commanded curvature (1/m), an acceleration (m/s^2) and a sideways drift (m/s). */
export function substep(state, curvaturePerM, accelerationMps2, vehicle, driftMps = 0) {
  const share = 1 - Math.exp(-SUBSTEP_S / vehicle.lag_s), maxChange = vehicle.rate_per_m_s * SUBSTEP_S;
  const aim = clamp(curvaturePerM, -vehicle.max_curvature_per_m, vehicle.max_curvature_per_m);
  const curvature = state.curvature + clamp(share * (aim - state.curvature), -maxChange, maxChange);
  const gain = clamp(accelerationMps2, -vehicle.max_braking_mps2, vehicle.max_acceleration_mps2) * SUBSTEP_S;
  const speed = clamp(state.speed + gain, 0, vehicle.max_speed_mps);
  const distance = 0.5 * (state.speed + speed) * SUBSTEP_S, angle = curvature * distance;
  const [sine, versine] = arcSeries(angle);
  const forward = distance * sine, left = distance * angle * versine + driftMps * SUBSTEP_S;
  const cos = Math.cos(state.heading), sin = Math.sin(state.heading);
  return {
    x: state.x + cos * forward - sin * left,
    y: state.y + sin * forward + cos * left,
    heading: state.heading + angle,
    speed,
    curvature,
  };
}

/** The state one control tick later, with one command. */
export function tick(state, curvaturePerM, vehicle, { accelerationMps2 = 0, push = null } = {}) {
  let car = push && (push.shiftM || push.turnRad) ? kicked(state, push.shiftM, push.turnRad) : state;
  for (let i = 0; i < NUM_SUBSTEPS; i++)
    car = substep(car, curvaturePerM, accelerationMps2, vehicle, push ? push.driftMps : 0);
  return car;
}
