#version 300 es
// What the shaders of sky and ground share: the scene (sim/scene.py), the camera (lens.js), noise and coverage.

precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;

const int TILE = 128;
const int NOISE_TILE = 0, BLOB_TILE = 1, SOFT_TILE = 2, CLOUD_TILE = 3;

struct Scene {
  float texture_amplitude, wheel_track, shoulder_m, line_strength, line_m, line_inset_m, dash_m, dash_period_m;
  float sun_azimuth_rad, sun_elevation_rad, headlight, shadow, shadow_size_m, glow_rad, cloud, hill_rad, fog_per_m;
  float wet, vignette;
  vec3 surface, verge, verge_patch, shoulder, line, sun_light, sky_light, zenith, horizon, glow, hill, haze;
};

struct Lens {
  mat3 groundFromImage;
  vec2 centrePx;
  float heightPx, focalPx, mountForwardM, mountLeftM, cosPitch, sinPitch;
};

struct Car {
  float x, y, cos, sin;
};

uniform Scene scene;
uniform Lens lens;
uniform Car car;
uniform sampler2D columns;  // What depends on the column alone (columnsOf in sky.js), two texels a column.
uniform sampler2D tiles;  // Of each texel itself, its right, lower and lower right neighbour; tile above tile.

out vec4 colour;

/** Share of a pixel on the positive side of an edge: a step, box-filtered by the pixel's footprint. */
float covered(float distanceM, float sharpPerM) {
  return clamp(distanceM * sharpPerM + 0.5, 0.0, 1.0);
}

/** A tile's noise, -1 to 1, at a place given in periods of the tile. */
float lookUp(int tile, vec2 place) {
  vec2 texels = place * float(TILE), whole = floor(texels), part = texels - whole;
  ivec2 at = ivec2(whole) & (TILE - 1);
  vec4 corner = texelFetch(tiles, ivec2(at.x, at.y + tile * TILE), 0);
  vec2 blended = corner.xz + (corner.yw - corner.xz) * part.x;
  return (blended.x + (blended.y - blended.x) * part.y) * 2.0 - 1.0;
}
