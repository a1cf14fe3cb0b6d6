import type { Page } from 'playwright-core';
import type { ImpairmentRelay } from './impairment-relay.ts';

/** The relay is the only path: what the other end sends to find this one passes through its hands first. */
export async function leadThroughRelay(
  relay: ImpairmentRelay,
  opened: Page,
  role: 'pathologist' | 'bench',
): Promise<void> {
  const from = role === 'pathologist' ? 'b' : 'a';
  await opened.exposeFunction('throughRelay', (signal: string, connection: string) =>
    relay.signal(signal, from, epochOf(relay, connection)),
  );
  await opened.addInitScript(() => {
    const { throughRelay } = window as unknown as {
      throughRelay: (signal: string, connection: string) => Promise<string | undefined>;
    };
    const nameIn = (sdp: string | undefined) => /^a=ice-ufrag:(.+)$/m.exec(sdp ?? '')?.[1] ?? '';
    window.RTCPeerConnection = class extends RTCPeerConnection {
      /** Both ends know a connection by what its offer called it: one may have made more of them than the other. */
      #name = '';

      override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        const { type, sdp } = description;
        this.#name = nameIn(type === 'offer' ? sdp : this.localDescription?.sdp);
        const text = await throughRelay(JSON.stringify({ type, sdp }), this.#name);
        if (text !== undefined) {
          await super.setRemoteDescription(JSON.parse(text) as RTCSessionDescriptionInit);
        }
      }

      override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
        const text = await throughRelay(JSON.stringify({ candidate }), this.#name);
        if (text === undefined) return;
        await super.addIceCandidate((JSON.parse(text) as { candidate: RTCIceCandidateInit }).candidate);
      }
    };
  });
}

const epochs = new WeakMap<ImpairmentRelay, string[]>();

function epochOf(relay: ImpairmentRelay, connection: string): number {
  const names = epochs.get(relay) ?? [];
  epochs.set(relay, names);
  if (!names.includes(connection)) names.push(connection);
  return names.indexOf(connection) + 1;
}
