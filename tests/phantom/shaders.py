"""GLSL of the renderer: one lit surface shader with a shadow map, and the shadow pass.

`@KIND` is replaced by the material: a software driver runs every branch, so there must be only one.
"""

SURFACE_VERTEX = """#version 330
in vec3 p; in vec3 n; in vec4 c; in vec3 r;
uniform mat4 view; uniform mat4 sun;
out vec3 P; out vec3 N; out vec4 C; out vec3 R; out vec4 S;
void main() { P = p; N = n; C = c; R = r; S = sun * vec4(p, 1.0); gl_Position = view * vec4(p, 1.0); }
"""

SURFACE_FRAGMENT = """#version 330
#define KIND @KIND
in vec3 P; in vec3 N; in vec4 C; in vec3 R; in vec4 S;
uniform sampler2DShadow shadow; uniform vec3 eye; uniform vec3 light; uniform float side;
uniform float belt; uniform float mark; uniform vec3 feet[4];
out vec4 o;

float hash(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453); }
float noise(vec2 p) {
  vec2 i = floor(p), f = fract(p); f = f * f * (3.0 - 2.0 * f);
  float low = mix(hash(i), hash(i + vec2(1, 0)), f.x);
  return mix(low, mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
}
float lit() {
  vec3 q = S.xyz / S.w * 0.5 + 0.5;
  if (q.x < 0.0 || q.x > 1.0 || q.y < 0.0 || q.y > 1.0) return 1.0;
  float s = 0.0;
  for (int i = -1; i <= 1; i += 2) for (int j = -1; j <= 1; j += 2)
    s += texture(shadow, vec3(q.xy + vec2(i, j) * 1.5 / 2048.0, q.z - 0.0016));
  return s / 4.0;
}
// Ambient light that feet close to the belt keep away.
float grounding() {
  float keep = 1.0;
  for (int i = 0; i < 4; i++) {
    vec2 d = (P.xz - feet[i].xz) * vec2(1.3, 1.0);
    keep *= 1.0 - 0.62 * exp(-dot(d, d) / 0.009) * exp(-max(feet[i].y, 0.0) / 0.07);
  }
  return keep;
}
void main() {
  vec3 n = normalize(N); vec3 v = normalize(eye - P);
  if (dot(n, v) < 0.0) n = -n;
  vec3 a = pow(C.rgb, vec3(2.2));
  float shine = C.a; float glow = 0.0; float ao = 1.0;
#if KIND == 1
    float z = mod(P.z + belt, mark);
    a *= 0.86 + 0.28 * noise(vec2(P.x * 180.0, z * 180.0));
    if (z < 0.035 && abs(P.x) < 0.11) a = vec3(0.42);
    ao = grounding(); shine = 0.03;
#elif KIND == 2
    a *= 0.90 + 0.14 * noise(vec2(P.x * 9.0, P.z * 1.3)) + 0.06 * noise(vec2(P.x * 90.0, P.z * 6.0));
    float plank = abs(fract(P.x * 5.5) - 0.5); if (plank > 0.488) a *= 0.72;
    shine = 0.10;
#elif KIND == 3
    a *= 0.965 + 0.05 * noise(P.zy * 1.1) + 0.02 * noise(P.zy * 55.0);
    if (P.y < 0.52) a *= vec3(0.66, 0.71, 0.72);
    a *= 0.80 + 0.20 * smoothstep(-0.3, 1.5, P.y);
#elif KIND == 4
    a *= 0.975 + 0.05 * noise(R.xy * 60.0 + R.z * 31.0);
#elif KIND == 5
    vec2 q = vec2(R.x * 9.0 + R.z * 11.0, R.y * 8.0);
    float e = 0.03, w = noise(q), wx = noise(q + vec2(e, 0)), wy = noise(q + vec2(0, e));
    vec3 t = normalize(cross(n, vec3(0, 1, 0.01)));
    n = normalize(n - 0.16 * ((wx - w) / e * t + (wy - w) / e * cross(t, n)));
    a *= 0.94 + 0.10 * noise(R.xy * 420.0 + R.z * 371.0);
#elif KIND == 6
    a *= 0.70 + 0.75 * noise(vec2(R.z * 60.0 + R.y * 25.0 + noise(R.zy * 40.0) * 3.0, R.x * 190.0));
#elif KIND == 7
  glow = 1.0;
#endif
  float s = lit(), d = max(dot(n, light), 0.0);
  float fill = max(dot(n, normalize(vec3(0.85 * side, 0.45, 0.55))), 0.0);
  float rim = max(dot(n, normalize(vec3(-0.35 * side, 0.35, -1.0))), 0.0);
  vec3 sky = mix(vec3(0.21, 0.19, 0.17), vec3(0.44, 0.46, 0.49), n.y * 0.5 + 0.5);
  if (KIND >= 4 && KIND <= 6) ao *= mix(0.62, 1.0, smoothstep(0.0, 0.55, P.y));
  vec3 col = a * (sky * ao + vec3(1.0, 0.965, 0.91) * d * s * 0.88 + vec3(0.78, 0.83, 0.90) * fill * 0.34 * ao
    + vec3(0.9, 0.92, 0.95) * rim * 0.10);
  if (KIND == 4) col += a * vec3(0.30, 0.10, 0.06) * (1.0 - d) * 0.16;
  vec3 h = normalize(light + v);
  col += vec3(0.03 + shine) * pow(max(dot(n, h), 0.0), 28.0) * s * 0.55;
  col += a * pow(1.0 - max(dot(n, v), 0.0), 4.0) * 0.14 + a * glow * 1.1;
  col = col / (col * 0.25 + 0.82);
  o = vec4(pow(clamp(col, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
}
"""

SHADOW_VERTEX = """#version 330
in vec3 p; uniform mat4 sun; void main() { gl_Position = sun * vec4(p, 1.0); }
"""

SHADOW_FRAGMENT = """#version 330
void main() {}
"""
