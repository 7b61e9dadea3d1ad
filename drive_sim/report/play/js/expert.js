// The scripted expert (policies/expert.py) and what to steer in a view that nobody drove (data/shift_and_rotate.py).

import { arcEndPoint, arcThrough, intoFrame } from "./geometry.js";
import { laneAdvance, pointOnLane } from "./road.js";

const LOOKAHEAD_M = 9;

/** Pure pursuit of the lane's point nine metres ahead (Coulter 1992): a curvature, whatever wheels can do. */
export function pursuitCurvature(road, car, sM) {
  const target = pointOnLane(road, laneAdvance(road, sM, LOOKAHEAD_M));
  const [forwardM, sideM] = intoFrame(target.x - car.x, target.y - car.y, 0, car.heading);
  if (forwardM >= 0) return arcThrough(forwardM, sideM);
  return (2 * (sideM >= 0 ? 1 : -1)) / Math.max(Math.hypot(forwardM, sideM), 1e-9);
}

/** The command that reaches the old command's target after a shift to the left and a turn to the left. */
export function correctedCurvature(curvaturePerM, shiftM, turnRad, arcLengthM) {
  return arcThrough(...intoFrame(...arcEndPoint(curvaturePerM, arcLengthM), shiftM, turnRad));
}
