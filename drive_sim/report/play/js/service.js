// What takes long, done in a worker (or, where there is none, between two frames): pictures, steering, training,
// basins. A message is {id, kind, ...}; answers carry its id, the last one `isLast`, or an `error`.

import { steer } from "./alvinn.js";
import { TICK_S, drivenAlone, needsHelp, placedCar, tickStates } from "./cars.js";
import { shifted } from "./geometry.js";
import { clone, errorOn } from "./learning.js";
import { makeLens } from "./lens.js";
import { saliency, steerBySight } from "./pilotnet.js";
import { makeRandom, weather } from "./random.js";
import { render } from "./render.js";
import { lanePose } from "./road.js";

const BASIN_TICKS = 30, BASIN_BACK_M = 0.5, LEFT_ROAD_M = -1;

/** Answers messages with what the page carries: worlds {roads, scenes, textures}, vehicle, networks by name. */
export function makeService({ roads, scenes, textures, vehicle, networks, learnersCamera }) {
  const lenses = new Map(), known = new Map(Object.entries(networks));
  const lensOf = (camera) => {
    const key = JSON.stringify(camera);
    if (!lenses.has(key)) lenses.set(key, makeLens(camera));
    return lenses.get(key);
  };
  const worldOf = ({ road, scene }) => ({ ...roads[road](), scene: scenes[scene], textures });
  const see = (world, camera, state) => render(world, lensOf(camera), state);

  const steered = (network, picture, speedMps) =>
    network.kind === "alvinn" ? steer(network, picture) : steerBySight(network, picture, speedMps);
  const driven = (world, network, state) => steered(network, see(world, network.camera, state), state.speed);

  /** What each car's network sees and steers, and what it looks at. */
  function drive({ place, cars, explains }) {
    const world = worldOf(place);
    return cars.map(({ state, network: name }) => {
      const network = known.get(name), { camera } = network, picture = see(world, camera, state);
      const isExplained = explains && network.kind === "convolutional";
      const salience = isExplained ? saliency(network, picture, state.speed) : null;
      const curvature = steered(network, picture, state.speed);
      return { curvature, picture, sizePx: [camera.height_px, camera.width_px], salience };
    });
  }

  /** Networks that learn from frames: known under their names from then on. */
  function learn({ frames, learners }, report) {
    return learners.map(({ name, hasViews, seed, numRounds }, i) => {
      const start = performance.now();
      const progress = (share) => report({ share: (i + share) / learners.length });
      const network = clone(frames, learnersCamera, { hasViews, seed, numRounds }, progress);
      known.set(name, { ...network, kind: "alvinn", camera: learnersCamera });
      return { name, seconds: (performance.now() - start) / 1000, error: errorOn(frames, network) };
    });
  }

  /** From which offsets and headings a network finds back within three seconds, a row of the map after the other. */
  function basin({ place, sM, network: name, offsets, headings }, report) {
    const world = worldOf(place), network = known.get(name), { road } = world;
    for (const offsetM of offsets) {
      const row = headings.map((headingRad) => {
        const state = shifted(placedCar(road, sM, vehicle).state, offsetM, headingRad);
        let car = { state, lane: lanePose(road, state, sM) };
        for (let i = 0; i < BASIN_TICKS && car.lane.edge > LEFT_ROAD_M; i++) {
          const { states, lane } = tickStates(road, car, driven(world, network, car.state), vehicle);
          car = { state: states.at(-1), lane };
        }
        return !needsHelp(road, car.lane) && Math.abs(car.lane.offset) < BASIN_BACK_M;
      });
      report(row);
    }
  }

  /** How often somebody would have to take the wheel over a distance, in the weather of a seed. */
  function measure({ place, sM, network: name, distanceM, disturbance, seed }) {
    const world = worldOf(place), network = known.get(name), pushes = weather(disturbance, TICK_S, makeRandom(seed));
    const steerBy = (state) => driven(world, network, state);
    return drivenAlone(world.road, steerBy, { sM, distanceM, vehicle, pushes });
  }

  const views = ({ place, states, camera }) => states.map((state) => see(worldOf(place), camera, state));
  const kinds = { steer: drive, learn, basin, measure, views };
  return (message, post) => {
    const { id } = message, report = (value) => post({ id, value });
    try {
      post({ id, value: kinds[message.kind](message, report), isLast: true });
    } catch (error) {
      post({ id, error, isLast: true });
    }
  };
}

/** Asks a worker that has the page's own script, or a service here; `ask(message, onReport)` promises the answer. */
export function makeClient(startWorker, makeOwnService) {
  const waiting = new Map();
  let next = 0, worker = null, service = null;
  const receive = ({ id, value, error, isLast }) => {
    const { resolve, reject, onReport } = waiting.get(id);
    if (isLast) waiting.delete(id);
    if (error) reject(error);
    else (isLast ? resolve : onReport)(value);
  };
  try {
    worker = startWorker();
    worker.onmessage = (event) => receive(event.data);
  } catch {
    service = makeOwnService();
  }
  return (message, onReport = () => {}) =>
    new Promise((resolve, reject) => {
      const sent = { ...message, id: next++ };
      waiting.set(sent.id, { resolve, reject, onReport });
      if (worker) worker.postMessage(sent);
      else setTimeout(() => service(sent, receive), 0);
    });
}
