#version 300 es
// What the shaders of sky and ground share: the scene (sim/scene.py), tables of what a row and a column see, and noise.
// shading.glsl follows.

#define Colour vec3
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;
precision highp sampler2DArray;

const float TILE = 128.0;

struct Scene {
  float texture_amplitude, wheel_track, shoulder_m, line_strength, line_m, line_inset_m, dash_m, dash_period_m;
  float shadow, sun_x, sun_y, per_glow2;
  vec3 surface, verge, verge_patch, shoulder, line, sun_light, sky_light, zenith, horizon, glow, hill, haze;
};

uniform Scene scene;
uniform sampler2D rows, columns;  // A record of shading.glsl in each row, by the picture's row (upwards) or column.
uniform sampler2DArray tiles;

out vec4 colour;

/** A tile's noise, -1 to 1, at a place given in periods of the tile. */
float lookUp(sampler2DArray tiles, float tile, float across, float down) {
  return textureLod(tiles, vec3(fract(vec2(across, down)) + 0.5 / TILE, tile), 0.0).r * 2.0 - 1.0;
}

vec4 ofRow(int texel) {
  return texelFetch(rows, ivec2(texel, int(gl_FragCoord.y)), 0);
}

vec4 ofColumn(int texel) {
  return texelFetch(columns, ivec2(texel, int(gl_FragCoord.x)), 0);
}
