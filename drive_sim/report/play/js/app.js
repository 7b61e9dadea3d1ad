// The page: who drives, what is recorded, who learns from it, and what is shown of that.

import { drawBasin, drawCosts, drawMap, drawOffsets } from "./charts.js";
import { TICK_S } from "./cars.js";
import { makeDemonstration } from "./demonstration.js";
import { makeHands } from "./hands.js";
import { relabelled } from "./learning.js";
import { drawPicture, drawThumbnails } from "./pictures.js";
import { makeRandom, weather } from "./random.js";
import { nearestS } from "./road.js";
import { makeRollout } from "./rollout.js";
import { fragmentOf, stateOf } from "./state_link.js";
import { driveOf, fileOf } from "./take_home.js";
import { SUBSTEP_S } from "./vehicle.js";
import { ofCars, ofDemonstration, ofGuess, ofLearning, ofMeasure } from "./words.js";

const LOOKS = {
  plain: { colour: "vermilion", paint: [0.84, 0.37, 0], dashes: [7, 4], sign: "✕ plain clone" },
  views: { colour: "blue", paint: [0, 0.35, 0.65], dashes: [], sign: "● with shift-and-rotate" },
  dagger: { colour: "purple", paint: [0.66, 0.32, 0.5], dashes: [2, 3], sign: "◆ DAgger" },
  model: { colour: "green", paint: [0, 0.5, 0.36], dashes: [], sign: "▲ network" },
};
const OFFSETS_M = [1.5, 1, 0.5, 0, -0.5, -1, -1.5], HEADINGS_RAD = [-12, -8, -4, 0, 4, 8, 12].map((d) => (d * Math.PI) / 180);
const MEASURED_M = 1000, KICK_M = 0.6, KICK_RAD = 0.1, AGAIN_AFTER_S = 3;

/** Starts the page on its elements by id; `page` is what it carries, `ask` the service, `screen` what draws the road. */
export function startApp(page, element, ask, screen) {
  const names = { roads: Object.keys(page.roads), scenes: Object.keys(page.scenes), networks: ["clone", ...page.models] };
  let state = stateOf(location.hash, names), world = null, run = null, phase = "pair";
  let frames = [], labels = [], numRounds = 0, learned = [], basin = null, lastMs = null, waitedS = 0, overS = 0, guessS = null, startM = 0, shownAtS = null, shownRun = null;
  const hands = makeHands(element.screen), { vehicle, disturbance } = page;
  const place = () => ({ road: state.road, scene: state.scene });
  const say = (text) => (element.said.textContent = text);

  function enter() {
    world = { ...page.roads[state.road](), scene: page.scenes[state.scene], textures: page.textures };
    startM = makeRandom(state.seed)() * Math.max(0, world.road.lengthM - (world.road.closed ? 0 : 300));
    for (const name of ["road", "scene", "network"]) element[name].value = state[name];
    element.views.checked = state.views === 1;
    document.body.dataset.hide = state.hide;
    history.replaceState(null, "", location.pathname + fragmentOf(state, names));
  }

  function rollOut(next, drivers, sM, isHelped = false) {
    [phase, overS, basin] = [next, 0, null];
    const pushes = weather(disturbance, TICK_S, makeRandom(state.seed + 1));
    const explains = () => element.salience.checked;
    run = makeRollout({ world, place: place(), vehicle, drivers, sM, pushes, ask, isHelped, explains });
    document.body.dataset.phase = phase;
  }

  const driver = (look, network) => ({ name: look, look: LOOKS[look], network });
  const showPair = () => rollOut("pair", [driver("plain", page.pair[0]), driver("views", page.pair[1])], startM);

  function letGo(sM = startM) {
    if (state.network !== "clone") return rollOut("model", [driver("model", state.network)], sM);
    if (!frames.length) return showPair();
    const others = numRounds ? [driver("dagger", "dagger")] : state.views ? [driver("views", "views")] : [];
    return rollOut("clone", [driver("plain", "plain"), ...others], sM, numRounds > 0);
  }

  function demonstrate() {
    [phase, frames, labels, numRounds, guessS] = ["drive", [], [], 0, null];
    state = { ...state, network: "clone", views: 0 };
    enter();
    hands.letGo();
    element.thumbnails.replaceChildren();
    element.learned.textContent = element.measured.textContent = element.guessed.textContent = "";
    run = makeDemonstration({ world, place: place(), vehicle, sM: startM, ask, camera: page.learnersCamera });
    document.body.dataset.phase = phase;
    say("Drive: arrow keys, A and D, or hold the left or right half of the picture. The speed is kept.");
  }

  async function learn(learners, taught) {
    [phase, document.body.dataset.phase] = ["learning", "learning"];
    const told = taught.map(({ picture, curvature }) => ({ picture, curvature }));
    const show = ({ share }) => say(`Learning: ${Math.round(100 * share)} %`);
    learned = await ask({ kind: "learn", frames: told, learners }, show);
    element.learned.textContent = ofLearning(learned.at(-1));
  }

  async function demonstrated() {
    frames = run.frames;
    drawThumbnails(element.thumbnails, frames, pictureSize());
    element.demonstrated.textContent = ofDemonstration(frames);
    const [seed, from] = [state.seed, run.cars[0].lane.s];
    await learn([{ name: "plain", hasViews: false, seed }, { name: "views", hasViews: true, seed }], frames);
    [startM, phase, document.body.dataset.phase] = [from, "guess", "guess"];
    say("Now guess: when will the clone need help? Then let go.");
  }

  async function dagger() {
    const car = run.cars.at(-1), seen = car.frames.filter(({ isOff }) => !isOff);
    labels = [...labels, ...relabelled(seen, vehicle.max_curvature_per_m)];
    numRounds += 1;
    const from = car.lane.s;
    await learn([{ name: "dagger", hasViews: false, seed: state.seed, numRounds }], [...frames, ...labels]);
    element.measured.textContent = `DAgger, round ${numRounds}: the expert has labelled ${labels.length} frames.`;
    letGo(from);
    await measure("dagger");
  }

  async function measure(network) {
    const order = { kind: "measure", place: place(), sM: startM, network, distanceM: MEASURED_M, disturbance };
    const found = await ask({ ...order, seed: state.seed + 2 });
    element.measured.textContent = ofMeasure(found);
    return found;
  }

  async function mapBasin() {
    const { network, lane } = run.cars.at(-1);
    basin = { offsets: OFFSETS_M, headings: HEADINGS_RAD, rows: [] };
    element.basin.hidden = false;
    const order = { kind: "basin", place: place(), sM: lane.s, network, offsets: OFFSETS_M, headings: HEADINGS_RAD };
    await ask(order, ({ row }) => (basin.rows.push(row), drawBasin(element.basin, basin)));
  }

  const pictureSize = () => [page.learnersCamera.height_px, page.learnersCamera.width_px];
  const isDriven = () => phase === "pair" || phase === "clone" || phase === "model";

  function change(part) {
    const isElsewhere = "road" in part || "scene" in part || "seed" in part;
    state = { ...state, ...part };
    enter();
    if (isElsewhere && phase === "drive") return demonstrate();
    if (phase === "guess" || phase === "learning") return null;
    return isElsewhere && state.network === "clone" && !frames.length ? showPair() : letGo();
  }

  async function bring(file) {
    try {
      const drive = await driveOf(await file.arrayBuffer(), names);
      state = { ...state, ...drive.place, network: "clone" };
      enter();
      const pictures = await ask({ kind: "views", place: place(), states: drive.frames.map((frame) => frame.state), camera: page.learnersCamera });
      const brought = drive.frames.map((frame, i) => ({ ...frame, picture: pictures[i] }));
      const last = { ...brought.at(-1).state }, s = nearestS(world.road, last);
      [labels, numRounds] = [[], 0];
      element.thumbnails.replaceChildren();
      run = { frames: brought, cars: [{ lane: { s }, shown: last }], advance: () => false };
      await demonstrated();
    } catch (error) {
      say(error.message);
    }
  }

  async function takeHome() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await fileOf(frames, place(), page.takenCamera, ask));
    link.download = "drive.npz";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  const actions = {
    demonstrate,
    letGo: () => (element.guess.disabled || (guessS = Number(element.guess.value)), letGo()),
    kick: () => isDriven() && run.kick((makeRandom(Math.round(1e6 * run.timeS))() < 0.5 ? -1 : 1) * KICK_M, KICK_RAD),
    dagger: () => phase === "clone" && dagger(),
    mapBasin: () => isDriven() && mapBasin(),
    measure: () => isDriven() && measure(run.cars.at(-1).network),
    takeHome: () => frames.length && takeHome(),
  };
  for (const [name, act] of Object.entries(actions)) element[name].addEventListener("click", act);
  for (const name of ["road", "scene", "network"]) element[name].addEventListener("change", () => change({ [name]: element[name].value }));
  element.views.addEventListener("change", () => change({ views: element.views.checked ? 1 : 0 }));
  element.bring.addEventListener("change", () => element.bring.files.length && bring(element.bring.files[0]));
  element.guess.addEventListener("input", () => (element.guessOut.textContent = words(element.guess.value)));
  const words = (value) => (Number(value) >= 60 ? "never" : `${value} s`);
  addEventListener("keydown", (event) => {
    const button = document.querySelector(`[data-key="${event.key.toLowerCase()}"]`);
    if (button && !event.target.matches("select, input[type=text]") && !event.ctrlKey && !event.metaKey) button.click();
  });
  addEventListener("hashchange", () => ((state = stateOf(location.hash, names)), enter(), letGo()));

  function show() {
    const car = run.cars.at(-1), human = phase === "drive" || phase === "guess" || phase === "learning";
    const { shown } = car, camera = human ? page.takenCamera : page.chaseCamera;
    screen.draw(world, camera, shown, human ? [] : run.cars.map(({ shown: pose, look }) => ({ ...pose, colour: look.paint })));
    if (shownAtS === run.timeS && shownRun === run) return;
    if (shownRun !== run || Math.floor(10 * shownAtS) !== Math.floor(10 * run.timeS)) drawMap(element.map, world.road, run.cars);
    [shownAtS, shownRun] = [run.timeS, run];
    if (human) return;
    drawOffsets(element.offsets, run.cars);
    drawCosts(element.costs, run.cars);
    if (car.view) drawPicture(element.eye, car.view.picture, car.view.sizePx, car.view.salience);
    if (Math.abs(run.timeS % 1) < TICK_S) say(ofCars(run.cars, run.timeS));
    if (guessS !== null && phase === "clone") element.guessed.textContent = ofGuess(guessS, run.cars[0], run.timeS);
  }

  function advance() {
    hands.advance(SUBSTEP_S);
    const isOn = phase === "drive" ? run.advance(hands.wheelPerM) : isDriven() && run.advance();
    if (phase === "drive") {
      element.countdown.textContent = `${Math.max(0, Math.ceil(20 * (1 - run.share)))}`;
      drawThumbnails(element.thumbnails, run.frames, pictureSize());
      if (run.isWhole) demonstrated();
    } else if (isDriven() && run.isOver) overS += SUBSTEP_S;
    if (overS > AGAIN_AFTER_S) letGo();
    return isOn;
  }

  function frame(nowMs) {
    waitedS = Math.min(waitedS + (lastMs === null ? 0 : (nowMs - lastMs) / 1000), 4 * SUBSTEP_S);
    lastMs = nowMs;
    for (; waitedS >= SUBSTEP_S; waitedS -= SUBSTEP_S) advance();
    show();
    requestAnimationFrame(frame);
  }

  enter();
  letGo();
  requestAnimationFrame(frame);
  return { state: () => ({ ...state, phase, numRounds }), run: () => run, learned: () => learned, measure };
}
