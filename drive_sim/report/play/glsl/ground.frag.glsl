// The ground, pixel by pixel: the functions of render.js, ground_noise.js and shading.js by the same names.

// Constants before this text: NUM_OCTAVES of a strip of rows, HAS_OTHER_STRETCHES, IS_PAINTED, HAS_SHADOW.

const uint NO_EDGES = 0x80008000u;
const float EDGE_M = 1.0 / 500.0;

struct Line {  // The ground points that a row sees, as in render.js: pairs are x and y.
  vec2 start, stepped, deep;
  float stretch, widthM, depthM, distanceM;
};

struct Place {
  float left, right, along, sharp, halfAlong;
};

uniform vec2 mapOrigin, sun;  // Where the sun stands, in blobs of shade a metre.
uniform ivec2 mapSize;
uniform float laneShare, dashesPerM;
uniform vec4 octaves[6];  // cos, sin, strength, texels a metre; the largest first.
uniform usampler2D tileMap, cells, otherCells;

Line groundLine(float v) {
  vec3 perU = lens.groundFromImage[0], perV = lens.groundFromImage[1], place = perV * v + lens.groundFromImage[2];
  float perW = 1.0 / place.z, forwardM = place.x * perW, leftM = place.y * perW, stretch = perV.z * perW;
  float leftStepM = perU.y * perW, depthStepM = (forwardM * perV.z - perV.x) * perW;
  vec2 left = vec2(-ahead.y, ahead.x), deep = depthStepM * ahead + stretch * (leftM - lens.mountLeftM) * left;
  vec2 start = car + forwardM * ahead + leftM * left;
  float distanceM = abs(forwardM - lens.mountForwardM);
  return Line(start, leftStepM * left, deep, stretch, abs(leftStepM), abs(depthStepM), distanceM);
}

/** How much of an octave outlives a footprint: nothing from three texels on, where its shortest waves alias. */
float kept(float footprintTexels) {
  float left = max(0.0, 1.0 - footprintTexels * footprintTexels * (1.0 / 9.0));
  return left * left;
}

/** One octave's share of the noise at a ground point. */
float octaveNoise(vec4 octave, Line line, vec2 point) {
  float gain = octave.z * kept(line.depthM * octave.w) * kept(line.widthM * octave.w);
  return gain * lookUp(NOISE_TILE, vec2(dot(point, octave.xy), point.y * octave.x - point.x * octave.y));
}

/** Fine and coarse noise at a ground point. */
vec2 groundNoise(Line line, vec2 point) {
  float coarse = octaveNoise(octaves[0], line, point) + octaveNoise(octaves[1], line, point);
  float fine = octaveNoise(octaves[2], line, point) + octaveNoise(octaves[3], line, point);
  if (NUM_OCTAVES > 4) fine += octaveNoise(octaves[4], line, point);
  if (NUM_OCTAVES > 5) fine += octaveNoise(octaves[5], line, point);
  return vec2(fine, coarse);
}

/** Light that trees let through at a ground point, 0 to 1: blobs stretched along the sun's direction. */
float sunlight(Line line, vec2 point) {
  if (!HAS_SHADOW) return 1.0;
  float texels = line.depthM / scene.shadow_size_m * TILE;
  vec2 place = vec2(0.3 * dot(point, sun), point.y * sun.x - point.x * sun.y);
  float sharp = clamp(2.0 - 0.5 * texels, 0.0, 1.0), soft = (1.0 - sharp) * kept(texels / 8.0);
  float light = 1.0 - 0.5 * scene.shadow;
  light -= 0.5 * scene.shadow * sharp * lookUp(BLOB_TILE, place);
  light -= 0.5 * scene.shadow * soft * lookUp(SOFT_TILE, place);
  return light;
}

/** Where in the cells' pictures a cell of the map lies. */
ivec2 cellAt(ivec2 cell) {
  int tile = int(texelFetch(tileMap, clamp(cell >> 4, ivec2(0), mapSize - 1), 0).r);
  return (cell & 15) + (ivec2(tile & 127, tile >> 7) << 4);
}

/** A ground point in the frame that a cell's words hold (lane_cells.js), curved with the lane to second order. */
Place projected(uvec4 words, Line line, vec2 fromMiddle, float u) {
  vec2 direction = unpackSnorm2x16(words.x), aside = vec2(-direction.y, direction.x);
  vec2 edges = unpackSnorm2x16(words.y) * (32767.0 * EDGE_M);
  if (words.y == NO_EDGES) edges = vec2(-1e6);
  float curvature = float(int(words.w << 16) >> 16) / 32767.0;
  vec2 slopes = vec2(int(words.w << 8) >> 24, int(words.w) >> 24) / 127.0;
  float t = dot(fromMiddle, direction), n = dot(fromMiddle, aside);
  float gone = t / max(1.0 - curvature * n, 0.2), across = n - 0.5 * curvature * t * gone;
  vec2 deep = line.deep + u * line.stretch * line.stepped;
  float stepT = dot(line.stepped, direction), stepN = dot(line.stepped, aside);
  float deepT = dot(deep, direction), deepN = dot(deep, aside);
  float sharp = inversesqrt(stepN * stepN + deepN * deepN + 1e-8);
  float left = edges.x + slopes.x * gone - across, right = edges.y + slopes.y * gone + across;
  float halfAlong = 0.5 * sqrt(stepT * stepT + deepT * deepT + 1e-8);
  return Place(left, right, uintBitsToFloat(words.z) + gone, sharp, halfAlong);
}

/** Where a point lies on the road, by the nearer of the stretches that it may lie on. */
Place placeOnRoad(Line line, vec2 mapPoint, float u) {
  vec2 corner = floor(mapPoint), fromMiddle = mapPoint - corner - 0.5;
  ivec2 cell = cellAt(ivec2(corner));
  Place place = projected(texelFetch(cells, cell, 0), line, fromMiddle, u);
  if (!HAS_OTHER_STRETCHES) return place;
  Place second = projected(texelFetch(otherCells, cell, 0), line, fromMiddle, u);
  if (min(second.left, second.right) >= min(place.left, place.right)) place = second;
  return place;
}

float stripe(float placeM, float fromM, float toM, float sharpPerM) {
  return covered(placeM - fromM, sharpPerM) - covered(placeM - toM, sharpPerM);
}

float paintedLength(float periods, float share) {
  float whole = floor(periods);
  return whole * share + min(periods - whole, share);
}

/** Share of a pixel that lies on a painted line: one inside each edge, and a dashed one in the middle. */
float linePaint(Place place) {
  float inset = scene.line_inset_m, width = scene.line_m, sharp = place.sharp;
  float edges = stripe(place.left, inset, inset + width, sharp) + stripe(place.right, inset, inset + width, sharp);
  float at = fract(place.along * dashesPerM), part = place.halfAlong * dashesPerM;
  float share = scene.dash_m / scene.dash_period_m;
  float dash = (paintedLength(at + part, share) - paintedLength(at - part, share)) * 0.5 / part;
  float middle = stripe(0.5 * (place.right - place.left), -0.5 * width, 0.5 * width, sharp) * dash;
  return scene.line_strength * min(edges + middle, 1.0);
}

/** Grass: two greens in patches, both carrying the fine noise. */
vec3 vergeAlbedo(float fine, float coarse) {
  float share = clamp(0.4 + 0.9 * coarse, 0.0, 1.0), gain = 1.0 + scene.texture_amplitude * (1.8 * fine + coarse);
  return mix(scene.verge, scene.verge_patch, share) * gain;
}

/** How far a point lies in a wheel's track, 0 to 1: two soft ruts in each lane, lost in wide footprints. */
float wheelWear(Place place) {
  float fromLaneM = abs(0.5 * (abs(place.right - place.left) - laneShare * (place.right + place.left)));
  float x = (fromLaneM - 0.75) * 2.2, rut = max(1.0 - x * x, 0.0);
  return rut * rut * min(place.sharp * 0.5, 1.0);
}

/** Verge, shoulder, surface and paint; the surface's share last. */
vec4 roadAlbedo(Place place, float fine, float coarse, float linesShare) {
  float surface = max(covered(place.left, place.sharp) + covered(place.right, place.sharp) - 1.0, 0.0);
  float reachM = scene.shoulder_m * (1.0 + coarse + 0.5 * fine);
  float shoulder = covered(min(place.left, place.right) + reachM, place.sharp * 0.7);
  float shoulderGain = 1.0 + 1.5 * scene.texture_amplitude * fine;
  float wear = scene.wheel_track * wheelWear(place);
  float gain = 1.0 + scene.texture_amplitude * (fine + 0.4 * coarse) + wear;
  float paint = linesShare * (1.0 - 0.5 * abs(scene.texture_amplitude * fine));
  vec3 ground = mix(vergeAlbedo(fine, coarse), scene.shoulder * shoulderGain, shoulder);
  return vec4(mix(ground, mix(scene.surface * gain, scene.line, paint), surface), surface);
}

/** What gets through haze: exp(-z) as (1 - z/16)^16, which ends at z = 16. */
float transmittance(float hazeDepth) {
  float left = max(1.0 - hazeDepth * 0.0625, 0.0), left2 = left * left, left4 = left2 * left2;
  return left4 * left4 * left4 * left4;
}

void main() {
  float u = gl_FragCoord.x - 0.5, v = lens.heightPx - 0.5 - gl_FragCoord.y;
  Line line = groundLine(v);
  vec4 column = texelFetch(columns, ivec2(0, int(u)), 0);
  float range = column.x, vignette = column.y, head = column.z, glow = column.w, far = line.distanceM;
  vec2 point = line.start + u * line.stepped;
  vec2 noise = groundNoise(line, point);
  Place place = placeOnRoad(line, point - mapOrigin, u);
  vec4 albedo = roadAlbedo(place, noise.x, noise.y, IS_PAINTED ? linePaint(place) : 0.0);
  float headlight = scene.headlight * 60.0 / (60.0 + 0.25 * (far - 8.0) * (far - 8.0));
  float mirror = scene.wet * far / (far + 12.0) * albedo.a, clear = transmittance(scene.fog_per_m * far * range);
  vec3 haze = scene.haze + scene.glow * glow;
  vec3 light = scene.sky_light + scene.sun_light * sunlight(line, point) + headlight * head;
  colour = vec4(mix(haze, mix(albedo.rgb * light, haze, mirror), clear) * (1.0 - vignette), 1.0);
}
