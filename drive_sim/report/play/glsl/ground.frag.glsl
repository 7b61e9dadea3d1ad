// The ground, pixel by pixel as groundPixel in render.js has it; the lane's frames are those of lane_cells.js.
// Constants before this text: HAS_OTHER_STRETCHES, HAS_SHADOW.

const uint NO_EDGES = 0x80008000u;
const float EDGE_M = 1.0 / 500.0;

uniform Octave octaves[6];
uniform vec2 mapOrigin;
uniform ivec2 mapSize;
uniform float laneShare, dashesPerM;
uniform usampler2D tileMap, cells, otherCells;

/** Where in the cells' pictures a cell of the map lies. */
ivec2 cellAt(ivec2 cell) {
  int tile = int(texelFetch(tileMap, clamp(cell >> 4, ivec2(0), mapSize - 1), 0).r);
  return (cell & 15) + (ivec2(tile & 127, tile >> 7) << 4);
}

/** The frame that a cell's words hold. */
Frame frameOf(uvec4 words) {
  vec2 direction = unpackSnorm2x16(words.x), edges = unpackSnorm2x16(words.y) * (32767.0 * EDGE_M);
  if (words.y == NO_EDGES) edges = vec2(-1e6);
  float curvature = float(int(words.w << 16) >> 16) / 32767.0;
  vec2 slopes = vec2(int(words.w << 8) >> 24, int(words.w) >> 24) / 127.0;
  float along = uintBitsToFloat(words.z);
  return Frame(direction.x, direction.y, curvature, edges.x, edges.y, slopes.x, slopes.y, along);
}

/** Where a point lies on the road, by the nearer of the stretches that it may lie on. */
Place placeOnRoad(Line line, vec2 mapPoint, float u) {
  vec2 corner = floor(mapPoint), fromMiddle = mapPoint - corner - 0.5;
  ivec2 cell = cellAt(ivec2(corner));
  Place place = projected(frameOf(texelFetch(cells, cell, 0)), line, fromMiddle.x, fromMiddle.y, u);
  if (HAS_OTHER_STRETCHES) {
    Place second = projected(frameOf(texelFetch(otherCells, cell, 0)), line, fromMiddle.x, fromMiddle.y, u);
    if (min(second.left, second.right) >= min(place.left, place.right)) place = second;
  }
  return place;
}

void main() {
  vec4 start = ofRow(0), deep = ofRow(1), light = ofRow(2), gains = ofRow(3), lastGains = ofRow(4), first = ofColumn(0);
  Line line = Line(start.x, start.y, start.z, start.w, deep.x, deep.y, deep.z, deep.w,
    light.x, light.y, light.z, light.w, gains.x, gains.y, gains.z, gains.w, lastGains.x, lastGains.y);
  Column column = Column(first.x, first.y, first.z, first.w, 0.0, 0.0, 0.0);
  float u = gl_FragCoord.x - 0.5, x = line.x + u * line.stepX, y = line.y + u * line.stepY;
  float fine = fineNoise(line, octaves, tiles, x, y), coarse = coarseNoise(line, octaves, tiles, x, y);
  Place place = placeOnRoad(line, vec2(x, y) - mapOrigin, u);
  Cover cover = coverOf(scene, laneShare, dashesPerM, place, fine, coarse);
  float sun = HAS_SHADOW ? sunlight(scene, line, tiles, x, y) : 1.0;
  Light falling = lightOn(line, column, cover.surface, sun);
  colour = vec4(lit(scene, roadAlbedo(scene, cover), falling) * (1.0 - column.vignette), 1.0);
}
