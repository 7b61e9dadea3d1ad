// WebGL2 in a few words: programs, their uniforms by the names of records, and textures of arrays.

function compiled(gl, kind, text) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, text);
  gl.compileShader(shader);
  return shader;
}

/** {program, uniforms, units}: its active uniforms by name, and a texture unit for each sampler. */
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
    return { path: name.replace("[0]", "").split("."), type, location: gl.getUniformLocation(program, name) };
  });
  return { program, uniforms };
}

/** Sets every uniform of a program in use to the value that has its name in a record (`scene.wet`). */
export function setUniforms(gl, { uniforms }, values) {
  let unit = 0;
  for (const { path, type, location } of uniforms) {
    const value = path.reduce((record, name) => record[name], values);
    if (type === gl.FLOAT) gl.uniform1f(location, value);
    else if (type === gl.FLOAT_VEC2) gl.uniform2fv(location, value);
    else if (type === gl.FLOAT_VEC3) gl.uniform3fv(location, value);
    else if (type === gl.FLOAT_VEC4) gl.uniform4fv(location, value);
    else if (type === gl.FLOAT_MAT3) gl.uniformMatrix3fv(location, false, value);
    else if (type === gl.INT_VEC2) gl.uniform2iv(location, value);
    else if (type === gl.INT || type === gl.BOOL) gl.uniform1i(location, value);
    else {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, value);
      gl.uniform1i(location, unit++);
    }
  }
}

/** A texture of an array as it is, one texel a place. */
export function makeTexture(gl, format, [width, height], values) {
  const texture = gl.createTexture(), [internal, external, kind] = {
    rgba8: [gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE],
    r16u: [gl.R16UI, gl.RED_INTEGER, gl.UNSIGNED_SHORT],
    rgba32u: [gl.RGBA32UI, gl.RGBA_INTEGER, gl.UNSIGNED_INT],
    rgba32f: [gl.RGBA32F, gl.RGBA, gl.FLOAT],
  }[format];
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
    gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  gl.texImage2D(gl.TEXTURE_2D, 0, internal, width, height, 0, external, kind, values);
  return texture;
}
