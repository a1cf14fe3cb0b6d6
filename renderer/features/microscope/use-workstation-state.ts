import { useEffect, useState } from 'react';
import { useBackend, useConnectionState } from '#renderer/backend/use-backend.tsx';
import type { LinkState } from '#shared/contract/link.ts';
import type { MicroscopeState } from '#shared/contract/microscope.ts';

/** Undefined until the backend has answered. */
export function useMicroscopeState(): MicroscopeState | undefined {
  const { microscope } = useBackend();
  const [state, setState] = useState<MicroscopeState>();
  const { kind } = useConnectionState();
  useEffect(() => {
    if (kind !== 'connected') return undefined;
    const stop = microscope.on('stateChanged', setState);
    microscope.getState({}).then(setState, () => {
      // The connection is gone again; its banner says so, and its return asks anew.
    });
    return stop;
  }, [microscope, kind]);
  return state;
}

export function useLinkState(): LinkState | undefined {
  const { link } = useBackend();
  const [state, setState] = useState<LinkState>();
  const { kind } = useConnectionState();
  useEffect(() => {
    if (kind !== 'connected') return undefined;
    const stop = link.on('stateChanged', setState);
    link.getState({}).then(setState, () => {
      // As above.
    });
    return stop;
  }, [link, kind]);
  return state;
}
