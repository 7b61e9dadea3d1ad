// The world drawn by WebGL2 (glsl/): sky and ground, pixel by pixel as render.js has them.

import { inverted } from "./geometry.js";
import { TILE, kept } from "./ground_noise.js";
import { NO_SAMPLE } from "./lane_grid.js";
import { cellPicture } from "./lane_cells.js";
import { imageFromGround, makeLens } from "./lens.js";
import { dashesPerM } from "./render.js";
import { columnsOf } from "./sky.js";
import { makeProgram, makeTable, makeTiles, useProgram } from "./webgl.js";

const COLUMN_VALUES = 8, LEAST_OCTAVES = 4, FAINT = 0.05;

/** A road's textures; those of its other stretches only where it comes near itself. */
function uploadedRoad(gl, grid) {
  const words = [gl.RGBA32UI, gl.RGBA_INTEGER, gl.UNSIGNED_INT];
  const cells = makeTable(gl, words, ...cellPicture(grid, false));
  const hasOther = grid.cells.some((word) => word >>> 16 !== NO_SAMPLE);
  const tileMap = makeTable(gl, [gl.R16UI, gl.RED_INTEGER, gl.UNSIGNED_SHORT], [grid.columns, grid.rows], grid.tileMap);
  return { tileMap, cells, otherCells: hasOther ? makeTable(gl, words, ...cellPicture(grid, true)) : cells };
}

/** What a shader must know of a camera; its matrix column by column. */
function shaderLens(camera) {
  const m = inverted(imageFromGround(camera));
  return { ...makeLens(camera), groundFromImage: [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]] };
}

/** Strips of rows {from, to, octaves}: how many octaves they show (each number is a program, so few); -1 for sky. */
function stripsOf(lens, octaves) {
  const strips = [];
  lens.rows.forEach(({ seesGround, depthStepM, leftStepM }, row) => {
    const isSeen = ({ texelM }) => kept(depthStepM / texelM) * kept(leftStepM / texelM) > FAINT;
    const count = seesGround ? Math.max(LEAST_OCTAVES, octaves.filter(isSeen).length) : -1, last = strips.at(-1);
    if (last?.octaves === count) last.to = row + 1;
    else strips.push({ from: row, to: row + 1, octaves: count });
  });
  return strips;
}

/** A function that draws a world seen by a car through a camera into the context's whole canvas. */
export function makeWorldPainter(gl, shaders, textures) {
  const programs = new Map(), tiles = makeTiles(gl, TILE, textures.tiles);
  let road = {}, roadGrid = null, lens = null, lensCamera = null, strips = [], columns = null, columnValues = null;

  function programOf(text) {
    if (!programs.has(text)) programs.set(text, makeProgram(gl, shaders.vertex, shaders.picture + text));
    return programs.get(text);
  }

  function roadTextures(grid) {
    if (roadGrid === grid) return road;
    Object.values(road).forEach((texture) => gl.deleteTexture(texture));
    [roadGrid, road] = [grid, uploadedRoad(gl, grid)];
    return road;
  }

  function aim(camera) {
    if (lensCamera === camera) return;
    [lens, lensCamera, columnValues] = [shaderLens(camera), camera, new Float32Array(camera.width_px * COLUMN_VALUES)];
    strips = stripsOf(lens, textures.octaves);
    gl.deleteTexture(columns);
    columns = makeTable(gl, [gl.RGBA32F, gl.RGBA, gl.FLOAT], [2, camera.width_px], columnValues);
  }

  function writeColumns(scene, headingRad) {
    columnsOf(scene, lens, textures.hills, headingRad).forEach((column, u) => {
      const { range, vignette, head, glow, sunOff2, hillRow } = column; // As the shaders of ground and sky read them.
      columnValues.set([range, vignette, head, glow, sunOff2, hillRow, vignette], u * COLUMN_VALUES);
    });
    gl.bindTexture(gl.TEXTURE_2D, columns);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 2, lens.widthPx, gl.RGBA, gl.FLOAT, columnValues);
  }

  return ({ road: { lines, lengthM }, grid, scene }, camera, car) => {
    aim(camera);
    writeColumns(scene, car.heading);
    const isTwoLane = lines === "two-lane", found = roadTextures(grid), perM = 1 / scene.shadow_size_m;
    const hasNoise = scene.texture_amplitude > 0 ? 1 : 0, cos = Math.cos(car.heading), sin = Math.sin(car.heading);
    const values = {
      ...found, scene, lens, columns, tiles,
      octaves: textures.octaves.flatMap((one) => [one.cos, one.sin, one.strength * hasNoise, 1 / one.texelM]),
      sun: [Math.cos(scene.sun_azimuth_rad) * perM, Math.sin(scene.sun_azimuth_rad) * perM],
      car: [car.x, car.y], ahead: [cos, sin], laneShare: isTwoLane ? 0.5 : 0, dashesPerM: dashesPerM(lengthM, scene),
      mapOrigin: [grid.originX, grid.originY], mapSize: [grid.columns, grid.rows],
    };
    gl.viewport(0, 0, lens.widthPx, lens.heightPx);
    gl.enable(gl.SCISSOR_TEST);
    for (const { from, to, octaves } of strips) {
      const constants = `const int NUM_OCTAVES = ${octaves}; const bool HAS_SHADOW = ${scene.shadow > 0},
        HAS_OTHER_STRETCHES = ${found.cells !== found.otherCells},
        IS_PAINTED = ${isTwoLane && scene.line_strength > 0};\n`;
      gl.scissor(0, lens.heightPx - to, lens.widthPx, to - from);
      useProgram(gl, programOf(octaves < 0 ? shaders.sky : constants + shaders.ground), values);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.disable(gl.SCISSOR_TEST);
  };
}
