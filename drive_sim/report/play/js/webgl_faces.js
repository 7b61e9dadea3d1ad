// Flat faces (car_faces.js) over what WebGL2 has drawn.

import { makeProgram, useProgram } from "./webgl.js";

const VALUES = 6; // Of a corner: place and paint.

/** A function that draws faces, each over those before it. */
export function makeFacePainter(gl, shaders) {
  const program = makeProgram(gl, shaders.facesVertex, shaders.facesFragment), buffer = gl.createBuffer();
  return (faces, widthPx, heightPx) => {
    if (!faces.length) return;
    const trianglesOf = ({ points: [first, ...points], colour, opacity }) =>
      points.slice(1).flatMap((point, i) => [first, points[i], point].flatMap((at) => [...at, ...colour, opacity]));
    const corners = faces.flatMap(trianglesOf);
    useProgram(gl, program, { sizePx: [widthPx, heightPx] });
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, Float32Array.from(corners), gl.STREAM_DRAW);
    for (const [name, size, from] of [["corner", 2, 0], ["paint", 4, 8]]) {
      const at = gl.getAttribLocation(program.program, name);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, 4 * VALUES, from);
    }
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.TRIANGLES, 0, corners.length / VALUES);
    gl.disable(gl.BLEND);
  };
}
