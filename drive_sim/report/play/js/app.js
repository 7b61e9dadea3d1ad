// What is shown and pressed: the road, charts and sentences of a lesson, its buttons, keys and link.

import { TICK_S, helpLimitM } from "./cars.js";
import { drawBasin, drawCosts, drawMap, drawOffsets } from "./charts.js";
import { DEMONSTRATION_S } from "./demonstration.js";
import { makeHands } from "./hands.js";
import { makeLesson } from "./lesson.js";
import { drawPicture, drawThumbnails } from "./pictures.js";
import { fragmentOf, stateOf } from "./state_link.js";
import { SUBSTEP_S } from "./vehicle.js";
import { ofCars, ofGuess, whyNot } from "./words.js";

const QUIET_MS = 1000, NEVER_S = 60, MOST_SUBSTEPS = 4; // The last: of a frame, however late it comes.

/** Starts the page on its elements by id; `page` is what it carries, `ask` the service, `screen` draws the road. */
export function startApp(page, element, ask, screen) {
  const { roads, scenes, models } = page;
  const names = { roads: Object.keys(roads), scenes: Object.keys(scenes), networks: ["clone", ...models] };
  const hands = makeHands(element.screen), { learnersCamera } = page;
  const frameSizePx = [learnersCamera.height_px, learnersCamera.width_px];
  let quietUntilMs = 0, lastMs = null, waitedS = 0, guessS = null, shownRun = null, shownTick = -1, numTold = 0;
  let shownFrames = null;

  /** Says a sentence that readers of the screen hear: at once where something has happened, else once a second. */
  function say(text, isNews = true) {
    const nowMs = performance.now();
    if (!isNews && nowMs < quietUntilMs) return;
    element.said.textContent = text;
    quietUntilMs = nowMs + QUIET_MS * (isNews ? 3 : 1);
  }

  function note(name, text) {
    if (name === "said" || name === "progress") say(text, name === "said");
    else element[name].textContent = text;
  }

  /** The page's controls and its link as the lesson's state is. */
  function onState(state) {
    for (const name of ["road", "scene", "network"]) element[name].value = state[name];
    element.views.checked = state.views === 1;
    for (const [name, why] of Object.entries(whyNot(state)))
      Object.assign(element[name], { disabled: why !== "", title: why });
    Object.assign(document.body.dataset, { hide: state.hide, phase: state.phase });
    history.replaceState(null, "", location.pathname + fragmentOf(state, names));
  }

  const onBasin = (basin) => (basin ? drawBasin(element.basin, basin) : element.basin.removeAttribute("width"));
  const explains = () => element.salience.checked;
  const lesson = makeLesson(page, stateOf(location.hash, names), { ask, note, onState, onBasin, explains });

  function demonstrate() {
    guessS = null;
    globalThis.DeviceOrientationEvent?.requestPermission?.().catch(() => {}); // Without, some phones tell no tilt.
    document.activeElement.blur(); // So that Space ends the drive and presses no button.
    element.screen.scrollIntoView({ block: "nearest" });
    lesson.demonstrate();
    hands.take(lesson.run.cars[0].state.curvature);
  }

  function letGo() {
    [guessS, quietUntilMs] = [Number(element.guess.value), 0];
    lesson.letGo();
  }

  async function takeHome() {
    const href = URL.createObjectURL(await lesson.fileToTake());
    Object.assign(document.createElement("a"), { href, download: "drive.npz" }).click();
    URL.revokeObjectURL(href);
  }

  /** Listens with what may take its time; what it throws is said. */
  function listen(target, kind, action) {
    target.addEventListener(kind, async (event) => {
      try {
        await action(event);
      } catch (error) {
        lesson.onError(error);
      }
    });
  }

  const { dagger, kick, mapBasin, measure, bring, change } = lesson;
  const actions = { demonstrate, letGo, takeHome, dagger, kick, mapBasin, measure };
  for (const [name, act] of Object.entries(actions)) listen(element[name], "click", () => act());
  for (const name of ["road", "scene", "network"])
    listen(element[name], "change", () => change({ [name]: element[name].value }));
  listen(element.views, "change", () => change({ views: element.views.checked ? 1 : 0 }));
  listen(window, "hashchange", () => change(stateOf(location.hash, names)));
  listen(element.bring, "change", async () => {
    const [file] = element.bring.files;
    element.bring.value = ""; // So that the same file may be brought again.
    if (file) await bring(file);
  });
  listen(element.guess, "input", () => {
    const value = Number(element.guess.value);
    element.guessOut.textContent = value >= NEVER_S ? "never" : `${value} s`;
  });
  listen(window, "keydown", (event) => {
    const { key, target, repeat, ctrlKey, metaKey, altKey } = event;
    if (repeat || ctrlKey || metaKey || altKey || target.matches("select")) return;
    if (lesson.state.phase === "drive" && (key === " " || key === "Escape")) {
      event.preventDefault();
      lesson.endDrive();
    } else document.querySelector(`[data-key="${CSS.escape(key.toLowerCase())}"]`)?.click();
  });

  function showThumbnails() {
    const frames = lesson.drive?.frames ?? lesson.run.frames ?? null;
    if (frames !== shownFrames) element.thumbnails.replaceChildren();
    shownFrames = frames;
    if (frames) drawThumbnails(element.thumbnails, frames, frameSizePx);
  }

  /** What networks do, ten times a second: what they see, what it costs, and what there is to say of it. */
  function showRollout(run) {
    const { view } = run.cars.at(-1), numEvents = run.cars.filter(({ leftAtS }) => leftAtS !== null).length
      + run.cars.filter(({ isGone }) => isGone).length;
    drawOffsets(element.offsets, run.cars, helpLimitM(lesson.world.road, run.cars.at(-1).lane));
    drawCosts(element.costs, run.cars);
    if (view) drawPicture(element.eye, view.picture, view.sizePx, view.salience);
    say(ofCars(run.cars, run.timeS), numEvents > numTold);
    numTold = numEvents;
    if (guessS !== null && lesson.state.phase === "clone")
      element.guessed.textContent = ofGuess(guessS, run.cars[0], run.timeS);
  }

  function show() {
    const { run, world, isDriven } = lesson, tick = Math.round(run.timeS / TICK_S);
    const others = isDriven ? run.cars.map(({ shown, look }) => ({ ...shown, colour: look.paint })) : [];
    screen.draw(world, isDriven ? page.chaseCamera : page.takenCamera, run.cars.at(-1).shown, others);
    showThumbnails();
    if (run === shownRun && tick === shownTick) return;
    [numTold, shownRun, shownTick] = [run === shownRun ? numTold : 0, run, tick];
    drawMap(element.map, world.road, run.cars);
    if (isDriven) showRollout(run);
    else element.countdown.textContent = Math.max(0, Math.ceil(DEMONSTRATION_S - run.timeS));
  }

  function frame(nowMs) {
    waitedS = Math.min(waitedS + (lastMs === null ? 0 : (nowMs - lastMs) / 1000), MOST_SUBSTEPS * SUBSTEP_S);
    lastMs = nowMs;
    for (; waitedS >= SUBSTEP_S; waitedS -= SUBSTEP_S) {
      hands.advance(SUBSTEP_S);
      lesson.advance(hands.wheelPerM);
    }
    show();
    requestAnimationFrame(frame);
  }

  requestAnimationFrame(frame);
  return { state: () => lesson.state, run: () => lesson.run, learned: () => lesson.learned, measure };
}
