import { ViewerState } from '#shared/contract/viewing.ts';

/** A viewer state as a word that fits into an address; a few hundred characters per pane. */
export function encodeState(state: ViewerState): string {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Undefined for anything that is no state of this version: an address may come from anywhere. */
export function decodeState(word: string | undefined): ViewerState | undefined {
  if (word === undefined || word === '') return undefined;
  try {
    const text = atob(word.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (character) => character.codePointAt(0) ?? 0);
    return ViewerState.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}
