// Where it begins: the page's script starts the page in a window, and the service in a worker.

import { startApp } from "./app.js";
import { arrayAt, inflated, ofHalf, roadOf } from "./page_data.js";
import { makeScreen } from "./screen.js";
import { makeClient, makeService } from "./service.js";

/** What is computed once, when it is asked for. */
function lazily(make) {
  let made = null;
  return () => (made ??= make());
}

/** A network of the page with its weights in single precision. */
function networkOf(plan, pool) {
  const weights = (place) => ofHalf(arrayAt(pool, place));
  if (plan.kind === "alvinn") {
    const [W1, b1, W2, b2] = [plan.W1, plan.b1, plan.W2, plan.b2].map(weights), { numHidden } = plan;
    return { ...plan, W1, b1, W2, b2, numInputs: W1.length / numHidden, units: Float64Array.from(plan.unitsPerM) };
  }
  const sizePx = [plan.camera.height_px, plan.camera.width_px];
  const layers = plan.layers.map((one) => ({ ...one, weight: weights(one.weight), bias: weights(one.bias) }));
  return { ...plan, sizePx, layers };
}

/** All that the page carries, of its text. */
export async function pageOf(data) {
  const pool = await inflated(data.pool), { textures } = data;
  const entries = (plans, make) => Object.fromEntries(plans.map((plan) => [plan.name, make(plan)]));
  return {
    ...data,
    pool: null,
    roads: entries(data.roads, (plan) => lazily(() => roadOf(plan, pool))),
    textures: { ...textures, tiles: arrayAt(pool, textures.tiles), hills: arrayAt(pool, textures.hills) },
    networks: entries(data.networks, (plan) => networkOf(plan, pool)),
  };
}

async function startPage() {
  const element = Object.fromEntries([...document.querySelectorAll("[id]")].map((one) => [one.id, one]));
  const data = JSON.parse(element.data.textContent), page = await pageOf(data);
  const startWorker = () => {
    const worker = new Worker(URL.createObjectURL(new Blob([element.script.textContent], { type: "text/javascript" })));
    worker.postMessage({ kind: "data", data });
    return worker;
  };
  const screen = makeScreen(element.screen, element.cars, JSON.parse(element.shaders.textContent), page.textures);
  window.play = startApp(page, element, makeClient(startWorker, () => makeService(page)), screen);
}

/** A worker's messages wait until what the page carries has been unpacked. */
function startService() {
  let service = null;
  self.onmessage = ({ data: message }) => {
    if (message.kind === "data") service = pageOf(message.data).then(makeService);
    else service.then((answer) => answer(message, (value) => self.postMessage(value)));
  };
}

if (typeof document !== "undefined") startPage();
else if (typeof importScripts !== "undefined") startService();
