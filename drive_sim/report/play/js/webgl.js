// WebGL2 in a few words: programs, their uniforms by the names of records, and textures of arrays.

function compiled(gl, kind, text) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, text);
  gl.compileShader(shader);
  return shader;
}

/** {program, uniforms}: a program and its active uniforms by name. */
export function makeProgram(gl, vertexText, fragmentText) {
  const program = gl.createProgram();
  const parts = [compiled(gl, gl.VERTEX_SHADER, vertexText), compiled(gl, gl.FRAGMENT_SHADER, fragmentText)];
  for (const part of parts) gl.attachShader(program, part);
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error([gl.getProgramInfoLog(program), ...parts.map((part) => gl.getShaderInfoLog(part))].join("\n"));
  const count = gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) ?? 0;
  const uniforms = Array.from({ length: count }, (_, i) => {
    const { name, type } = gl.getActiveUniform(program, i);
    return { path: name.match(/\w+/g), type, location: gl.getUniformLocation(program, name) };
  });
  return { program, uniforms };
}

/** Uses a program, every uniform of it set to what has its name in a record (`scene.wet`, `octaves[3].cos`). */
export function useProgram(gl, { program, uniforms }, values) {
  const setters = {
    [gl.FLOAT]: "uniform1f", [gl.FLOAT_VEC2]: "uniform2fv", [gl.FLOAT_VEC3]: "uniform3fv",
    [gl.INT_VEC2]: "uniform2iv",
  };
  let unit = 0;
  gl.useProgram(program);
  for (const { path, type, location } of uniforms) {
    const value = path.reduce((record, name) => record[name], values);
    if (setters[type]) gl[setters[type]](location, value);
    else {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(type === gl.SAMPLER_2D_ARRAY ? gl.TEXTURE_2D_ARRAY : gl.TEXTURE_2D, value);
      gl.uniform1i(location, unit++);
    }
  }
}

/** A texture, a new one where none is given, that is bound now, for its values to be uploaded. */
function boundTexture(gl, target, filter, wrap, texture = gl.createTexture()) {
  gl.bindTexture(target, texture);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(target, name, filter);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(target, name, wrap);
  return texture;
}

/** A texture of an array of numbers as they are: its format is [internal, external, kind]. */
export function makeTable(gl, [internal, ...external], [width, height], values, texture) {
  const filled = boundTexture(gl, gl.TEXTURE_2D, gl.NEAREST, gl.CLAMP_TO_EDGE, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, internal, width, height, 0, ...external, values);
  return filled;
}

/** A texture of records of numbers, `texels` of four numbers for each. */
export function recordTable(gl, records, texels, texture) {
  const values = new Float32Array(4 * texels * records.length);
  records.forEach((record, i) => values.set(Object.values(record), 4 * texels * i));
  return makeTable(gl, [gl.RGBA32F, gl.RGBA, gl.FLOAT], [texels, records.length], values, texture);
}

/** Square periodic tiles of bytes, blended between their texels. */
export function makeTiles(gl, size, bytes) {
  const texture = boundTexture(gl, gl.TEXTURE_2D_ARRAY, gl.LINEAR, gl.REPEAT), count = bytes.length / size ** 2;
  gl.texImage3D(gl.TEXTURE_2D_ARRAY, 0, gl.R8, size, size, count, 0, gl.RED, gl.UNSIGNED_BYTE, bytes);
  return texture;
}
