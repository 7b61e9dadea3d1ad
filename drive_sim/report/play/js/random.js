// Random numbers that a seed repeats.

/** Numbers from 0 to 1 of a whole seed (mulberry32, T. Ettinger). */
export function makeRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

/** One draw of the standard normal distribution (Box and Muller). */
export const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Gusts and kicks of the evaluation's weather (sim/disturbance.py), a push a control tick, without end. */
export function* weather(disturbance, tickS, random) {
  const kept = Math.exp(-tickS / disturbance.gust_time_s), fresh = Math.sqrt(1 - kept * kept);
  let driftMps = disturbance.gust_mps * normal(random);
  while (true) {
    driftMps = kept * driftMps + disturbance.gust_mps * fresh * normal(random);
    const kick = random() < 1 - Math.exp(-disturbance.kick_rate_hz * tickS) ? 1 : 0;
    const [side, turn] = [kick * (2 * random() - 1), kick * (2 * random() - 1)];
    yield { driftMps, shiftM: disturbance.kick_shift_m * side, turnRad: disturbance.kick_turn_rad * turn };
  }
}
