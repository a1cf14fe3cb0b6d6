/** What a hand means, −1 to 1 per axis: x to the right of the picture, y down, z towards the objective. */
export interface Direction {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** A modifier or a trigger asks for slow. */
  readonly isFine?: boolean;
}

export const still: Direction = { x: 0, y: 0, z: 0 };

export function isStill({ x, y, z }: Direction): boolean {
  return x === 0 && y === 0 && z === 0;
}

/** Several hands at once: summed, never more than a full push. */
export function combined(directions: readonly Direction[]): Direction {
  let x = 0;
  let y = 0;
  let z = 0;
  let isFine = false;
  for (const direction of directions) {
    x += direction.x;
    y += direction.y;
    z += direction.z;
    isFine ||= direction.isFine === true;
  }
  const length = Math.hypot(x, y);
  const scale = length > 1 ? 1 / length : 1;
  return { x: x * scale, y: y * scale, z: Math.max(-1, Math.min(1, z)), ...(isFine && { isFine }) };
}

/** Keys by their place; both halves of the keyboard. */
const keyDirections: Readonly<Record<string, Direction>> = {
  ArrowLeft: { x: -1, y: 0, z: 0 },
  ArrowRight: { x: 1, y: 0, z: 0 },
  ArrowUp: { x: 0, y: -1, z: 0 },
  ArrowDown: { x: 0, y: 1, z: 0 },
  KeyA: { x: -1, y: 0, z: 0 },
  KeyD: { x: 1, y: 0, z: 0 },
  KeyW: { x: 0, y: -1, z: 0 },
  KeyS: { x: 0, y: 1, z: 0 },
  PageUp: { x: 0, y: 0, z: 1 },
  PageDown: { x: 0, y: 0, z: -1 },
  KeyR: { x: 0, y: 0, z: 1 },
  KeyF: { x: 0, y: 0, z: -1 },
};

export function isSteeringKey(code: string): boolean {
  return code in keyDirections;
}

/** What the keys that are held down mean together. */
export function directionOfKeys(held: ReadonlySet<string>, isFine = false): Direction {
  const parts = [...held].map((code) => keyDirections[code] ?? still);
  // Two keys for the same direction are one push.
  const sum = parts.reduce((all, one) => ({ x: all.x + one.x, y: all.y + one.y, z: all.z + one.z }), still);
  return combined([{ x: Math.sign(sum.x), y: Math.sign(sum.y), z: Math.sign(sum.z), isFine }]);
}
