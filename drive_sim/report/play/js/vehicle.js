// The car: a kinematic bicycle whose wheels follow the command with lag and a limited rate (sim/vehicle.py).
// A state is {x, y, heading, speed, curvature}; between two substeps the car drives exact arcs.

import { arcEndPoint, clamp } from "./geometry.js";

export const SUBSTEP_S = 1 / 60;
export const NUM_SUBSTEPS = 6; // of a control tick

/** The state one substep later, for a commanded curvature (1/m) and a sideways drift (m/s); the speed is kept. */
export function substep(state, curvaturePerM, vehicle, driftMps = 0) {
  const share = 1 - Math.exp(-SUBSTEP_S / vehicle.lag_s), maxChange = vehicle.rate_per_m_s * SUBSTEP_S;
  const aim = clamp(curvaturePerM, -vehicle.max_curvature_per_m, vehicle.max_curvature_per_m);
  const curvature = state.curvature + clamp(share * (aim - state.curvature), -maxChange, maxChange);
  const { x, y, heading, speed } = state, [forward, side] = arcEndPoint(curvature, speed * SUBSTEP_S);
  const left = side + driftMps * SUBSTEP_S, cos = Math.cos(heading), sin = Math.sin(heading);
  const turn = curvature * speed * SUBSTEP_S;
  return {
    x: x + cos * forward - sin * left, y: y + sin * forward + cos * left, heading: heading + turn, speed, curvature,
  };
}
