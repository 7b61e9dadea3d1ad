// What happens: who drives, what is recorded, and who learns from it. One phase follows another: "pair" before anybody
// touches anything, "drive", "learning", "guess", and "clone" or "model" while networks drive.

import { TICK_S } from "./cars.js";
import { drawnStart, makeDemonstration } from "./demonstration.js";
import { makeRandom, weather } from "./random.js";
import { nearestS } from "./road.js";
import { makeRollout } from "./rollout.js";
import { driveOf, fileOf } from "./take_home.js";
import { SUBSTEP_S } from "./vehicle.js";
import { ofDemonstration, ofLearning, ofMeasure, ofTaking } from "./words.js";

const LOOKS = {
  plain: { colour: "vermilion", paint: [0.84, 0.37, 0], dashes: [7, 4], sign: "✕ plain clone" },
  views: { colour: "blue", paint: [0, 0.35, 0.65], dashes: [], sign: "● with shift-and-rotate" },
  dagger: { colour: "purple", paint: [0.66, 0.32, 0.5], dashes: [2, 3], sign: "◆ DAgger" },
  model: { colour: "green", paint: [0, 0.5, 0.36], dashes: [], sign: "▲ network" },
};
const MEASURED_M = 1000, KICK_M = 0.6, KICK_RAD = 0.1, LEAST_DRIVE_S = 5, OPEN_END_M = 300, AGAIN_AFTER_S = 4;
const PAIR_PUSH = { firstS: 3, everyS: 5, shiftM: 1.3, turnRad: 0.2 };
const CLONES = [{ name: "plain", hasViews: false }, { name: "views", hasViews: true }];

/**
 * The lesson on what the page carries, from a state of the link. `ask` is the service, `note(name, text)` hears what is
 * to be written where, `onState` the state, `onBasin` a map of starts as it grows, or null; `explains()`: whether the
 * service is to say what a network looks at.
 */
export function makeLesson(page, state, { ask, note, onState, onBasin, explains }) {
  const { vehicle, disturbance, learnersCamera: camera } = page;
  let world = null, run = null, phase = "pair", startM = 0, drive = null, labels = [], numRounds = 0, learned = [];
  let overS = 0, numPairs = 0, numPushes = 0, turn = 0; // What an earlier turn asked for comes late.

  const place = () => ({ road: state.road, scene: state.scene });
  const stateNow = () => ({ ...state, phase, isDriven: isDriven(), numRounds, hasDrive: drive !== null });
  const isDriven = () => phase === "pair" || phase === "clone" || phase === "model";

  /** Begins a phase; returns a function that tells whether it is still on. */
  function enter(next) {
    const mine = turn + 1;
    [phase, turn] = [next, mine];
    onState(stateNow());
    return () => mine === turn;
  }

  function goTo(part) {
    state = { ...state, ...part };
    world = { ...page.roads[state.road](), scene: page.scenes[state.scene], textures: page.textures };
    onState(stateNow());
  }

  /** Where one may begin at the latest, so that some of an open road is ahead; and where the seed begins. */
  const lastStartM = () => Math.max(0, world.road.lengthM - (world.road.closed ? 0 : OPEN_END_M));
  const seededStartM = () => drawnStart(world.road, makeRandom(state.seed), lastStartM());

  function rollOut(next, networks, sM, isHelped = false) {
    enter(next);
    onBasin(null); // What was mapped is another network's.
    [overS, numPushes] = [0, 0];
    const drivers = Object.entries(networks).map(([look, network]) => ({ look: LOOKS[look], network }));
    const pushes = weather(disturbance, TICK_S, makeRandom(state.seed + 1));
    run = makeRollout({ world, place: place(), vehicle, drivers, sM, pushes, isHelped, ask, explains, onError });
  }

  /** The pair that drives before anybody touches anything, each time from another place; both are pushed alike. */
  function showPair() {
    const { lengthM } = world.road, sM = startM + 0.37 * lengthM * numPairs++;
    rollOut("pair", { plain: page.pair[0], views: page.pair[1] }, world.road.closed ? sM % lengthM : startM);
  }

  /** Pushes the pair when its time has come, to one side and then to the other. */
  function pushPair() {
    if (run.timeS < PAIR_PUSH.firstS + PAIR_PUSH.everyS * numPushes) return;
    const side = numPushes++ % 2 ? -1 : 1;
    run.kick(side * PAIR_PUSH.shiftM, side * PAIR_PUSH.turnRad);
    if (numPushes === 1) note("said", "Both learned from one drive on country-road. Both are pushed alike, every 5 s.");
  }

  function letGo(sM = startM) {
    if (state.network !== "clone") return rollOut("model", { model: state.network }, sM);
    if (!learned.length) return showPair();
    const others = { ...(state.views && { views: "views" }), ...(numRounds && { dagger: "dagger" }) };
    return rollOut("clone", { plain: "plain", ...others }, sM, numRounds > 0);
  }

  function forget() {
    [drive, labels, numRounds, learned] = [null, [], 0, []];
    for (const name of ["demonstrated", "learned", "measured", "guessed"]) note(name, "");
  }

  function demonstrate() {
    enter("drive");
    forget();
    goTo({ network: "clone", views: 0 });
    startM = seededStartM();
    run = makeDemonstration({ world, place: place(), vehicle, sM: startM, ask, camera, onError });
    note("said", ofTaking(world.road.speedMps));
  }

  /** Whether the learners have learned, and the lesson has not gone on without them. */
  async function learn(learners, frames) {
    const isNow = enter("learning");
    const show = ({ share }) => isNow() && note("progress", `Learning: ${Math.round(100 * share)} %`);
    const found = await ask({ kind: "learn", frames, learners, seed: state.seed }, show);
    if (!isNow()) return false;
    learned = found;
    note("learned", ofLearning(LOOKS[found.at(-1).name].sign, found.at(-1)));
    return true;
  }

  /** Two clones learn from a drive that ended at an arc length. */
  async function learnFrom(driven, sM) {
    drive = driven;
    note("demonstrated", ofDemonstration(drive.frames, world.road));
    if (!(await learn(CLONES, drive.frames))) return;
    startM = sM < lastStartM() ? sM : seededStartM();
    enter("guess");
    note("said", "Now guess: when will the clone need help? Then let go.");
  }

  async function dagger() {
    const { frames, lane } = run.cars.at(-1), labelled = [...labels, ...frames];
    const learner = { name: "dagger", hasViews: false, numRounds: numRounds + 1 };
    if (!(await learn([learner], [...drive.frames, ...labelled]))) return;
    [labels, numRounds] = [labelled, numRounds + 1];
    note("measured", `DAgger, round ${numRounds}: the expert has labelled ${labels.length} frames.`);
    letGo(lane.s);
    await measure("dagger");
  }

  async function measure(network = run.cars.at(-1).network) {
    const mine = turn, sM = world.road.closed ? startM : 0, distanceM = MEASURED_M, seed = state.seed + 2;
    const found = await ask({ kind: "measure", network, place: place(), sM, distanceM, seed });
    if (mine === turn) note("measured", ofMeasure(LOOKS[network]?.sign ?? network, found));
    return found;
  }

  async function mapBasin() {
    const mine = turn, { network, lane } = run.cars.at(-1);
    await ask({ kind: "basin", place: place(), sM: lane.s, network }, (basin) => mine === turn && onBasin(basin));
  }

  /** Go on with another road, scene, seed, network or switch. */
  function change(part) {
    const isElsewhere = ["road", "scene", "seed"].some((name) => name in part && part[name] !== state[name]);
    goTo(part);
    if (isElsewhere) startM = seededStartM();
    if (isElsewhere && phase === "drive") demonstrate();
    else if (isElsewhere || isDriven()) letGo();
  }

  async function bring(file) {
    const brought = await driveOf(file, page), isNow = enter("learning");
    forget();
    goTo({ ...brought.place, network: "clone" });
    const states = brought.frames.map((frame) => frame.state), last = states.at(-1), s = nearestS(world.road, last);
    run = { frames: [], cars: [{ lane: { s }, shown: last }], timeS: 0 };
    const pictures = await ask({ kind: "views", place: place(), states, camera });
    const frames = brought.frames.map((frame, i) => ({ ...frame, picture: pictures[i] }));
    if (isNow()) await learnFrom({ place: place(), frames }, s);
  }

  const kick = () => run.kick((makeRandom(Math.round(1e6 * run.timeS))() < 0.5 ? -1 : 1) * KICK_M, KICK_RAD);
  const fileToTake = () => fileOf(drive.frames, drive.place, page.takenCamera, ask);

  /** End the drive early; one that is too short to learn from is left. */
  function endDrive() {
    if (run.timeS >= LEAST_DRIVE_S) return run.end();
    letGo();
    note("said", `There is nothing to learn from less than ${LEAST_DRIVE_S} s. Take the wheel again.`);
  }

  function onError(error) {
    if (phase === "learning") letGo();
    note("said", error.message);
  }

  /** Go on by one substep, with the wheel where a person's hands hold it. */
  function advance(wheelPerM) {
    if (phase !== "drive" && !isDriven()) return;
    run.advance(wheelPerM);
    if (phase === "pair") pushPair();
    overS += run.isOver || (phase === "pair" && run.cars[0].isGone) ? SUBSTEP_S : 0;
    if (overS > AGAIN_AFTER_S) letGo();
    if (run.isWhole) learnFrom({ place: place(), frames: run.frames }, run.cars[0].lane.s).catch(onError);
  }

  goTo({});
  startM = seededStartM();
  letGo();
  return {
    get state() { return stateNow(); },
    get world() { return world; },
    get run() { return run; },
    get learned() { return learned; },
    get drive() { return drive; },
    get isDriven() { return isDriven(); },
    demonstrate, letGo, dagger, measure, mapBasin, change, bring, kick, fileToTake, endDrive, advance, onError,
  };
}
