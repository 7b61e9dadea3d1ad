#version 300 es
// What the shaders of sky and ground share: the scene (sim/scene.py), the camera (lens.js), noise and coverage.

precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;
precision highp sampler2DArray;

const float TILE = 128.0, NOISE_TILE = 0.0, BLOB_TILE = 1.0, SOFT_TILE = 2.0, CLOUD_TILE = 3.0;

struct Scene {
  float texture_amplitude, wheel_track, shoulder_m, line_strength, line_m, line_inset_m, dash_m, dash_period_m;
  float sun_elevation_rad, headlight, shadow, shadow_size_m, glow_rad, cloud, fog_per_m, wet;
  vec3 surface, verge, verge_patch, shoulder, line, sun_light, sky_light, zenith, horizon, glow, hill, haze;
};

struct Lens {
  mat3 groundFromImage;
  vec2 centrePx;
  float heightPx, focalPx, mountForwardM, mountLeftM, cosPitch, sinPitch;
};

uniform Scene scene;
uniform Lens lens;
uniform vec2 car, ahead;  // Where the car is and where it points to.
uniform sampler2D columns;  // What depends on the column alone (columnsOf in sky.js), two texels a column.
uniform sampler2DArray tiles;

out vec4 colour;

/** Share of a pixel on the positive side of an edge: a step, box-filtered by the pixel's footprint. */
float covered(float distanceM, float sharpPerM) {
  return clamp(distanceM * sharpPerM + 0.5, 0.0, 1.0);
}

/** A tile's noise, -1 to 1, at a place given in periods of the tile. */
float lookUp(float tile, vec2 place) {
  return textureLod(tiles, vec3(fract(place) + 0.5 / TILE, tile), 0.0).r * 2.0 - 1.0;
}
