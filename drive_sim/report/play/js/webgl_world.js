// The world drawn by WebGL2 (glsl/): sky and ground, pixel by pixel as render.js has them.

import { NO_SAMPLE } from "./lane_grid.js";
import { cellPicture } from "./lane_cells.js";
import { makeLens } from "./lens.js";
import { lanesOf } from "./render.js";
import { columnsOf, rowsOf } from "./seen_rows.js";
import { TILE } from "./tiles.js";
import { makeProgram, makeTable, makeTiles, recordTable, useProgram } from "./webgl.js";

const ROW_TEXELS = 5, COLUMN_TEXELS = 2;

/** A road's textures; those of its other stretches only where it comes near itself. */
function uploadedRoad(gl, grid) {
  const words = [gl.RGBA32UI, gl.RGBA_INTEGER, gl.UNSIGNED_INT];
  const cells = makeTable(gl, words, ...cellPicture(grid, false));
  const hasOther = grid.cells.some((word) => word >>> 16 !== NO_SAMPLE);
  const tileMap = makeTable(gl, [gl.R16UI, gl.RED_INTEGER, gl.UNSIGNED_SHORT], [grid.columns, grid.rows], grid.tileMap);
  return { tileMap, cells, otherCells: hasOther ? makeTable(gl, words, ...cellPicture(grid, true)) : cells };
}

/** A function that draws a world seen by a car through a camera into the context's whole canvas. */
export function makeWorldPainter(gl, shaders, textures) {
  const programs = new Map(), tiles = makeTiles(gl, TILE, textures.tiles), { octaves } = textures;
  let road = {}, roadGrid = null, lens = null, lensCamera = null, rows, columns;

  function programOf(text) {
    if (!programs.has(text))
      programs.set(text, makeProgram(gl, shaders.vertex, shaders.picture + shaders.shading + text));
    return programs.get(text);
  }

  function roadTextures(grid) {
    if (roadGrid === grid) return road;
    Object.values(road).forEach((texture) => gl.deleteTexture(texture));
    [roadGrid, road] = [grid, uploadedRoad(gl, grid)];
    return road;
  }

  return (world, camera, car) => {
    if (lensCamera !== camera) [lens, lensCamera] = [makeLens(camera), camera];
    const { grid, scene } = world, { widthPx, heightPx } = lens;
    rows = recordTable(gl, rowsOf(world, lens, car).reverse(), ROW_TEXELS, rows); // Upwards, as the canvas counts them.
    columns = recordTable(gl, columnsOf(world, lens, car.heading), COLUMN_TEXELS, columns);
    const found = roadTextures(grid), values = {
      ...found, ...lanesOf(world), scene, rows, columns, tiles, octaves, heightPx,
      mapOrigin: [grid.originX, grid.originY], mapSize: [grid.columns, grid.rows],
    };
    // What a world has none of is left out before the shader is compiled.
    const ground = `const bool HAS_OTHER_STRETCHES = ${found.cells !== found.otherCells};
      const bool HAS_SHADOW = ${scene.shadow > 0};\n${shaders.ground}`;
    const numGround = lens.rows.filter(({ seesGround }) => seesGround).length;
    gl.viewport(0, 0, widthPx, heightPx);
    gl.enable(gl.SCISSOR_TEST);
    for (const [text, from, to] of [[ground, 0, numGround], [shaders.sky, numGround, heightPx]]) {
      gl.scissor(0, from, widthPx, to - from);
      useProgram(gl, programOf(text), values);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.disable(gl.SCISSOR_TEST);
  };
}
