import { combined, still } from './direction.ts';
import type { Direction } from './direction.ts';

export const padMovements = ['x', 'y', 'z'] as const;
export type PadMovement = (typeof padMovements)[number];

export const padActions = [
  'stop',
  'fine',
  'objective-up',
  'objective-down',
  'autofocus',
  'still',
  'bookmark',
  'back',
  'push-to-talk',
] as const;
export type PadAction = (typeof padActions)[number];

export interface AxisAssignment {
  readonly axis: number;
  readonly isInverted: boolean;
}

export interface GamepadMapping {
  readonly movements: Readonly<Record<PadMovement, AxisAssignment | null>>;
  readonly actions: Readonly<Record<PadAction, number | null>>;
  /** Around rest, 0 to 0.9: what is inside means nothing. */
  readonly deadZone: number;
  /** 1 is straight; more makes the middle finer. */
  readonly curve: number;
}

/** What the Gamepad API tells of one device. */
export interface PadReading {
  readonly id: string;
  readonly mapping: string;
  readonly axes: readonly number[];
  readonly buttons: readonly { readonly pressed: boolean; readonly value: number }[];
}

/** Left stick moves, right stick focuses; buttons as the W3C's standard layout numbers them. */
const standardMapping: GamepadMapping = {
  movements: {
    x: { axis: 0, isInverted: false },
    y: { axis: 1, isInverted: false },
    z: { axis: 3, isInverted: true },
  },
  actions: {
    stop: 1,
    fine: 6,
    'objective-up': 5,
    'objective-down': 4,
    autofocus: 0,
    still: 3,
    bookmark: 2,
    back: 8,
    'push-to-talk': 7,
  },
  deadZone: 0.15,
  curve: 2,
};

/** Jog controllers and 3D mice: three axes move, the first button stops, nothing else is guessed. */
const otherMapping: GamepadMapping = {
  movements: {
    x: { axis: 0, isInverted: false },
    y: { axis: 1, isInverted: false },
    z: { axis: 2, isInverted: false },
  },
  actions: {
    stop: 0,
    fine: null,
    'objective-up': null,
    'objective-down': null,
    autofocus: null,
    still: null,
    bookmark: null,
    back: null,
    'push-to-talk': null,
  },
  deadZone: 0.15,
  curve: 2,
};

export function defaultMapping({ mapping }: Pick<PadReading, 'mapping'>): GamepadMapping {
  return mapping === 'standard' ? standardMapping : otherMapping;
}

/** 0 inside the dead zone, then growing from 0 without a jump to 1 at the end of the travel. */
export function shaped(value: number, deadZone: number, curve: number): number {
  if (!Number.isFinite(value)) return 0;
  const size = Math.min(1, Math.abs(value));
  if (size <= deadZone) return 0;
  return Math.sign(value) * ((size - deadZone) / (1 - deadZone)) ** curve;
}

export function directionOf(reading: PadReading, mapping: GamepadMapping): Direction {
  const { deadZone, curve, movements } = mapping;
  const isFine = isPressed(reading, mapping.actions.fine);
  const rawOf = (movement: PadMovement): number => {
    const assigned = movements[movement];
    if (!assigned) return 0;
    const raw = reading.axes[assigned.axis] ?? 0;
    if (!Number.isFinite(raw)) return 0;
    return assigned.isInverted ? -raw : raw;
  };
  const rawX = rawOf('x');
  const rawY = rawOf('y');
  // The dead zone of a stick is round: a diagonal push is not slower to start than a straight one.
  const size = Math.hypot(rawX, rawY);
  const gain = size === 0 ? 0 : shaped(size, deadZone, curve) / size;
  const z = shaped(rawOf('z'), deadZone, curve);
  if (gain === 0 && z === 0) return still;
  return combined([{ x: rawX * gain, y: rawY * gain, z, ...(isFine && { isFine }) }]);
}

export function pressedActions(reading: PadReading, mapping: GamepadMapping): ReadonlySet<PadAction> {
  return new Set(padActions.filter((action) => isPressed(reading, mapping.actions[action])));
}

function isPressed(reading: PadReading, button: number | null): boolean {
  return button !== null && reading.buttons[button]?.pressed === true;
}

/** The axis a hand moves most since `before`, for assigning by moving it; undefined while none is clear. */
export function movedAxis(before: readonly number[], now: readonly number[]): number | undefined {
  let best: number | undefined;
  let largest = 0.5;
  for (const [axis, value] of now.entries()) {
    const moved = Math.abs(value - (before[axis] ?? 0));
    if (moved > largest) {
      largest = moved;
      best = axis;
    }
  }
  return best;
}

/** A stored mapping, checked: what does not fit is as if nothing had been stored. */
export function mappingFromText(text: string | null): GamepadMapping | undefined {
  if (text === null) return undefined;
  try {
    return checkedMapping(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function checkedMapping(value: unknown): GamepadMapping | undefined {
  const { movements, actions, deadZone, curve } = value as Partial<GamepadMapping>;
  if (!movements || !actions || !isBetween(deadZone, 0, 0.9) || !isBetween(curve, 1, 4)) return undefined;
  const isWhole = (index: unknown) => Number.isInteger(index) && isBetween(index, 0, 63);
  for (const movement of padMovements) {
    const assigned = movements[movement];
    if (assigned === undefined || (assigned !== null && !isWhole(assigned.axis))) return undefined;
  }
  for (const action of padActions) {
    const button = actions[action];
    if (button === undefined || (button !== null && !isWhole(button))) return undefined;
  }
  return { movements, actions, deadZone, curve };
}

function isBetween(value: unknown, minimum: number, maximum: number): value is number {
  return typeof value === 'number' && value >= minimum && value <= maximum;
}
