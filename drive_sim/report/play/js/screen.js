// The page's screen: WebGL2 where there is one, else the JavaScript renderer on a coarser picture; cars lie above it.

import { carFaces } from "./car_faces.js";
import { makeLens, resized } from "./lens.js";
import { render } from "./render.js";
import { adapted, fullResolution, shareOf } from "./resolution.js";
import { makeWorldPainter } from "./webgl_world.js";

const MOST_PIXELS = { webgl: 3840 * 2160, software: 640 * 360, javascript: 200 * 112 };
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Which kind of WebGL2 a context is: that of a graphics processor ("webgl") or one computed by "software". */
function kindOf(gl) {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  return SOFTWARE.test(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) ? "software" : "webgl";
}

/** {canvas, kind, draw, isLost} by WebGL2, or null where there is none. */
function webglDrawing(canvas, shaders, textures) {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
  if (!gl) return null;
  let paint = makeWorldPainter(gl, shaders, textures);
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault()); // So that it will be restored.
  canvas.addEventListener("webglcontextrestored", () => (paint = makeWorldPainter(gl, shaders, textures)));
  return { canvas, kind: kindOf(gl), draw: (...seen) => paint(...seen), isLost: () => gl.isContextLost() };
}

/** {canvas, kind, draw} by the renderer of what networks see. */
function javascriptDrawing(canvas) {
  const context = canvas.getContext("2d");
  let lens = null, lensCamera = null;
  function draw(world, camera, car) {
    if (lensCamera !== camera) [lens, lensCamera] = [makeLens(camera), camera];
    context.putImageData(new ImageData(render(world, lens, car, 4), camera.width_px), 0, 0);
  }
  return { canvas, kind: "javascript", draw };
}

/** Draws faces on a canvas, each over those before it. */
export function drawFaces(canvas, faces) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  for (const { points, colour, opacity } of faces) {
    pen.fillStyle = `rgb(${colour.map((value) => Math.round(255 * value)).join(" ")} / ${opacity})`;
    pen.beginPath();
    for (const [u, v] of points) pen.lineTo(u + 0.5, v + 0.5);
    pen.fill();
  }
}

/**
 * {draw, kind, canvas}: `draw(world, camera, car, cars)` shows what a car {x, y, heading} sees of a world {road, grid,
 * scene, textures} and, on a canvas of their own, of other cars. The canvas's size on the page is the style sheet's;
 * its number of pixels follows from that, from what draws, and from the time that frames take. Should the context be
 * lost, another canvas stands in its place until it is restored.
 */
export function makeScreen(canvas, carsCanvas, shaders, textures) {
  const webgl = webglDrawing(canvas, shaders, textures);
  let drawing = webgl ?? javascriptDrawing(canvas), resolution = fullResolution, lastMs = -Infinity;
  let view = null, viewOf = null;

  function stoodInFor() {
    if (!webgl || webgl.isLost() === (drawing !== webgl)) return;
    const next = webgl.isLost() ? javascriptDrawing(canvas.cloneNode()) : webgl;
    drawing.canvas.replaceWith(next.canvas);
    [drawing, resolution, viewOf] = [next, fullResolution, null];
  }

  /** The camera with as many pixels as are to be drawn; the same record while nothing changes. */
  function fitted(camera) {
    const { clientWidth, clientHeight } = drawing.canvas, dense = window.devicePixelRatio || 1;
    const widthPx = Math.max(clientWidth, 16) * dense, heightPx = Math.max(clientHeight, 9) * dense;
    const share = shareOf(resolution) * Math.min(1, Math.sqrt(MOST_PIXELS[drawing.kind] / (widthPx * heightPx)));
    const [width, height] = [widthPx, heightPx].map((length) => Math.max(1, Math.round(length * share)));
    if (viewOf === camera && view.width_px === width && view.height_px === height) return view;
    for (const each of [drawing.canvas, carsCanvas]) [each.width, each.height] = [width, height];
    [view, viewOf] = [resized(camera, width, height), camera];
    return view;
  }

  return {
    get kind() { return drawing.kind; },
    get canvas() { return drawing.canvas; },
    draw(world, camera, car, cars = []) {
      stoodInFor();
      const nowMs = performance.now();
      [resolution, lastMs] = [adapted(resolution, nowMs - lastMs), nowMs];
      const seen = fitted(camera);
      drawing.draw(world, seen, car);
      drawFaces(carsCanvas, carFaces(cars, seen, car, world.scene));
    },
  };
}
