// How finely the screen is drawn, by the times that frames take: less where that is too long, more again where not.

const SHARES = [1, 0.85, 0.7, 0.6, 0.5, 0.4, 0.3];
const SLOW_MS = 20, PAUSE_MS = 1000, LATE_FRAMES = 12, NO_GAIN = 0.9;
const FIRST_PATIENCE_MS = 2000, MOST_PATIENCE_MS = 32_000;
const UNCHANGED = { late: 0, calmMs: 0, frames: 0, sumMs: 0 };

/** The state to begin with: the picture's full width and height. */
export const fullResolution = {
  ...UNCHANGED, level: 0, slowMs: SLOW_MS, fullMs: 0, patienceMs: FIRST_PATIENCE_MS, hasRisen: false,
};

/** Share of the canvas's width and height that is drawn. */
export const shareOf = ({ level }) => SHARES[level];

/**
 * The state after a frame that began `frameMs` after the one before it. A step down needs late frames that those in
 * time don't make up for, a step up a calm while, which doubles whenever a step up is taken back, so that it settles.
 * Where even the coarsest picture comes no faster than the full one, something else sets the pace: full, at that pace.
 */
export function adapted(state, frameMs) {
  if (frameMs > PAUSE_MS) return state; // A page that was hidden or stopped says nothing about drawing.
  const isLate = frameMs > state.slowMs, late = Math.max(0, state.late + (isLate ? 1 : -0.5));
  const calmMs = isLate ? 0 : state.calmMs + frameMs, frames = state.frames + 1, sumMs = state.sumMs + frameMs;
  if (late >= LATE_FRAMES) return coarser({ ...state, ...UNCHANGED }, sumMs / frames);
  if (calmMs < state.patienceMs || state.level === 0) return { ...state, late, calmMs, frames, sumMs };
  return { ...state, ...UNCHANGED, level: state.level - 1, hasRisen: true };
}

function coarser(state, meanMs) {
  const { level, fullMs, patienceMs, hasRisen } = state;
  if (level === SHARES.length - 1)
    return meanMs < NO_GAIN * fullMs ? state : { ...state, level: 0, slowMs: Math.max(SLOW_MS, 1.25 * meanMs) };
  const longerMs = hasRisen ? Math.min(2 * patienceMs, MOST_PATIENCE_MS) : patienceMs;
  return { ...state, level: level + 1, fullMs: level === 0 ? meanMs : fullMs, patienceMs: longerMs, hasRisen: false };
}
