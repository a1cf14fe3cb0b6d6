// The floor for the bench: a bare RTCPeerConnection with one video track and one data channel, and nothing else.

const HIGH_WATER_BYTES = 1024 * 1024;
const LOW_WATER_BYTES = 256 * 1024;
const CHUNK_BYTES = 64 * 1024;

export class BarePeer {
  readonly stream = new MediaStream();
  readonly #connection = new RTCPeerConnection();
  readonly #channel: RTCDataChannel;
  readonly #send: (signal: string) => void;
  readonly #candidates: RTCIceCandidateInit[] = [];
  #onText: ((text: string) => void) | undefined;
  receivedBytes = 0;

  constructor(send: (signal: string) => void, track: MediaStreamTrack | undefined) {
    this.#send = send;
    this.#channel = this.#connection.createDataChannel('bare', { negotiated: true, id: 0 });
    this.#channel.binaryType = 'arraybuffer';
    this.#channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    this.#channel.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== 'string') this.receivedBytes += data.byteLength;
      else if (data.startsWith('?')) this.#channel.send(data.slice(1));
      else this.#onText?.(data);
    });
    this.#connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) this.#send(JSON.stringify({ candidate }));
    });
    this.#connection.addEventListener('track', ({ track: incoming, receiver }) => {
      // As tuned as it gets without knowing anything of the picture: the size stays, nothing is held back.
      receiver.jitterBufferTarget = 0;
      this.stream.addTrack(incoming);
    });
    if (track) this.#connection.addTrack(track, new MediaStream([track]));
  }

  get isOpen(): boolean {
    return this.#channel.readyState === 'open';
  }

  async offer(): Promise<void> {
    await this.#connection.setLocalDescription();
    this.#send(JSON.stringify({ description: this.#connection.localDescription }));
  }

  async signal(text: string): Promise<void> {
    const { description, candidate } = JSON.parse(text) as {
      description?: RTCSessionDescriptionInit;
      candidate?: RTCIceCandidateInit;
    };
    if (candidate) {
      if (this.#connection.remoteDescription) await this.#connection.addIceCandidate(candidate);
      else this.#candidates.push(candidate);
    }
    if (!description) return;
    await this.#connection.setRemoteDescription(description);
    await this.#keepSize();
    for (const early of this.#candidates.splice(0)) await this.#connection.addIceCandidate(early);
    if (description.type !== 'offer') return;
    await this.#connection.setLocalDescription();
    this.#send(JSON.stringify({ description: this.#connection.localDescription }));
  }

  async #keepSize(): Promise<void> {
    for (const sender of this.#connection.getSenders()) {
      const parameters = sender.getParameters();
      if (!sender.track || parameters.encodings.length === 0) continue;
      await sender.setParameters({ ...parameters, degradationPreference: 'maintain-resolution' });
    }
  }

  async roundTrips(count: number, pauseMs: number): Promise<number[]> {
    const times: number[] = [];
    for (let index = 0; index < count; index++) {
      const startMs = performance.now();
      const back = new Promise<void>((resolve) => (this.#onText = () => resolve()));
      this.#channel.send(`?${index}`);
      await back;
      times.push(performance.now() - startMs);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return times;
  }

  async sendBytes(sizeBytes: number): Promise<void> {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let sent = 0; sent < sizeBytes; sent += CHUNK_BYTES) {
      if (this.#channel.bufferedAmount > HIGH_WATER_BYTES) {
        await new Promise((resolve) =>
          this.#channel.addEventListener('bufferedamountlow', resolve, { once: true }),
        );
      }
      this.#channel.send(chunk);
    }
  }

  close(): void {
    this.#connection.close();
  }
}
