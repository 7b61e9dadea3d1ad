// The world drawn by WebGL2 (glsl/): sky and ground, pixel by pixel as render.js has them.

import { inverted } from "./geometry.js";
import { TILE, kept } from "./ground_noise.js";
import { NO_SAMPLE } from "./lane_grid.js";
import { cellPicture, tilePicture } from "./lane_cells.js";
import { centrePx, imageFromGround, makeLens, pitchRad } from "./lens.js";
import { dashesPerM } from "./render.js";
import { columnsOf } from "./sky.js";
import { makeProgram, makeTexture, setUniforms } from "./webgl.js";

const KEPT_ROADS = 3, COLUMN_VALUES = 8;

/** Each texel with its right, lower and lower right neighbour, which a shader then gets at once. */
function cornersOf(tiles) {
  const corners = new Uint8Array(4 * tiles.length), last = TILE - 1;
  for (let i = 0; i < tiles.length; i++) {
    const column = i & last, row = Math.floor(i / TILE), next = (column + 1) & last;
    const [here, below] = [row, (row & ~last) | ((row + 1) & last)].map((r) => r * TILE);
    corners.set([tiles[here + column], tiles[here + next], tiles[below + column], tiles[below + next]], 4 * i);
  }
  return corners;
}

/** A road's textures; those of its other stretches only where it comes near itself. */
function uploadedRoad(gl, grid) {
  const cells = makeTexture(gl, "rgba32u", ...cellPicture(grid, false));
  const hasOther = grid.cells.some((word) => word >>> 16 !== NO_SAMPLE);
  const otherCells = hasOther ? makeTexture(gl, "rgba32u", ...cellPicture(grid, true)) : cells;
  return { tileMap: makeTexture(gl, "r16u", ...tilePicture(grid)), cells, otherCells };
}

/** What a shader must know of a camera. */
function lensOf(camera) {
  const pitch = pitchRad(camera), m = inverted(imageFromGround(camera));
  return {
    ...makeLens(camera),
    groundFromImage: [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]],
    centrePx: centrePx(camera),
    cosPitch: Math.cos(pitch),
    sinPitch: Math.sin(pitch),
  };
}

/** Strips of rows {from, to, octaves}: how many octaves they show, in twos (each number is a program); -1 for sky. */
function stripsOf(lens, octaves, maxTaps) {
  const strips = [];
  lens.rows.forEach(({ seesGround, depthStepM, leftStepM }, row) => {
    const widthM = Math.abs(leftStepM), depthM = Math.abs(depthStepM);
    const isSeen = ({ texelM }) => kept(depthM / (maxTaps * texelM)) * kept(widthM / texelM) > 0;
    const count = seesGround ? 2 * Math.ceil(octaves.filter(isSeen).length / 2) : -1, last = strips.at(-1);
    if (last?.octaves === count) last.to = row + 1;
    else strips.push({ from: row, to: row + 1, octaves: count });
  });
  return strips;
}

/** A function that draws a world seen by a car through a camera into the context's whole canvas. */
export function makeWorldPainter(gl, shaders, textures, mostTaps) {
  const programs = new Map(), roads = new Map();
  const tiles = makeTexture(gl, "rgba8", [TILE, textures.tiles.length / TILE], cornersOf(textures.tiles));
  const octaves = textures.octaves.flatMap(({ cos, sin, strength, texelM }) => [cos, sin, strength, texelM]);
  let lens = null, lensCamera = null, strips = [], columns = null, columnValues = null;

  function programOf(constants, text) {
    const key = constants + text.length;
    const make = () => makeProgram(gl, shaders.vertex, shaders.picture + constants + text);
    if (!programs.has(key)) programs.set(key, make());
    return programs.get(key);
  }

  function roadTextures(grid) {
    const found = roads.get(grid) ?? uploadedRoad(gl, grid);
    roads.delete(grid); // The one used last stands last.
    roads.set(grid, found);
    const [[oldGrid, old]] = roads;
    if (roads.size > KEPT_ROADS && roads.delete(oldGrid)) Object.values(old).forEach((one) => gl.deleteTexture(one));
    return found;
  }

  function aimed(camera) {
    if (lensCamera === camera) return;
    [lens, lensCamera, columnValues] = [lensOf(camera), camera, new Float32Array(camera.width_px * COLUMN_VALUES)];
    lens.maxTaps = Math.min(lens.maxTaps, mostTaps);
    strips = stripsOf(lens, textures.octaves, lens.maxTaps);
    gl.deleteTexture(columns);
    columns = makeTexture(gl, "rgba32f", [2, camera.width_px], columnValues);
  }

  function writeColumns(scene, headingRad) {
    columnsOf(scene, lens, textures.hills, headingRad).forEach((column, u) => {
      const { range, vignette, head, glow, sunOff2, hillRow } = column;
      columnValues.set([range, vignette, head, glow, sunOff2, hillRow, vignette], u * COLUMN_VALUES);
    });
    gl.bindTexture(gl.TEXTURE_2D, columns);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 2, lens.widthPx, gl.RGBA, gl.FLOAT, columnValues);
  }

  return ({ road, grid, scene }, camera, car) => {
    aimed(camera);
    writeColumns(scene, car.heading);
    const isTwoLane = road.lines === "two-lane", found = roadTextures(grid), perM = 1 / scene.shadow_size_m;
    const flags = `const bool HAS_OTHER_STRETCHES = ${found.cells !== found.otherCells},
      IS_PAINTED = ${isTwoLane && scene.line_strength > 0}, HAS_SHADOW = ${scene.shadow > 0};\n`;
    const values = {
      ...found, scene, lens, columns, tiles, octaves,
      sun: [Math.cos(scene.sun_azimuth_rad) * perM, Math.sin(scene.sun_azimuth_rad) * perM],
      car: { x: car.x, y: car.y, cos: Math.cos(car.heading), sin: Math.sin(car.heading) },
      grid: { origin: [grid.originX, grid.originY], size: [grid.columns, grid.rows] },
      road: { laneShare: isTwoLane ? 0.5 : 0, dashesPerM: dashesPerM(road, scene) },
    };
    gl.viewport(0, 0, lens.widthPx, lens.heightPx);
    gl.enable(gl.SCISSOR_TEST);
    for (const { from, to, octaves: count } of strips) {
      const seen = scene.texture_amplitude > 0 ? count : 0;
      const noise = `const int NUM_OCTAVES = ${seen};\nconst float MAX_TAPS = float(${lens.maxTaps});\n`;
      const program = count < 0 ? programOf("", shaders.sky) : programOf(flags + noise, shaders.ground);
      gl.scissor(0, lens.heightPx - to, lens.widthPx, to - from);
      gl.useProgram(program.program);
      setUniforms(gl, program, values);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.disable(gl.SCISSOR_TEST);
  };
}
