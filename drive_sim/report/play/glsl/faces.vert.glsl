#version 300 es
// Flat faces: corners in pixels of the picture, from its upper left one.

uniform vec2 sizePx;
in vec2 corner;
in vec4 paint;
flat out vec4 facePaint;

void main() {
  vec2 place = (corner + 0.5) / sizePx * 2.0 - 1.0;
  gl_Position = vec4(place.x, -place.y, 0.0, 1.0);
  facePaint = paint;
}
