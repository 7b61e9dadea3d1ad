// What lies at infinity, pixel by pixel as skyPixel in render.js has it.

uniform float heightPx;

void main() {
  vec4 start = ofRow(0), more = ofRow(1), first = ofColumn(0), last = ofColumn(1);
  SkyRow row = SkyRow(start.x, start.y, start.z, start.w, more.x, more.y, more.z, more.w);
  Column column = Column(first.x, first.y, first.z, first.w, last.x, last.y, last.z);
  float v = heightPx - 0.5 - gl_FragCoord.y;
  vec3 light = skyColour(scene, row, column, v, cloudAt(row, column, tiles));
  colour = vec4(light * (1.0 - column.vignette), 1.0);
}
