// A drive leaves as NumPy's .npz, which `run_sim.py train` reads, and comes back from one that was made here.

import { TICK_S } from "./cars.js";
import { arraysOf, npzOf } from "./npz.js";

const FULL_LOCK_PER_M = 0.12;

/** The file of a drive: its pictures through a camera (drawn anew), its commands and its poses. */
export async function fileOf(frames, place, camera, ask) {
  const count = frames.length, size = camera.height_px * camera.width_px * 3, image = new Uint8Array(count * size);
  const pictures = await ask({ kind: "views", place, states: frames.map(({ state }) => state), camera });
  pictures.forEach((picture, i) => image.set(picture, i * size));
  const column = (of) => ({ values: Float64Array.from(frames, of), shape: [count] });
  const facts = { steering: "right positive, -1 to 1", full_lock_per_m: FULL_LOCK_PER_M, control_hz: Math.round(1 / TICK_S) };
  return npzOf({
    image: { values: image, shape: [count, camera.height_px, camera.width_px, 3] },
    steering: column(({ curvature }) => Math.max(-1, Math.min(1, -curvature / FULL_LOCK_PER_M))),
    curvature_per_m: column(({ curvature }) => curvature),
    time_s: column((_, i) => i * TICK_S),
    speed_mps: column(({ state }) => state.speed),
    x_m: column(({ state }) => state.x),
    y_m: column(({ state }) => state.y),
    heading_rad: column(({ state }) => state.heading),
    lane_offset_m: column(({ offsetM }) => offsetM),
    page: JSON.stringify(place),
    drive_sim: JSON.stringify({ ...facts, camera }),
  });
}

/** {place, frames without pictures} of such a file. Throws an Error with a sentence where it is none. */
export async function driveOf(buffer, { roads, scenes }) {
  const arrays = await arraysOf(buffer), column = (name) => arrays[name]?.values;
  const place = typeof arrays.page === "string" ? JSON.parse(arrays.page) : {};
  const isOurs = ["curvature_per_m", "x_m", "y_m", "heading_rad", "speed_mps", "lane_offset_m"].every(column);
  if (!isOurs || !roads.includes(place.road) || !scenes.includes(place.scene))
    throw new Error("This drive was not taken home from this page; `run_sim.py train` reads it all the same.");
  const frames = Array.from(column("curvature_per_m"), (curvature, i) => ({
    curvature,
    offsetM: column("lane_offset_m")[i],
    state: { x: column("x_m")[i], y: column("y_m")[i], heading: column("heading_rad")[i], speed: column("speed_mps")[i] },
    picture: null,
  }));
  if (!frames.every(({ curvature, state }) => Number.isFinite(curvature + state.x + state.y + state.heading)))
    throw new Error("This drive has numbers that are none.");
  return { place, frames };
}
