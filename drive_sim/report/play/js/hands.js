// A person's hands: arrow keys (or A and D), the left and right half of the screen, or the tilt of a phone become a
// wheel that turns and centres as one does.

import { clamp } from "./geometry.js";

const TURN_PER_M_S = 0.1, CENTRE_PER_M_S = 0.16, FULL_PER_M = 0.1, TILT_FULL_DEG = 25;
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
  const touch = (event) => {
    const box = element.getBoundingClientRect();
    held.set(event.pointerId, event.clientX < box.left + box.width / 2 ? 1 : -1);
  };
  element.addEventListener("pointerdown", touch);
  element.addEventListener("pointermove", (event) => held.has(event.pointerId) && touch(event));
  for (const kind of ["keyup", "pointerup", "pointercancel"])
    addEventListener(kind, (event) => held.delete(event.code ?? event.pointerId));
  addEventListener("blur", () => held.clear());
  addEventListener("deviceorientation", (event) => {
    if (event.gamma === null) return;
    const upright = !screen.orientation || screen.orientation.type.startsWith("portrait");
    tilt = clamp((upright ? -event.gamma : -event.beta) / TILT_FULL_DEG, -1, 1);
  });

  return {
    get wheelPerM() { return wheelPerM; },
    letGo: () => (wheelPerM = 0),
    /** The wheel follows the hands for some seconds. */
    advance(dtS) {
      const side = Math.sign([...held.values()].reduce((a, b) => a + b, 0));
      const aim = side !== 0 ? side * FULL_PER_M : (tilt ?? 0) * FULL_PER_M;
      const mostPerM = (side !== 0 || tilt ? TURN_PER_M_S : CENTRE_PER_M_S) * dtS;
      wheelPerM += clamp(aim - wheelPerM, -mostPerM, mostPerM);
    },
  };
}
