import { directionOfKeys, isSteeringKey } from '../steering/direction.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { whenHandIsLost } from './lost-hand.ts';

export const PUSH_TO_TALK = 'KeyV';

interface PressedKey {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/** Where the keyboard's focus is. */
export type Focus = 'elsewhere' | 'text' | 'popup' | 'slider';

export type KeyMeaning = 'steer' | 'stop' | 'talk' | 'leave-text' | 'none';

/**
 * What a pressed key means. Space stops everywhere but in text; Escape closes what lies over the room, ends typing,
 * and stops in every other case, also while typing when something moves. A slider keeps the keys that set it. An
 * input method's keys mean nothing.
 */
export function meaningOf(event: PressedKey, focus: Focus, isMoving: boolean): KeyMeaning {
  if (event.isComposing || event.keyCode === 229) return 'none';
  if (event.code === 'Escape') {
    if (focus === 'text' && !isMoving) return 'leave-text';
    return focus === 'popup' && !isMoving ? 'none' : 'stop';
  }
  if (event.code === 'Space' && focus === 'popup' && isMoving) return 'stop';
  if (focus === 'text' || focus === 'popup') return 'none';
  if (event.code === 'Space') return 'stop';
  if (event.ctrlKey || event.metaKey || event.altKey) return 'none';
  if (isSteeringKey(event.code)) return focus === 'slider' ? 'none' : 'steer';
  return event.code === PUSH_TO_TALK ? 'talk' : 'none';
}

const TEXT_FIELDS =
  'textarea, select, [contenteditable]:not([contenteditable=false]), ' +
  'input:not([type=checkbox], [type=radio], [type=button], [type=range], [type=submit])';
const POPUPS = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox], [role=tablist]';
const SLIDERS = '[role=slider], input[type=range]';
const DIALOGS = '[role=dialog], [role=alertdialog]';

function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof Element)) return 'elsewhere';
  if (target.closest(TEXT_FIELDS)) return 'text';
  if (target.closest(POPUPS)) return 'popup';
  if (target.closest(SLIDERS)) return 'slider';
  // The button that had the focus may have gone, and the dialog is still what is answered.
  return target === document.body && document.querySelector(DIALOGS) ? 'popup' : 'elsewhere';
}

/** Held keys steer, by their place on the keyboard. A window that loses the focus loses its hands. */
export class KeyboardHand {
  readonly #session: MicroscopeSession;
  readonly #talk: (isPressed: boolean) => void;
  readonly #held = new Set<string>();
  #isFine = false;

  constructor(session: MicroscopeSession, talk: (isPressed: boolean) => void) {
    this.#session = session;
    this.#talk = talk;
  }

  start(): () => void {
    const aborter = new AbortController();
    const { signal } = aborter;
    window.addEventListener('keydown', (event) => this.#down(event), { signal, capture: true });
    window.addEventListener('keyup', (event) => this.#up(event), { signal, capture: true });
    const letGo = () => this.#letGo();
    whenHandIsLost(letGo, signal);
    document.addEventListener('focusin', (event) => this.#focused(event), { signal });
    return () => {
      aborter.abort();
      letGo();
    };
  }

  /** Whoever writes no longer steers: the key may come up where nobody here sees it. */
  #focused({ target }: FocusEvent): void {
    if (this.#held.size === 0 || focusOf(target) === 'elsewhere') return;
    this.#held.clear();
    this.#push();
  }

  #down(event: KeyboardEvent): void {
    if (event.key === 'Shift') this.#setFine(true);
    const meaning = meaningOf(event, focusOf(event.target), this.#isMoving());
    if (meaning === 'none') return;
    event.preventDefault();
    if (event.repeat && meaning !== 'steer') return;
    if (meaning === 'stop') {
      event.stopPropagation();
      this.#held.clear();
      this.#session.stop();
    } else if (meaning === 'leave-text') (event.target as HTMLElement).blur();
    else if (meaning === 'talk') this.#talk(true);
    else if (!event.repeat) {
      this.#isFine = event.shiftKey;
      this.#held.add(event.code);
      this.#push();
    }
  }

  #up(event: KeyboardEvent): void {
    if (event.key === 'Shift') this.#setFine(false);
    if (event.code === PUSH_TO_TALK) this.#talk(false);
    // A Space that stopped must not also press the button that has the focus.
    if (event.code === 'Space' && focusOf(event.target) === 'elsewhere') event.preventDefault();
    if (this.#held.delete(event.code)) this.#push();
  }

  #setFine(isFine: boolean): void {
    if (this.#isFine === isFine) return;
    this.#isFine = isFine;
    if (this.#held.size > 0) this.#push();
  }

  #push(): void {
    this.#session.push('keys', this.#held.size > 0 ? directionOfKeys(this.#held, this.#isFine) : null);
  }

  #letGo(): void {
    this.#held.clear();
    this.#talk(false);
    this.#session.letGo();
  }

  #isMoving(): boolean {
    const { steering, telemetry } = this.#session;
    if (steering.isPushed || steering.isAimed || telemetry?.procedure) return true;
    return telemetry !== null && Object.values(telemetry.axes).includes('moving');
  }
}
