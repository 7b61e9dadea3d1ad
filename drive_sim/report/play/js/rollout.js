// Cars that are driven while somebody watches. A control tick is computed whole and shown in its six substeps, while
// the service already steers for the next one: networks are never late, and where they are slow, time is.

import { TICK_S, expertCurvature, hasRoadAhead, needsHelp, placedCar, tickStates } from "./cars.js";

const GONE_M = 14, KEPT_FRAMES = 200, PUT_BACK_EDGE_M = -0.5;

/** A car that a network drives: `history` has {timeS, offsetM, cost} a tick, `frames` what a learner could learn from. */
const newDriver = ({ name, look, network }, start) => ({
  name, look, network, ...start, states: [], shown: start.state, history: [], frames: [],
  leftAtS: null, isGone: false, command: 0, cost: 0, view: null,
});

/**
 * Cars side by side from one place `sM`, in the same weather. `isHelped`: who leaves the road is put back; else cars are
 * left alone, and stop far from it.
 */
export function makeRollout({ world, place, vehicle, drivers, sM, pushes, ask, isHelped = false, explains = () => false }) {
  const { road } = world, cars = drivers.map((driver) => newDriver(driver, placedCar(road, sM, vehicle)));
  let timeS = 0, substepIdx = 0, answer = null, push = null, kick = null, isOver = false;

  function request() {
    answer = null;
    const asked = cars.map(({ state, network }) => ({ state, network }));
    ask({ kind: "steer", place, cars: asked, learns: true, explains: explains() }).then((found) => (answer = found));
  }

  /** Begin the next tick with the answers that have come. */
  function begin() {
    push = pushes ? pushes.next().value : null;
    if (kick) push = { driftMps: 0, ...push, shiftM: (push?.shiftM ?? 0) + kick.shiftM, turnRad: kick.turnRad };
    kick = null;
    cars.forEach((car, i) => steerOn(car, answer[i]));
    timeS += TICK_S;
    substepIdx = 0;
    request();
  }

  function steerOn(car, { curvature, picture, frame, sizePx, salience, activity }) {
    car.view = { picture, sizePx, salience, activity };
    if (car.isGone) return;
    const isOff = car.lane.edge < PUT_BACK_EDGE_M, expertPerM = expertCurvature(road, car, vehicle);
    car.frames.push({ picture: frame, curvature, expertPerM, isOff });
    if (car.frames.length > KEPT_FRAMES) car.frames.shift();
    const { states, lane } = tickStates(road, car, curvature, vehicle, push);
    [car.command, car.states, car.state, car.lane] = [curvature, states, states.at(-1), lane];
    car.cost += lane.offset * lane.offset * TICK_S;
    car.history.push({ timeS: timeS + TICK_S, offsetM: lane.offset, cost: car.cost });
    if (needsHelp(road, lane)) car.leftAtS ??= timeS + TICK_S;
    if (isHelped && lane.edge < PUT_BACK_EDGE_M) Object.assign(car, placedCar(road, lane.s, vehicle));
    else car.isGone = Math.abs(lane.offset) > GONE_M;
  }

  request();
  return {
    cars,
    get timeS() {
      return timeS;
    },
    get isOver() {
      return isOver;
    },
    /** Push all cars to the left and turn them, from the next tick on. */
    kick: (shiftM, turnRad) => (kick = { shiftM, turnRad }),
    /** Go on by one substep, if the next tick's commands are there; returns whether it did. */
    advance() {
      if (substepIdx >= (cars[0].states.length || 0) || !cars.some((car) => car.states.length)) {
        if (answer === null) return false;
        isOver = cars.every((car) => car.isGone || !hasRoadAhead(road, car.lane));
        if (isOver) return false;
        begin();
      }
      for (const car of cars) if (!car.isGone && car.states.length) car.shown = car.states[substepIdx];
      substepIdx += 1;
      return true;
    },
  };
}
