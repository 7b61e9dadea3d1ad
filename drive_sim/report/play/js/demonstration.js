// A person's drive: substep by substep, as the hands turn the wheel; a frame is kept at each control tick.

import { TICK_S, placedCar } from "./cars.js";
import { lanePose } from "./road.js";
import { NUM_SUBSTEPS, SUBSTEP_S, substep } from "./vehicle.js";

export const DEMONSTRATION_S = 20;
const PUT_BACK_M = 4, NUM_TICKS = Math.round(DEMONSTRATION_S / TICK_S);
const NUM_DRAWN = 64, STRAIGHT_S = 1, STRAIGHT_WEIGHT = 9, WIDTH_WEIGHT = 0.03, WORSE_PER_M = 0.05;

/** Where a drive begins: the first drawn place, on a straight, that sees most of the tight bends and of the widths. */
export function drawnStart(road, random, lastM) {
  const ahead = (values, sM, seconds) => Array.from({ length: Math.ceil((seconds * road.speedMps) / road.spacingM) },
    (_, i) => values[(Math.floor(sM / road.spacingM) + i) % road.count]);
  const range = (values, sM, seen = ahead(values, sM, DEMONSTRATION_S)) => Math.max(...seen) - Math.min(...seen);
  const worth = (sM) => range(road.curvature, sM) + WIDTH_WEIGHT * range(road.left, sM)
    - STRAIGHT_WEIGHT * Math.max(...ahead(road.curvature, sM, STRAIGHT_S).map(Math.abs));
  const drawn = Array.from({ length: NUM_DRAWN }, () => random() * lastM), worths = drawn.map(worth);
  return drawn.find((_, i) => worths[i] > Math.max(...worths) - WORSE_PER_M);
}

/** A car and the frames [{picture, curvature, state, offsetM}] of its drive; pictures come once they are drawn. */
export function makeDemonstration({ world, place, vehicle, sM, ask, camera, onError }) {
  const { road } = world, frames = [], car = placedCar(road, sM);
  let numSubsteps = 0, lastSubstep = NUM_TICKS * NUM_SUBSTEPS;
  car.shown = car.state;

  function keep(curvature) {
    const frame = { curvature, state: car.state, offsetM: car.lane.offset, bend: car.lane.curvature, picture: null };
    frames.push(frame);
    ask({ kind: "views", place, states: [car.state], camera }).then(([picture]) => (frame.picture = picture), onError);
  }

  return {
    cars: [car],
    frames,
    get timeS() { return numSubsteps * SUBSTEP_S; },
    /** Whether all is driven, and every picture is there. */
    get isWhole() { return numSubsteps >= lastSubstep && frames.every(({ picture }) => picture); },
    /** Leave it at what is driven. */
    end: () => (lastSubstep = numSubsteps),
    /** Go on by one substep with the wheel where the hands hold it (1/m, left positive). */
    advance(wheelPerM) {
      if (numSubsteps >= lastSubstep) return;
      if (numSubsteps % NUM_SUBSTEPS === 0) keep(wheelPerM);
      car.state = car.shown = substep(car.state, wheelPerM, vehicle);
      car.lane = lanePose(road, car.state, car.lane.s + SUBSTEP_S * car.state.speed);
      numSubsteps += 1;
      if (car.lane.edge < -PUT_BACK_M) Object.assign(car, placedCar(road, car.lane.s));
    },
  };
}
