import { expect, test, vi } from 'vitest';
import { keyCaps } from '#renderer/ui/commands/keys.ts';
import { CommandRegistry } from '#renderer/ui/commands/registry.ts';
import type { Command } from '#renderer/ui/commands/registry.ts';

const aCommand = (more: Partial<Command> = {}): Command => ({
  id: 'test.command',
  label: 'Test',
  group: 'Tests',
  keys: ['KeyL'],
  run: () => undefined,
  ...more,
});

const aKey = (code: string, more: Partial<KeyboardEvent> = {}) =>
  ({
    code,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    repeat: false,
    isComposing: false,
    defaultPrevented: false,
    target: null,
    preventDefault: vi.fn(),
    ...more,
  }) as unknown as KeyboardEvent;

test('a key is known by its place, also while a Japanese input method is on', () => {
  const run = vi.fn();
  const registry = new CommandRegistry();
  registry.register([aCommand({ run })]);
  registry.handleKey(aKey('KeyL', { key: 'Process', keyCode: 229 }));
  registry.handleKey(aKey('KeyL', { key: 'り' }));
  expect(run).toHaveBeenCalledTimes(2);
});

test('nothing fires while a conversion is being composed, or with other modifiers', () => {
  const run = vi.fn();
  const registry = new CommandRegistry();
  registry.register([aCommand({ run }), aCommand({ id: 'other', keys: ['Shift+Ctrl+KeyL'], run })]);
  registry.handleKey(aKey('KeyL', { isComposing: true }));
  registry.handleKey(aKey('KeyL', { ctrlKey: true }));
  registry.handleKey(aKey('KeyL', { altKey: true }));
  expect(run).not.toHaveBeenCalled();
  registry.handleKey(aKey('KeyL', { ctrlKey: true, shiftKey: true }));
  expect(run).toHaveBeenCalledOnce();
});

test('a held key runs only what may repeat', () => {
  const once = vi.fn();
  const again = vi.fn();
  const registry = new CommandRegistry();
  registry.register([
    aCommand({ run: once }),
    aCommand({ id: 'scroll', keys: ['ArrowDown'], repeats: true, run: again }),
  ]);
  registry.handleKey(aKey('KeyL', { repeat: true }));
  registry.handleKey(aKey('ArrowDown', { repeat: true }));
  expect(once).not.toHaveBeenCalled();
  expect(again).toHaveBeenCalledOnce();
});

test('what is not possible does not run, and leaves the key to others', () => {
  const run = vi.fn();
  const preventDefault = vi.fn();
  const registry = new CommandRegistry();
  registry.register([aCommand({ run, isEnabled: () => false })]);
  registry.handleKey(aKey('KeyL', { preventDefault }));
  expect(run).not.toHaveBeenCalled();
  expect(preventDefault).not.toHaveBeenCalled();
});

test('two commands with one id or one key are refused', () => {
  const registry = new CommandRegistry();
  const takeBack = registry.register([aCommand()]);
  expect(() => registry.register([aCommand({ keys: ['KeyM'] })])).toThrow(/two commands with the id/);
  expect(() => registry.register([aCommand({ id: 'other' })])).toThrow(/both want the key KeyL/);
  takeBack();
  expect(registry.list()).toEqual([]);
  expect(() => registry.register([aCommand()])).not.toThrow();
});

test('keys are shown as they are printed', () => {
  expect(keyCaps('Ctrl+KeyK')).toEqual(['Ctrl', 'K']);
  expect(keyCaps('Shift+Digit1')).toEqual(['Shift', '1']);
  expect(keyCaps('Period')).toEqual(['.']);
  expect(keyCaps('Numpad5')).toEqual(['Num 5']);
  expect(keyCaps('ArrowDown')).toEqual(['↓']);
});
