// What lies at infinity: sky, sun, clouds and hills (sky.js).

const float SUN_RAD = 0.02;

/** The sun's glow at a squared angle from it. */
float glowAt(float off2, float perGlow2) {
  float fall = 1.0 + off2 * perGlow2;
  return 1.0 / (fall * fall);
}

void main() {
  float u = gl_FragCoord.x - 0.5, v = lens.heightPx - 0.5 - gl_FragCoord.y;
  vec4 column = texelFetch(columns, ivec2(1, int(u)), 0);
  float columnSunOff2 = column.x, hillRow = column.y, vignette = column.z;
  float across = (lens.centrePx.x - u) / lens.focalPx, below = (v - lens.centrePx.y) / lens.focalPx;
  float forward = lens.cosPitch - below * lens.sinPitch, up = max(-lens.sinPitch - below * lens.cosPitch, 0.0);
  float perGlow2 = 1.0 / (scene.glow_rad * scene.glow_rad), spread = 0.1 / (up + 0.1);
  float off = up / forward - scene.sun_elevation_rad, sunOff2 = off * off + columnSunOff2;
  vec2 cloudPlace = spread * (forward * ahead + across * vec2(-ahead.y, ahead.x));
  float cloud = scene.cloud * 1.5 * min(1.0, 6.0 * up);
  float white = max(cloud * lookUp(CLOUD_TILE, cloudPlace), 0.0);
  float glow = glowAt(sunOff2, perGlow2) + 4.0 * clamp((SUN_RAD * SUN_RAD - sunOff2) * 6000.0, 0.0, 1.0);
  vec3 shine = scene.glow * glow;
  vec3 clear = mix(scene.horizon, scene.zenith, 1.0 - exp(-4.0 * up / forward));
  vec3 sky = mix(clear, scene.horizon * 1.08, white) + shine;
  vec3 hill = mix(scene.hill, scene.haze + shine, exp(-60.0 * up / forward));
  colour = vec4(mix(sky, hill, covered(v - hillRow, 1.0)) * (1.0 - vignette), 1.0);
}
