/** Patient coordinates in mm, DICOM's LPS system (PS3.3 section C.7.6.2.1.1), or a direction in them. */
export type Vector3 = readonly [number, number, number];

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function add(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Vector3, b: Vector3): Vector3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scale(a: Vector3, factor: number): Vector3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** `origin + direction * distance` */
export function along(origin: Vector3, direction: Vector3, distance: number): Vector3 {
  return [
    origin[0] + direction[0] * distance,
    origin[1] + direction[1] * distance,
    origin[2] + direction[2] * distance,
  ];
}

export function norm(a: Vector3): number {
  return Math.hypot(a[0], a[1], a[2]);
}

export function distance(a: Vector3, b: Vector3): number {
  return norm(subtract(a, b));
}

/** Undefined for a vector without direction. */
export function unit(a: Vector3): Vector3 | undefined {
  const length = norm(a);
  return length > 1e-9 ? scale(a, 1 / length) : undefined;
}

/** Between two directions, in 0..180 degrees. */
export function angleDeg(a: Vector3, b: Vector3): number {
  return (Math.atan2(norm(cross(a, b)), dot(a, b)) * 180) / Math.PI;
}

export function toVector3(values: readonly number[] | undefined): Vector3 | undefined {
  const [x, y, z] = values ?? [];
  if (x === undefined || y === undefined || z === undefined || values?.length !== 3) return undefined;
  return [x, y, z];
}
