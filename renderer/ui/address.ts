import { useSyncExternalStore } from 'react';

/** Where the person is, as the part of the URL after '#': `#/reading/study/12?series=3`. */
export interface Address {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function formatAddress({ path, query }: Address): string {
  const search = new URLSearchParams(query).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** A hand-typed '%' is no reason to fail. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const listeners = new Set<() => void>();
let cached: { hash: string; address: Address } | undefined;

function currentAddress(): Address {
  const { hash } = window.location;
  if (cached?.hash !== hash) cached = { hash, address: parseAddress(hash) };
  return cached.address;
}

export interface GoToOptions {
  /** Changes the address without a step for Back, for state that changes all the time. */
  readonly replace?: boolean;
}

/** Goes to an address; Back returns from it. */
export function goTo(path: readonly string[], query: Address['query'] = {}, options: GoToOptions = {}): void {
  const hash = formatAddress({ path, query });
  if (hash === window.location.hash) return;
  if (options.replace) window.history.replaceState(null, '', hash);
  else window.history.pushState(null, '', hash);
  for (const listener of listeners) listener();
}

export function useAddress(): Address {
  return useSyncExternalStore(subscribe, currentAddress);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('popstate', announce);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('popstate', announce);
  };
}

function announce(): void {
  for (const listener of listeners) listener();
}
