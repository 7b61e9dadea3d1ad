// What is shown, as the part of a link behind its #: road, scene, seed, network, switch, and what is hidden.

/** The state that a link's fragment says; what it does not say, or says wrongly, is as by default. */
export function stateOf(fragment, { roads, scenes, networks }) {
  const said = new URLSearchParams(fragment.replace(/^#/, "")), seed = Number(said.get("seed"));
  const among = (name, all) => (all.includes(said.get(name)) ? said.get(name) : all[0]);
  return {
    road: among("road", roads), scene: among("scene", ["day", ...scenes]), network: among("network", networks),
    seed: Number.isInteger(seed) && seed > 0 && seed < 1e9 ? seed : 1,
    views: said.get("views") === "1" ? 1 : 0, hide: among("hide", ["", "controls"]),
  };
}

/** The fragment of a state; what is as by default is left out. */
export function fragmentOf(state, names) {
  const usual = Object.entries(stateOf("", names)), said = usual.filter(([name, value]) => state[name] !== value);
  return said.length ? `#${new URLSearchParams(said.map(([name]) => [name, state[name]]))}` : "";
}
