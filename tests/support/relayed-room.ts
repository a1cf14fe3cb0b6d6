import type { Page } from 'playwright-core';
import type { ImpairmentRelay } from './impairment-relay.ts';

/** The relay is the only path: what the other end sends to find this one passes through its hands first. */
export async function leadThroughRelay(
  relay: ImpairmentRelay,
  opened: Page,
  role: 'pathologist' | 'bench',
): Promise<void> {
  const from = role === 'pathologist' ? 'b' : 'a';
  await opened.exposeFunction('throughRelay', (signal: string, epoch: number) =>
    relay.signal(signal, from, epoch),
  );
  await opened.addInitScript(() => {
    const { throughRelay } = window as unknown as {
      throughRelay: (signal: string, epoch: number) => Promise<string | undefined>;
    };
    let count = 0;
    window.RTCPeerConnection = class extends RTCPeerConnection {
      readonly #epoch = (count += 1);

      override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        const { type, sdp } = description;
        const text = await throughRelay(JSON.stringify({ type, sdp }), this.#epoch);
        if (text !== undefined) {
          await super.setRemoteDescription(JSON.parse(text) as RTCSessionDescriptionInit);
        }
      }

      override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
        const text = await throughRelay(JSON.stringify({ candidate }), this.#epoch);
        if (text === undefined) return;
        await super.addIceCandidate((JSON.parse(text) as { candidate: RTCIceCandidateInit }).candidate);
      }
    };
  });
}
