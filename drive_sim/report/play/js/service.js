// What takes long, done in a worker (or, where there is none, between two frames): pictures, steering, training,
// basins. A message is {id, kind, ...}; answers carry its id, the last one `isLast`, or an `error`.

import { TICK_S, drivenAlone, needsHelp, placedCar, tickStates } from "./cars.js";
import { shifted } from "./geometry.js";
import { clone, errorOn, steerInMean } from "./learning.js";
import { makeLens } from "./lens.js";
import { saliency, steerBySight } from "./pilotnet.js";
import { makeRandom, weather } from "./random.js";
import { render } from "./render.js";
import { lanePose } from "./road.js";

const OFFSETS_M = [1.5, 1, 0.5, 0, -0.5, -1, -1.5], HEADINGS_DEG = [-12, -8, -4, 0, 4, 8, 12];
const BASIN_TICKS = 30, BASIN_BACK_M = 0.5, LEFT_ROAD_M = -1;

/** Answers messages with what the page carries: worlds {roads, scenes, textures}, vehicle, networks by name. */
export function makeService({ roads, scenes, textures, vehicle, disturbance, networks, learnersCamera }) {
  const lenses = {}, known = { ...networks };
  const lensOf = (camera) => (lenses[JSON.stringify(camera)] ??= makeLens(camera));
  const worldOf = ({ road, scene }) => ({ ...roads[road](), scene: scenes[scene], textures });
  const see = (world, camera, state) => render(world, lensOf(camera), state);

  const steered = (network, picture, speedMps) =>
    network.kind === "alvinn"
      ? steerInMean(network.members ?? [network], picture)
      : steerBySight(network, picture, speedMps);
  const driven = (world, network, state) => steered(network, see(world, network.camera, state), state.speed);

  /** What each car's network sees and steers, and what it looks at. */
  function drive({ place, cars, explains }) {
    const world = worldOf(place);
    return cars.map(({ state, network: name }) => {
      const network = known[name], { camera } = network, picture = see(world, camera, state);
      const isExplained = explains && network.kind === "convolutional";
      const salience = isExplained ? saliency(network, picture, state.speed) : null;
      const curvature = steered(network, picture, state.speed);
      return { curvature, picture, sizePx: [camera.height_px, camera.width_px], salience };
    });
  }

  /** Networks that learn from frames: known under their names from then on. */
  function learn({ frames, learners, seed }, report) {
    return learners.map(({ name, hasViews, numRounds }, i) => {
      const start = performance.now();
      const progress = (share) => report({ share: (i + share) / learners.length });
      const members = clone(frames, learnersCamera, { hasViews, seed, numRounds }, progress);
      known[name] = { members, kind: "alvinn", camera: learnersCamera };
      return { name, seconds: (performance.now() - start) / 1000, error: errorOn(frames, members) };
    });
  }

  /** A map of the offsets and headings from which a network finds back within three seconds, as it grows by rows. */
  function basin({ place, sM, network: name }, report) {
    const world = worldOf(place), network = known[name], { road } = world, rows = [];
    for (const offsetM of OFFSETS_M) {
      const row = HEADINGS_DEG.map((headingDeg) => {
        const state = shifted(placedCar(road, sM).state, offsetM, (headingDeg * Math.PI) / 180);
        let car = { state, lane: lanePose(road, state, sM) };
        for (let i = 0; i < BASIN_TICKS && car.lane.edge > LEFT_ROAD_M; i++)
          car = tickStates(road, car, driven(world, network, car.state), vehicle);
        return !needsHelp(road, car.lane) && Math.abs(car.lane.offset) < BASIN_BACK_M;
      });
      rows.push(row);
      report({ offsets: OFFSETS_M, headings: HEADINGS_DEG, rows });
    }
  }

  /** How often somebody would have to take the wheel over a distance, in the weather of a seed. */
  function measure({ place, sM, network: name, distanceM, seed }) {
    const world = worldOf(place), network = known[name], pushes = weather(disturbance, TICK_S, makeRandom(seed));
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
  let next = 0, send = null;
  const receive = ({ id, value, error, isLast }) => {
    const { resolve, reject, onReport } = waiting.get(id);
    if (isLast) waiting.delete(id);
    if (error) reject(error);
    else (isLast ? resolve : onReport)(value);
  };
  try {
    const worker = startWorker();
    worker.onmessage = (event) => receive(event.data);
    send = (message) => worker.postMessage(message);
  } catch {
    const service = makeOwnService();
    send = (message) => setTimeout(service, 0, message, receive);
  }
  return (message, onReport = () => {}) =>
    new Promise((resolve, reject) => {
      waiting.set(next, { resolve, reject, onReport });
      send({ ...message, id: next++ });
    });
}
