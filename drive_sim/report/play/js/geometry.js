// Frames, signs and arcs, as drive_sim/geometry.py has them: x forward, y left, headings counter-clockwise, metres;
// a command is a curvature in 1/m, left positive.

export const TWO_PI = 2 * Math.PI;

export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

export const mix = (below, above, share) => below + (above - below) * share;

/** The remainder that has the divisor's sign. */
export const modulo = (value, divisor) => value - divisor * Math.floor(value / divisor);

/** The same angle in [-pi, pi). */
export const wrapAngle = (angleRad) => modulo(angleRad + Math.PI, TWO_PI) - Math.PI;

/** [forward, side] of the end of an arc, in the frame of its start. */
export function arcEndPoint(curvaturePerM, lengthM) {
  const half = 0.5 * curvaturePerM * lengthM, chordM = lengthM * (Math.abs(half) < 1e-9 ? 1 : Math.sin(half) / half);
  return [chordM * Math.cos(half), chordM * Math.sin(half)];
}

/** Curvature of the arc that starts along x and passes through a point (pure pursuit): 2 d / (f^2 + d^2). */
export function arcThrough(forwardM, sideM) {
  const distance2 = forwardM * forwardM + sideM * sideM;
  return distance2 > 0 ? (2 * sideM) / distance2 : 0;
}

/** A point of the old car frame, seen from a car moved `shiftM` to the left and then turned `turnRad` left. */
export function intoFrame(forwardM, sideM, shiftM, turnRad) {
  const movedM = sideM - shiftM, cos = Math.cos(turnRad), sin = Math.sin(turnRad);
  return [cos * forwardM + sin * movedM, cos * movedM - sin * forwardM];
}

/** A state {x, y, heading, ...} after a move of `shiftM` to the car's left and a turn of `turnRad` to the left. */
export function shifted(state, shiftM, turnRad) {
  const { x, y, heading } = state, sin = Math.sin(heading), cos = Math.cos(heading);
  return { ...state, x: x - shiftM * sin, y: y + shiftM * cos, heading: heading + turnRad };
}
