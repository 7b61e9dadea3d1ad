// A person's hands: arrow keys (or A and D), the left and right half of the screen, or the tilt of a phone become a
// wheel that turns and centres as one does.

import { clamp } from "./geometry.js";

const TURN_PER_M_S = 0.1, FASTER_PER_S = 0.5, BACK_PER_M_S = 0.2, FULL_PER_M = 0.12, TILT_FULL_DEG = 25;
const KEYS = { ArrowLeft: 1, KeyA: 1, ArrowRight: -1, KeyD: -1 };

/** {wheelPerM, advance(dtS), letGo()}: listens to a window and to touches on an element. */
export function makeHands(element) {
  const held = new Map(); // Keys and fingers by name, each with its side; 1 is left.
  let wheelPerM = 0, tilt = null;

  addEventListener("keydown", (event) => {
    if (!(event.code in KEYS) || event.target.matches("input, select, textarea")) return;
    held.set(event.code, KEYS[event.code]);
    event.preventDefault();
  });
  const touch = ({ pointerId, offsetX }) => held.set(pointerId, offsetX < element.clientWidth / 2 ? 1 : -1);
  element.addEventListener("pointerdown", touch);
  element.addEventListener("pointermove", (event) => held.has(event.pointerId) && touch(event));
  for (const kind of ["keyup", "pointerup", "pointercancel"])
    addEventListener(kind, (event) => held.delete(event.code ?? event.pointerId));
  addEventListener("blur", () => held.clear());
  addEventListener("deviceorientation", (event) => {
    if (event.gamma === null) return;
    const { gamma, beta } = event, leftDeg = { 0: -gamma, 90: -beta, 180: gamma, 270: beta };
    tilt = clamp(leftDeg[screen.orientation?.angle ?? 0] / TILT_FULL_DEG, -1, 1);
  });

  return {
    get wheelPerM() { return wheelPerM; },
    /** The wheel as it stands when hands are laid on it. */
    take: (standsPerM) => (wheelPerM = standsPerM),
    /** The wheel follows the hands for some seconds: the faster the further it is turned, fastest on its way back. */
    advance(dtS) {
      const side = Math.sign([...held.values()].reduce((a, b) => a + b, 0));
      const aim = side !== 0 ? side * FULL_PER_M : (tilt ?? 0) * FULL_PER_M;
      const turning = TURN_PER_M_S + FASTER_PER_S * Math.abs(wheelPerM);
      const mostPerM = (aim && aim * wheelPerM >= 0 ? turning : BACK_PER_M_S) * dtS;
      wheelPerM += clamp(aim - wheelPerM, -mostPerM, mostPerM);
    },
  };
}
