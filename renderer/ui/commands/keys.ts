/**
 * A key by its place on the keyboard (`KeyboardEvent.code`), with modifiers before it: 'KeyL', 'Ctrl+KeyK',
 * 'Shift+ArrowDown'. On a Mac 'Ctrl' means the command key.
 */
export type KeyBinding = string;

const isMac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

interface PressedKey {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The binding that a key event stands for. */
export function bindingOf(event: PressedKey): KeyBinding {
  const parts = [];
  if (isMac ? event.metaKey : event.ctrlKey) parts.push('Ctrl');
  if (isMac ? event.ctrlKey : event.metaKey) parts.push('Meta');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey) parts.push('Shift');
  return [...parts, event.code].join('+');
}

const MODIFIER_ORDER = ['Ctrl', 'Meta', 'Alt', 'Shift'];

/** The same binding with its modifiers in the order of `bindingOf`. */
export function normalBinding(binding: KeyBinding): KeyBinding {
  const parts = binding.split('+');
  const code = parts.pop() ?? '';
  return [...MODIFIER_ORDER.filter((modifier) => parts.includes(modifier)), code].join('+');
}

const names: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Period: '.',
  Comma: ',',
  Slash: '/',
  Backslash: '\\',
  Semicolon: ';',
  Quote: "'",
  BracketLeft: '[',
  BracketRight: ']',
  Minus: '-',
  Equal: '=',
  Backquote: '`',
  NumpadAdd: 'Num +',
  NumpadSubtract: 'Num -',
  IntlRo: '\\',
  IntlYen: '¥',
  Ctrl: isMac ? '⌘' : 'Ctrl',
  Shift: 'Shift',
  Alt: isMac ? '⌥' : 'Alt',
  Meta: isMac ? '⌃' : 'Win',
};

/** What is printed on the keys of this keyboard; empty until the browser has told. */
let printed: ReadonlyMap<string, string> = new Map();

/** Asks the browser what is printed on this keyboard, so that a Japanese one shows its own signs. */
export async function learnKeyboardLayout(): Promise<void> {
  const { keyboard } = navigator as { keyboard?: { getLayoutMap(): Promise<ReadonlyMap<string, string>> } };
  printed = (await keyboard?.getLayoutMap().catch(() => undefined)) ?? printed;
}

/** What to show for a binding, one text per key cap: ['Ctrl', 'K']. */
export function keyCaps(binding: KeyBinding): readonly string[] {
  return binding.split('+').map(keyCap);
}

function keyCap(code: string): string {
  const onKeyboard = printed.get(code);
  if (onKeyboard !== undefined && /^[!-~¥]$/.test(onKeyboard)) return onKeyboard.toUpperCase();
  const known = names[code];
  if (known !== undefined) return known;
  return code.replace(/^(Key|Digit)/, '').replace(/^Numpad/, 'Num ');
}
