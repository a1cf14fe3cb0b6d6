import { expect, test } from 'vitest';
import { directionOfKeys } from '#renderer/features/microscope/steering/direction.ts';
import {
  defaultMapping,
  directionOf,
  mappingFromText,
  movedAxis,
  pressedActions,
  shaped,
} from '#renderer/features/microscope/steering/gamepad-mapping.ts';
import type { PadReading } from '#renderer/features/microscope/steering/gamepad-mapping.ts';
import { meaningOf } from '#renderer/features/microscope/hands/keyboard-hand.ts';
import {
  focusStepUm,
  latencyFactor,
  stageSpeedUmPerS,
} from '#renderer/features/microscope/steering/speed.ts';

const key = (code: string, more: object = {}) => ({
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  repeat: false,
  isComposing: false,
  keyCode: 65,
  ...more,
});

test('a diagonal of keys is no faster than one key, and opposite keys cancel', () => {
  const diagonal = directionOfKeys(new Set(['ArrowRight', 'KeyS']));
  expect(Math.hypot(diagonal.x, diagonal.y)).toBeCloseTo(1);
  expect(directionOfKeys(new Set(['ArrowLeft', 'KeyD']))).toMatchObject({ x: 0, y: 0 });
  expect(directionOfKeys(new Set(['ArrowRight', 'KeyD'])).x).toBe(1);
});

test('Space and Escape stop; in text and over dialogs they mean what they always mean', () => {
  expect(meaningOf(key('Space'), 'elsewhere', false)).toBe('stop');
  expect(meaningOf(key('Escape'), 'elsewhere', false)).toBe('stop');
  expect(meaningOf(key('Space'), 'text', true)).toBe('none');
  expect(meaningOf(key('Escape'), 'text', false)).toBe('leave-text');
  expect(meaningOf(key('Escape'), 'popup', false)).toBe('none');
});

test('while anything moves, Escape stops from everywhere but an unfinished conversion', () => {
  expect(meaningOf(key('Escape'), 'text', true)).toBe('stop');
  expect(meaningOf(key('Escape'), 'popup', true)).toBe('stop');
  expect(meaningOf(key('Space'), 'popup', true)).toBe('stop');
  expect(meaningOf(key('Space'), 'popup', false)).toBe('none');
  expect(meaningOf(key('Escape', { isComposing: true }), 'text', true)).toBe('none');
  expect(meaningOf(key('KeyA', { keyCode: 229 }), 'elsewhere', false)).toBe('none');
});

test('no steering key acts in text, in a popup or with a modifier of the system', () => {
  expect(meaningOf(key('KeyW'), 'elsewhere', false)).toBe('steer');
  expect(meaningOf(key('ArrowUp', { shiftKey: true }), 'elsewhere', false)).toBe('steer');
  for (const focus of ['text', 'popup'] as const) expect(meaningOf(key('KeyW'), focus, false)).toBe('none');
  expect(meaningOf(key('KeyA', { ctrlKey: true }), 'elsewhere', false)).toBe('none');
});

test('on a slider the keys that set it steer nothing, and STOP and talking stay', () => {
  for (const code of ['ArrowLeft', 'ArrowUp', 'PageDown', 'KeyW']) {
    expect(meaningOf(key(code), 'slider', false)).toBe('none');
    expect(meaningOf(key(code), 'slider', true)).toBe('none');
  }
  for (const code of ['Space', 'Escape']) expect(meaningOf(key(code), 'slider', false)).toBe('stop');
  expect(meaningOf(key('KeyV'), 'slider', false)).toBe('talk');
});

const pad = (axes: number[], pressed: number[] = [], mapping = 'standard'): PadReading => ({
  id: 'pad',
  mapping,
  axes,
  buttons: Array.from({ length: 12 }, (_, index) => ({
    pressed: pressed.includes(index),
    value: pressed.includes(index) ? 1 : 0,
  })),
});

test('a stick at rest means nothing, however badly it rests', () => {
  const mapping = defaultMapping({ mapping: 'standard' });
  expect(directionOf(pad([0.1, -0.1, 0, 0.12]), mapping)).toEqual({ x: 0, y: 0, z: 0 });
  expect(directionOf(pad([Number.NaN, 0, 0, 0]), mapping)).toEqual({ x: 0, y: 0, z: 0 });
});

test('beyond the dead zone speed grows from nothing to all, without a jump', () => {
  expect(shaped(0.16, 0.15, 2)).toBeLessThan(0.001);
  expect(shaped(1, 0.15, 2)).toBe(1);
  expect(shaped(-1, 0.15, 2)).toBe(-1);
  let before = 0;
  for (let value = 0; value <= 1; value += 0.01) {
    expect(shaped(value, 0.15, 2)).toBeGreaterThanOrEqual(before);
    before = shaped(value, 0.15, 2);
  }
});

test('axes and buttons are what the mapping says, inverted where it says so', () => {
  const mapping = defaultMapping({ mapping: 'standard' });
  expect(directionOf(pad([1, 0, 0, -1]), mapping)).toMatchObject({ x: 1, z: 1 });
  expect(pressedActions(pad([0, 0, 0, 0], [1, 5]), mapping)).toEqual(new Set(['stop', 'objective-up']));
  const jog = defaultMapping({ mapping: '' });
  expect(directionOf(pad([0, 0, 1], [], ''), jog)).toMatchObject({ z: 1 });
});

test('an axis is assigned by moving it, not by resting off its middle', () => {
  expect(movedAxis([1, 0, 0], [1, 0.2, 0])).toBeUndefined();
  expect(movedAxis([1, 0, 0], [1, 0.2, -0.9])).toBe(2);
});

test('a stored mapping comes back, a damaged one is as if there were none', () => {
  const mapping = { ...defaultMapping({ mapping: 'standard' }), deadZone: 0.3 };
  expect(mappingFromText(JSON.stringify(mapping))).toEqual(mapping);
  for (const text of [null, '', '{', 'null', '[]', '{"movements":{},"actions":{}}', '{"deadZone":5}']) {
    expect(mappingFromText(text)).toBeUndefined();
  }
});

test('speed follows the field of view, at high power at most one field a second, over a slow link less', () => {
  const at = (fieldOfViewUm: number, magnification: number, roundTripMs: number | null) =>
    stageSpeedUmPerS({ fieldOfViewUm, magnification, roundTripMs, ceilingUmPerS: 20_000 });
  expect(at(240, 40, 20)).toBe(240);
  expect(at(4800, 2, 20)).toBe(7200);
  expect(at(240, 40, 300)).toBeCloseTo(120);
  expect(at(240, 40, null)).toBeCloseTo(120);
  expect(latencyFactor(2000)).toBe(0.25);
  expect(
    stageSpeedUmPerS({ fieldOfViewUm: 4800, magnification: 2, roundTripMs: 20, ceilingUmPerS: 500 }),
  ).toBe(500);
});

test('a notch of focus is about the depth of focus', () => {
  expect(focusStepUm(0.95, false)).toBeCloseTo(1.2);
  expect(focusStepUm(0.1, false)).toBeGreaterThan(50);
  expect(focusStepUm(0.95, true)).toBeGreaterThanOrEqual(0.1);
});
