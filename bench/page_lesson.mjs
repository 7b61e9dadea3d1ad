// The page's lesson without a browser: `node bench/page_lesson.mjs docs/play.html 1-3 all` (or names of roads, by commas).
// For each road and seed the keys of `page_lesson.py` drive for twenty seconds, a clone and its twin learn, and each
// drives a kilometre: how often somebody would have had to take the wheel, processor seconds of learning.

import fs from "fs";

const API = ["pageOf", "makeService", "makeDemonstration", "makeHands", "makeRandom", "drawnStart", "SUBSTEP_S"];
const OPEN_END_M = 300, LEARNERS = [{ name: "plain", hasViews: false }, { name: "views", hasViews: true }];
const [file, seeds, roads] = process.argv.slice(2), [firstSeed, lastSeed] = seeds.split("-").map(Number);
const html = fs.readFileSync(file, "utf8"), heard = {};
const inside = (id) => html.match(new RegExp(`id="${id}">([^]*?)</script>`))[1];
const listen = (kind, act) => (heard[kind] ??= []).push(act);
const names = ["document", "importScripts", "screen", "addEventListener"];
const api = new Function(...names, `${inside("script")};return {${API}}`)(undefined, undefined, {}, listen);
const page = await api.pageOf(JSON.parse(inside("data"))), service = api.makeService(page);

/** What the service answers, at once. */
function ask(message) {
  let found = null;
  service({ id: 0, ...message }, ({ value, error, isLast }) => {
    if (error) throw error;
    if (isLast) found = value;
  });
  return found;
}

/** Twenty seconds by the keys of `page_lesson.py`. */
function drive(world, place, sM) {
  for (const kind of Object.keys(heard)) delete heard[kind];
  const hands = api.makeHands({ addEventListener() {} }), camera = page.learnersCamera;
  const soon = (message) => ({ then: (act) => act(ask(message)) });
  const drive = api.makeDemonstration({ world, place, vehicle: page.vehicle, sM, ask: soon, camera });
  const tell = (kind, code) => code && heard[kind].forEach((act) =>
    act({ code, target: { matches: () => false }, preventDefault() {} }));
  hands.take(drive.cars[0].state.curvature);
  for (let substep = 0, held = null; !drive.isWhole; substep++) {
    const { lane, state } = drive.cars[0], wanted = lane.curvature - 0.02 * lane.offset - 0.15 * lane.heading;
    const missing = wanted - state.curvature;
    const code = Math.abs(missing) < 0.006 ? null : missing > 0 ? "ArrowLeft" : "ArrowRight";
    if (substep % 2 === 0 && code !== held) [held] = [code, tell("keyup", held), tell("keydown", code)];
    hands.advance(api.SUBSTEP_S);
    drive.advance(hands.wheelPerM);
  }
  return drive;
}

for (const name of roads === "all" ? Object.keys(page.roads) : roads.split(","))
  for (let seed = firstSeed; seed <= (lastSeed ?? firstSeed); seed++) {
    const world = page.roads[name](), { road } = world, place = { road: name, scene: "day" };
    const lastM = Math.max(0, road.lengthM - (road.closed ? 0 : OPEN_END_M));
    const startM = api.drawnStart(road, api.makeRandom(seed), lastM), { frames, cars } = drive(world, place, startM);
    const before = process.cpuUsage();
    ask({ kind: "learn", frames, learners: LEARNERS, seed });
    const { user, system } = process.cpuUsage(before), sM = road.closed ? cars[0].lane.s : 0;
    const [plain, views] = LEARNERS.map(({ name: network }) =>
      ask({ kind: "measure", network, place, sM, distanceM: 1000, seed: seed + 2 }).numHelped);
    const offM = Math.max(...frames.map(({ offsetM }) => Math.abs(offsetM))), learnedS = (user + system) / 1e6;
    console.log(JSON.stringify({ road: name, seed, offM, learnedS, plain, views }));
  }
