// Frames, signs and arcs, as drive_sim/geometry.py has them: x forward, y left, headings counter-clockwise, metres;
// a command is a curvature in 1/m, left positive.

export const TWO_PI = 2 * Math.PI;

export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

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

/** The product of two 3x3 matrices, rows one after the other. */
export function multiplied(a, b) {
  const product = new Float64Array(9);
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 3; column++)
      for (let i = 0; i < 3; i++) product[3 * row + column] += a[3 * row + i] * b[3 * i + column];
  return product;
}

/** The inverse of a 3x3 matrix. */
export function inverted(m) {
  const [a, b, c, d, e, f, g, h, i] = m;
  const cofactors = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d];
  const determinant = a * cofactors[0] + b * cofactors[3] + c * cofactors[6];
  return Float64Array.from(cofactors, (value) => value / determinant);
}
