// The colour of a pixel (sim/shading.py, sim/lane_rows.py, sim/ground_noise.py, sim/sky.py), once for both renderers:
// shaders hold this text as it stands, joined_modules.py makes JavaScript of it. So it has functions of numbers and
// records alone. A Colour is three numbers in a shader; in JavaScript it is one, of a scene's record of one channel.

const float NOISE_TILE = 0.0, BLOB_TILE = 1.0, SOFT_TILE = 2.0, CLOUD_TILE = 3.0, SUN_RAD = 0.02;

// The ground points that a row sees: the first, the step a column, and how far the next row up is off; what haze, the
// headlight, a wet road and trees do there, and how much of each octave of noise is left.
struct Line {
  float x, y, stepX, stepY, deepX, deepY, stretch, haze, lamp, wet, sharpShade, softShade;
  float gain0, gain1, gain2, gain3, gain4, gain5;
};

// What a row sees of the sky: where clouds are looked up straight ahead, and the step a unit to the left; their
// strength, how far up the sky's colours are, how far in haze the hills, and the squared angle from the sun's height.
struct SkyRow { float x, y, stepX, stepY, cloud, rise, far, sunOff2; };

// What depends on the column alone.
struct Column { float range, vignette, head, glow, left, sunOff2, hillRow; };

struct Octave { float cos, sin; };

// A lane's frame at a sample or a cell: direction, curvature, metres to the edges and how they grow, arc length.
struct Frame { float cos, sin, curvature, left, right, leftSlope, rightSlope, along; };

// Metres to the edges and along the lane, and the pixel's footprint: sharpness across, half its length along.
struct Place { float left, right, along, sharp, halfAlong; };

// Shares of a pixel, and what multiplies the colours.
struct Cover { float surface, shoulder, patches, paint, surfaceGain, shoulderGain, vergeGain; };

struct Light { float sun, lamp, mirror, glow, clear; };

/** Share of a pixel on the positive side of an edge: a step, box-filtered by the pixel's footprint. */
float covered(float distanceM, float sharpPerM) {
  return clamp(distanceM * sharpPerM + 0.5, 0.0, 1.0);
}

float octaveNoise(Octave octave, float gain, sampler2DArray tiles, float x, float y) {
  float noise = 0.0;
  if (gain > 0.0) noise = lookUp(tiles, NOISE_TILE, x * octave.cos + y * octave.sin, y * octave.cos - x * octave.sin);
  return gain * noise;
}

float coarseNoise(Line line, Octave octaves[6], sampler2DArray tiles, float x, float y) {
  return octaveNoise(octaves[0], line.gain0, tiles, x, y) + octaveNoise(octaves[1], line.gain1, tiles, x, y);
}

float fineNoise(Line line, Octave octaves[6], sampler2DArray tiles, float x, float y) {
  return octaveNoise(octaves[2], line.gain2, tiles, x, y) + octaveNoise(octaves[3], line.gain3, tiles, x, y)
    + octaveNoise(octaves[4], line.gain4, tiles, x, y) + octaveNoise(octaves[5], line.gain5, tiles, x, y);
}

/** Light that trees let through at a ground point, 0 to 1: blobs stretched along the sun's direction. */
float sunlight(Scene scene, Line line, sampler2DArray tiles, float x, float y) {
  float across = 0.3 * (x * scene.sun_x + y * scene.sun_y), down = y * scene.sun_x - x * scene.sun_y;
  float light = 1.0 - 0.5 * scene.shadow;
  if (line.sharpShade > 0.0) light -= line.sharpShade * lookUp(tiles, BLOB_TILE, across, down);
  if (line.softShade > 0.0) light -= line.softShade * lookUp(tiles, SOFT_TILE, across, down);
  return light;
}

/** A ground point (x, y from the frame's origin) of a row's column u in a frame, curved with it to second order. */
Place projected(Frame frame, Line line, float x, float y, float u) {
  float t = x * frame.cos + y * frame.sin, n = y * frame.cos - x * frame.sin;
  float gone = t / max(1.0 - frame.curvature * n, 0.2), across = n - 0.5 * frame.curvature * t * gone;
  float left = frame.left + frame.leftSlope * gone - across, right = frame.right + frame.rightSlope * gone + across;
  // The footprint's two sides, across and along the lane: a box of the same spread as both of them together.
  float deepX = line.deepX + u * line.stretch * line.stepX, deepY = line.deepY + u * line.stretch * line.stepY;
  float deepT = deepX * frame.cos + deepY * frame.sin, deepN = deepY * frame.cos - deepX * frame.sin;
  float stepT = line.stepX * frame.cos + line.stepY * frame.sin;
  float stepN = line.stepY * frame.cos - line.stepX * frame.sin;
  float sharp = 1.0 / sqrt(stepN * stepN + deepN * deepN + 1e-8);
  return Place(left, right, frame.along + gone, sharp, 0.5 * sqrt(stepT * stepT + deepT * deepT + 1e-8));
}

float stripe(float placeM, float fromM, float toM, float sharpPerM) {
  return covered(placeM - fromM, sharpPerM) - covered(placeM - toM, sharpPerM);
}

float paintedLength(float periods, float share) {
  float whole = floor(periods);
  return whole * share + min(periods - whole, share);
}

/** Share of a pixel that lies on a painted line: one inside each edge, and a dashed one in the middle. */
float linePaint(Scene scene, float dashesPerM, Place place) {
  float inset = scene.line_inset_m, width = scene.line_m, sharp = place.sharp;
  float edges = stripe(place.left, inset, inset + width, sharp) + stripe(place.right, inset, inset + width, sharp);
  float at = place.along * dashesPerM, part = place.halfAlong * dashesPerM, share = scene.dash_m / scene.dash_period_m;
  at -= floor(at);  // Few digits are left of what is far.
  float dash = (paintedLength(at + part, share) - paintedLength(at - part, share)) * 0.5 / part;
  float middle = stripe(0.5 * (place.right - place.left), -0.5 * width, 0.5 * width, sharp) * dash;
  return scene.line_strength * min(edges + middle, 1.0);
}

/** How far a point lies in a wheel's track, 0 to 1: two soft ruts in each lane, lost in wide footprints. */
float wheelWear(float laneShare, Place place) {
  float fromLaneM = abs(0.5 * (abs(place.right - place.left) - laneShare * (place.right + place.left)));
  float x = (fromLaneM - 0.75) * 2.2, rut = max(1.0 - x * x, 0.0);
  return rut * rut * min(place.sharp * 0.5, 1.0);
}

/** What lies at a place; a road has lines where it has two lanes (`laneShare` above 0). */
Cover coverOf(Scene scene, float laneShare, float dashesPerM, Place place, float fine, float coarse) {
  // Both edges count, so that a road narrower than a pixel still gets its share.
  float surface = max(covered(place.left, place.sharp) + covered(place.right, place.sharp) - 1.0, 0.0);
  float reachM = scene.shoulder_m * (1.0 + coarse + 0.5 * fine), contrast = scene.texture_amplitude, paint = 0.0;
  float shoulder = covered(min(place.left, place.right) + reachM, place.sharp * 0.7);
  if (laneShare * scene.line_strength > 0.0 && surface > 0.0) paint = linePaint(scene, dashesPerM, place);
  paint *= 1.0 - 0.5 * abs(contrast * fine);
  float surfaceGain = 1.0 + contrast * (fine + 0.4 * coarse) + scene.wheel_track * wheelWear(laneShare, place);
  float shoulderGain = 1.0 + 1.5 * contrast * fine, vergeGain = 1.0 + contrast * (1.8 * fine + coarse);
  float patches = clamp(0.4 + 0.9 * coarse, 0.0, 1.0);
  return Cover(surface, shoulder, patches, paint, surfaceGain, shoulderGain, vergeGain);
}

/** Verge (two greens in patches), shoulder, surface and paint. */
Colour roadAlbedo(Scene scene, Cover cover) {
  Colour verge = mix(scene.verge, scene.verge_patch, cover.patches) * cover.vergeGain;
  Colour beside = mix(verge, scene.shoulder * cover.shoulderGain, cover.shoulder);
  return mix(beside, mix(scene.surface * cover.surfaceGain, scene.line, cover.paint), cover.surface);
}

/** What gets through haze: exp(-z) as (1 - z/16)^16, which ends at z = 16. */
float transmittance(float hazeDepth) {
  float left = max(1.0 - hazeDepth * 0.0625, 0.0), left2 = left * left, left4 = left2 * left2;
  return left4 * left4 * left4 * left4;
}

Light lightOn(Line line, Column column, float surface, float sun) {
  float clear = transmittance(line.haze * column.range);
  return Light(sun, line.lamp * column.head, line.wet * surface, column.glow, clear);
}

/** Light on an albedo: sky, sun and headlight, the sky mirrored in what is wet, behind haze. */
Colour lit(Scene scene, Colour albedo, Light light) {
  Colour haze = scene.haze + scene.glow * light.glow;
  Colour bright = albedo * (scene.sky_light + scene.sun_light * light.sun + light.lamp);
  return mix(haze, mix(bright, haze, light.mirror), light.clear);
}

/** The sun's glow at a squared angle from it. */
float glowAt(Scene scene, float off2) {
  float fall = 1.0 + off2 * scene.per_glow2;
  return 1.0 / (fall * fall);
}

float cloudAt(SkyRow row, Column column, sampler2DArray tiles) {
  float x = row.x + column.left * row.stepX, y = row.y + column.left * row.stepY, cloud = 0.0;
  if (row.cloud > 0.0) cloud = row.cloud * lookUp(tiles, CLOUD_TILE, x, y);
  return max(cloud, 0.0);
}

/** Sky, sun, clouds and hills at a row v. */
Colour skyColour(Scene scene, SkyRow row, Column column, float v, float cloud) {
  float sunOff2 = row.sunOff2 + column.sunOff2, disc = clamp((SUN_RAD * SUN_RAD - sunOff2) * 6000.0, 0.0, 1.0);
  Colour shine = scene.glow * (glowAt(scene, sunOff2) + 4.0 * disc);
  Colour sky = mix(mix(scene.horizon, scene.zenith, row.rise), scene.horizon * 1.08, cloud) + shine;
  return mix(sky, mix(scene.hill, scene.haze + shine, row.far), covered(v - column.hillRow, 1.0));
}
