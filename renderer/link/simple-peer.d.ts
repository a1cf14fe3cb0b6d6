// What `peer.ts` uses of simple-peer. Its published typings bring Node's globals into the page.

declare module 'simple-peer/simplepeer.min.js' {
  interface SimplePeerOptions {
    readonly initiator: boolean;
    readonly channelName: string;
    readonly channelConfig: RTCDataChannelInit;
    readonly config: RTCConfiguration;
  }

  interface SimplePeerEvents {
    signal: (signal: unknown) => void;
    connect: () => void;
    data: (bytes: unknown) => void;
    error: (error: Error) => void;
    close: () => void;
  }

  class SimplePeer {
    constructor(options: SimplePeerOptions);
    /** Undocumented, and the only way to further channels: the version is pinned. */
    readonly _pc: RTCPeerConnection;
    readonly destroyed: boolean;
    readonly destroying: boolean;
    signal(signal: object): void;
    destroy(): void;
    on<E extends keyof SimplePeerEvents>(eventName: E, listener: SimplePeerEvents[E]): this;
  }

  export default SimplePeer;
}
