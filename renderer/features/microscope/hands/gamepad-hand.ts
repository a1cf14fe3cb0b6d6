import { isStill } from '../steering/direction.ts';
import { defaultMapping, directionOf, mappingFromText, pressedActions } from '../steering/gamepad-mapping.ts';
import type { GamepadMapping, PadAction, PadReading } from '../steering/gamepad-mapping.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';

const STORAGE_PREFIX = 'enkaku.gamepad.';

/** The mapping somebody made for this kind of device, or the one it starts with. */
export function mappingOf(pad: PadReading): GamepadMapping {
  return mappingFromText(localStorage.getItem(STORAGE_PREFIX + pad.id)) ?? defaultMapping(pad);
}

export function saveMapping(pad: PadReading, mapping: GamepadMapping | undefined): void {
  if (mapping) localStorage.setItem(STORAGE_PREFIX + pad.id, JSON.stringify(mapping));
  else localStorage.removeItem(STORAGE_PREFIX + pad.id);
  mappings.delete(pad.id);
}

/** Read once per device, not sixty times a second. */
const mappings = new Map<string, GamepadMapping>();

function knownMapping(pad: PadReading): GamepadMapping {
  const known = mappings.get(pad.id) ?? mappingOf(pad);
  mappings.set(pad.id, known);
  return known;
}

/** Gamepads, 3D mice and jog controllers, whichever is there; several are several hands. */
export class GamepadHand {
  readonly #session: MicroscopeSession;
  readonly #act: (action: PadAction, isPressed: boolean) => void;
  readonly #pressed = new Map<number, ReadonlySet<PadAction>>();
  #request = 0;
  /** While somebody assigns axes the device must not move the stage. */
  isSuspended = false;

  constructor(session: MicroscopeSession, act: (action: PadAction, isPressed: boolean) => void) {
    this.#session = session;
    this.#act = act;
  }

  start(): () => void {
    const aborter = new AbortController();
    const { signal } = aborter;
    const gone = (event: GamepadEvent) => this.#gone(event.gamepad.index);
    window.addEventListener('gamepaddisconnected', gone, { signal });
    const poll = () => {
      this.#request = requestAnimationFrame(poll);
      this.#poll();
    };
    poll();
    return () => {
      cancelAnimationFrame(this.#request);
      aborter.abort();
      for (const index of this.#pressed.keys()) this.#session.push(handOf(index), null);
    };
  }

  #poll(): void {
    const isAway = this.isSuspended || !document.hasFocus();
    const missing = new Set(this.#pressed.keys());
    for (const pad of navigator.getGamepads()) {
      if (!pad?.connected) continue;
      missing.delete(pad.index);
      const mapping = knownMapping(pad);
      const before = this.#pressed.get(pad.index);
      const now = pressedActions(pad, mapping);
      // What is held when it appears has not been pressed for us.
      this.#pressed.set(pad.index, now);
      if (!before) continue;
      const direction = directionOf(pad, mapping);
      this.#session.push(handOf(pad.index), isAway || isStill(direction) ? null : direction);
      for (const action of now) {
        if (!before.has(action) && (!isAway || action === 'stop')) this.#act(action, true);
      }
      for (const action of before) if (!now.has(action)) this.#act(action, false);
    }
    // Not every driver says that its device has gone.
    for (const index of missing) this.#gone(index);
  }

  #gone(index: number): void {
    for (const action of this.#pressed.get(index) ?? []) this.#act(action, false);
    this.#pressed.delete(index);
    this.#session.push(handOf(index), null);
    this.#session.letGo();
  }
}

const handOf = (index: number): string => `gamepad ${index}`;
