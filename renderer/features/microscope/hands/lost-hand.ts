/** Another window has the focus, the page is hidden or left: no release of a key or a button will be seen any more. */
export function whenHandIsLost(letGo: () => void, signal: AbortSignal): void {
  window.addEventListener('blur', letGo, { signal });
  window.addEventListener('pagehide', letGo, { signal });
  document.addEventListener('visibilitychange', letGo, { signal });
}
