// Cars that are driven while somebody watches. A control tick is computed whole and shown in its six substeps, while
// the service already steers for the next one: networks are never late, and where they are slow, time is.

import { TICK_S, expertCurvature, hasRoadAhead, needsHelp, placedCar, tickStates } from "./cars.js";
import { NUM_SUBSTEPS } from "./vehicle.js";

const GONE_M = 14, KEPT_FRAMES = 200, OFF_ROAD_M = -0.5;

/** A car that a network drives: `history` has {timeS, offsetM, cost} a tick, `frames` the expert's labels. */
const newDriver = ({ look, network }, start) => ({
  look, network, ...start, states: [], shown: start.state, view: null,
  history: [], frames: [], cost: 0, leftAtS: null, isGone: false,
});

/**
 * Cars side by side from one place `sM`, in the same weather `pushes`. `isHelped`: who leaves it is put back; else
 * cars stop far from it, and all is over once the last one has. `ask` is the service, `explains()`: whether it says
 * what networks look at.
 */
export function makeRollout({ world, place, vehicle, drivers, sM, pushes, isHelped, ask, explains, onError }) {
  const { road } = world, cars = drivers.map((driver) => newDriver(driver, placedCar(road, sM)));
  let timeS = 0, substepIdx = NUM_SUBSTEPS, answer = null, kick = null, isOver = false;

  function request() {
    answer = null;
    const asked = cars.map(({ state, network }) => ({ state, network }));
    ask({ kind: "steer", place, cars: asked, explains: explains() }).then((found) => (answer = found), onError);
  }

  /** Begin the next tick with the answers that have come. */
  function begin() {
    const push = { ...pushes.next().value, ...kick };
    kick = null;
    cars.forEach((car, i) => car.isGone || steerOn(car, answer[i], push));
    timeS += TICK_S;
    substepIdx = 0;
    request();
  }

  function steerOn(car, { curvature, picture, sizePx, salience }, push) {
    car.view = { picture, sizePx, salience };
    if (car.lane.edge > OFF_ROAD_M) car.frames.push({ picture, curvature: expertCurvature(road, car, vehicle) });
    if (car.frames.length > KEPT_FRAMES) car.frames.shift();
    const { lane } = Object.assign(car, tickStates(road, car, curvature, vehicle, push));
    car.cost += lane.offset * lane.offset * TICK_S;
    car.history.push({ timeS: timeS + TICK_S, offsetM: lane.offset, cost: car.cost });
    if (needsHelp(road, lane)) car.leftAtS ??= timeS + TICK_S;
    if (isHelped && lane.edge < OFF_ROAD_M) Object.assign(car, placedCar(road, lane.s));
    else car.isGone = Math.abs(lane.offset) > GONE_M;
  }

  request();
  return {
    cars,
    get timeS() { return timeS; },
    get isOver() { return isOver; },
    /** Push all cars to the left and turn them, from the next tick on. */
    kick: (shiftM, turnRad) => (kick = { shiftM, turnRad }),
    /** Go on by one substep, if the next tick's commands are there. */
    advance() {
      if (substepIdx === NUM_SUBSTEPS) {
        isOver = answer !== null && cars.every((car) => car.isGone || !hasRoadAhead(road, car.lane));
        if (answer === null || isOver) return;
        begin();
      }
      for (const car of cars) if (!car.isGone) car.shown = car.states[substepIdx];
      substepIdx += 1;
    },
  };
}
