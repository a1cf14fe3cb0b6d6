import { SHELL_BRIDGE, SHELL_PORT_MESSAGE } from '#shared/contract/shell-bridge.ts';
import type { ShellBridge } from '#shared/contract/shell-bridge.ts';
import type { Port } from '#shared/rpc/frames.ts';
import { createMessagePort } from '#shared/rpc/message-port.ts';

/** A backend that is being started again takes a moment. */
const PORT_TIMEOUT_MS = 10_000;

/** Asks Electron's shell for a port to the backend; the preload script posts it to this window. */
export function openShellPort(): Promise<Port> {
  const bridge = (window as unknown as { readonly [SHELL_BRIDGE]: ShellBridge })[SHELL_BRIDGE];
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      window.removeEventListener('message', take);
    };
    const take = (event: MessageEvent) => {
      const [port] = event.ports;
      // Only the preload script posts in the name of this very window.
      if (event.source !== window || event.data !== SHELL_PORT_MESSAGE || !port) return;
      stop();
      resolve(createMessagePort(port));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('no connection to the backend'));
    }, PORT_TIMEOUT_MS);
    window.addEventListener('message', take);
    bridge.requestPort();
  });
}
