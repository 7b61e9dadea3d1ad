// A drive leaves as NumPy's .npz, which `run_sim.py train` reads, and comes back from one that was made here.

import { TICK_S } from "./cars.js";
import { clamp } from "./geometry.js";
import { firstText, npzOf } from "./npz.js";

const FULL_LOCK_PER_M = 0.12;

/** The file of a drive: its pictures through a camera (drawn anew), its commands and its poses. */
export async function fileOf(frames, place, camera, ask) {
  const states = frames.map(({ state }) => state), count = frames.length;
  const image = await new Blob(await ask({ kind: "views", place, states, camera })).arrayBuffer();
  const column = (of) => ({ values: Float64Array.from(frames, of), shape: [count] });
  const facts = { steering: "right positive, -1 to 1", full_lock_per_m: FULL_LOCK_PER_M };
  return npzOf({
    page: JSON.stringify({ place, frames: frames.map((frame) => ({ ...frame, picture: null })) }),
    image: { values: new Uint8Array(image), shape: [count, camera.height_px, camera.width_px, 3] },
    steering: column(({ curvature }) => clamp(-curvature / FULL_LOCK_PER_M, -1, 1)),
    curvature_per_m: column(({ curvature }) => curvature),
    time_s: column((_, i) => i * TICK_S),
    speed_mps: column(({ state }) => state.speed),
    x_m: column(({ state }) => state.x),
    y_m: column(({ state }) => state.y),
    heading_rad: column(({ state }) => state.heading),
    lane_offset_m: column(({ offsetM }) => offsetM),
    drive_sim: JSON.stringify({ ...facts, control_hz: Math.round(1 / TICK_S), camera }),
  });
}

/** {place, frames without pictures} of such a file. Throws an Error with a sentence where it is none. */
export async function driveOf(file, { roads, scenes }) {
  try {
    const { place, frames } = JSON.parse(await firstText(await file.arrayBuffer()));
    const areNumbers = ({ curvature, offsetM, state: { x, y, heading, speed } }) =>
      [curvature, offsetM, x, y, heading, speed].every(Number.isFinite);
    const isOurs = Object.hasOwn(roads, place.road) && Object.hasOwn(scenes, place.scene) && frames.length > 0;
    if (isOurs && frames.every(areNumbers)) return { place, frames };
  } catch {
    // Told below, as what is no drive of this page.
  }
  throw new Error("This file is no drive that was taken home from this page, or it is damaged.");
}
