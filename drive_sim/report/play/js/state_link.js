// What is shown, as the part of a link behind its #: road, scene, seed, network, switch, and what is hidden.

const DEFAULTS = { road: "", scene: "day", seed: 1, network: "alvinn", views: 0, hide: "" };

/** The state that a link's fragment says; what it does not say, or says wrongly, is as by default. */
export function stateOf(fragment, { roads, scenes, networks }) {
  const said = new URLSearchParams(fragment.replace(/^#/, "")), seed = Number(said.get("seed"));
  const among = (name, all, otherwise) => (all.includes(said.get(name)) ? said.get(name) : otherwise);
  return {
    road: among("road", roads, roads[0]),
    scene: among("scene", scenes, DEFAULTS.scene),
    network: among("network", networks, networks[0]),
    seed: Number.isInteger(seed) && seed > 0 && seed < 1e9 ? seed : DEFAULTS.seed,
    views: said.get("views") === "1" ? 1 : 0,
    hide: said.get("hide") === "controls" ? "controls" : "",
  };
}

/** The fragment of a state; what is as by default is left out. */
export function fragmentOf(state, { roads, networks }) {
  const usual = { ...DEFAULTS, road: roads[0], network: networks[0] };
  const said = Object.entries(state).filter(([name, value]) => name in usual && String(value) !== String(usual[name]));
  return said.length ? `#${new URLSearchParams(said)}` : "";
}
