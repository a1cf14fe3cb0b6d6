/** Below 1 inside an ellipsoid around the origin. */
export function inEllipsoid(x: number, y: number, z: number, rx: number, ry: number, rz: number): number {
  const a = x / rx;
  const b = y / ry;
  const c = z / rz;
  return a * a + b * b + c * c;
}

/** Math.hypot is exact at the ends of the number range and ten times slower. */
export function distance(x: number, y: number, z = 0): number {
  return Math.sqrt(x * x + y * y + z * z);
}
