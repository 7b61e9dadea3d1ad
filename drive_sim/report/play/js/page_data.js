// What the page carries (report/play): arrays out of one pool, roads, and networks in half precision.

import { makeLaneGrid } from "./lane_grid.js";
import { makeRoad } from "./road.js";

/** The pool's bytes, of its text in base64. */
export async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}

const KINDS = { u1: Uint8Array, i2: Int16Array, u2: Uint16Array, f4: Float32Array, f8: Float64Array };

/** An array of the pool by its place: kind, first byte, number of values. */
export const arrayAt = (pool, [kind, first, count]) => new KINDS[kind](pool, first, count);

/** Whole numbers of their first differences in 16 bits, times a unit; `isSigned`: whether they may be negative. */
function summedUp(differences, unit, isSigned) {
  let sum = 0;
  return Float64Array.from(differences, (difference) => {
    sum = (sum + difference) & 0xffff;
    return unit * (isSigned && sum > 0x7fff ? sum - 0x10000 : sum);
  });
}

/** A road of the page with its grid. */
export function roadOf(plan, pool) {
  const road = makeRoad({
    ...plan,
    turn: summedUp(arrayAt(pool, plan.turn), plan.turnUnitRad, true),
    left: summedUp(arrayAt(pool, plan.left), plan.widthUnitM, false),
    right: summedUp(arrayAt(pool, plan.right), plan.widthUnitM, false),
  });
  return { road, grid: makeLaneGrid(road) };
}

/** Finite numbers in single precision of their bits in half precision (IEEE 754), whose exponents begin 112 later. */
export function ofHalf(bits) {
  const words = Uint32Array.from(bits, (half) => ((half & 0x8000) << 16) | ((half & 0x7fff) << 13));
  return new Float32Array(words.buffer).map((value) => value * 2 ** 112);
}
