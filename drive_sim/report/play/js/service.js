// What takes long, done in a worker (or, where there is none, between two frames): pictures, steering, training, basins.
// A message is {id, kind, ...}; answers carry its id, the last one `isLast`.

import { decode, activity, retina } from "./alvinn.js";
import { TICK_S, drivenAlone, needsHelp, placedCar, tickStates } from "./cars.js";
import { shiftedPose } from "./geometry.js";
import { clone, errorOn } from "./learning.js";
import { makeLens } from "./lens.js";
import { forward, saliency } from "./pilotnet.js";
import { makeRandom, weather } from "./random.js";
import { render } from "./render.js";
import { lanePose } from "./road.js";

const BASIN_TICKS = 30, BASIN_BACK_M = 0.5;

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

  function steered(network, picture, speedMps) {
    if (network.kind === "alvinn") {
      const found = activity(network, retina(picture)).activity;
      return { curvature: decode(found, network.units), activity: found };
    }
    const { layers } = forward(network, picture, speedMps);
    return { curvature: layers.at(-1)[0] * network.curvatureUnitPerM };
  }

  /** What each car's network sees and steers, and what a learner's camera sees of it. */
  function steer({ place, cars, learns, explains }) {
    const world = worldOf(place);
    return cars.map(({ state, network: name }) => {
      const network = known.get(name), camera = network ? network.camera : learnersCamera;
      const picture = see(world, camera, state), answer = network ? steered(network, picture, state.speed) : {};
      const frame = learns && camera !== learnersCamera ? see(world, learnersCamera, state) : picture;
      const isExplained = explains && network && network.kind === "convolutional";
      const salience = isExplained ? saliency(network, picture, state.speed) : null;
      return { ...answer, picture, frame, sizePx: [camera.height_px, camera.width_px], salience };
    });
  }

  /** Networks that learn from frames: known under their names from then on. */
  function learn({ frames, learners }, report) {
    return learners.map(({ name, hasViews, seed, numRounds }, i) => {
      const start = performance.now();
      const progress = (share, error) => report({ share: (i + share) / learners.length, error });
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
        const start = placedCar(road, sM, vehicle), pose = shiftedPose(start.state, offsetM, headingRad);
        let car = { state: { ...start.state, ...pose }, lane: lanePose(road, pose, sM) };
        for (let i = 0; i < BASIN_TICKS && car.lane.edge > -1; i++) {
          const { curvature } = steered(network, see(world, network.camera, car.state), car.state.speed);
          const { states, lane } = tickStates(road, car, curvature, vehicle, null);
          car = { state: states.at(-1), lane };
        }
        return !needsHelp(road, car.lane) && Math.abs(car.lane.offset) < BASIN_BACK_M;
      });
      report({ offsetM, row });
    }
    return { seconds: BASIN_TICKS * TICK_S };
  }

  /** How often somebody would have to take the wheel over a distance, in the weather of a seed. */
  function measure({ place, sM, network: name, distanceM, disturbance, seed }) {
    const world = worldOf(place), network = known.get(name), pushes = weather(disturbance, TICK_S, makeRandom(seed));
    const numTicks = Math.ceil(distanceM / (vehicle.cruise_mps * TICK_S));
    const steerBy = (picture, car) => steered(network, picture, car.state.speed).curvature;
    return drivenAlone(world, (state) => see(world, network.camera, state), steerBy, { sM, numTicks, vehicle, pushes });
  }

  const views = ({ place, states, camera }) => states.map((state) => see(worldOf(place), camera, state));
  const kinds = { steer, learn, basin, measure, views };
  return (message, post) => {
    const report = (value) => post({ id: message.id, value, isLast: false });
    post({ id: message.id, value: kinds[message.kind](message, report), isLast: true });
  };
}

/** Asks a worker that has the page's own script, or a service here; `ask(message, onReport)` promises the answer. */
export function makeClient(startWorker, makeOwnService) {
  const waiting = new Map();
  let next = 0, worker = null, service = null;
  const receive = ({ id, value, isLast }) => {
    const { resolve, onReport } = waiting.get(id);
    if (!isLast) return onReport(value);
    waiting.delete(id);
    return resolve(value);
  };
  try {
    worker = startWorker();
    worker.onmessage = (event) => receive(event.data);
  } catch {
    service = makeOwnService();
  }
  return (message, onReport = () => {}) =>
    new Promise((resolve) => {
      const sent = { ...message, id: next++ };
      waiting.set(sent.id, { resolve, onReport });
      if (worker) worker.postMessage(sent);
      else setTimeout(() => service(sent, receive), 0);
    });
}
