import { createStore } from 'zustand/vanilla';
import type { LiveLink } from '#renderer/link/live-link.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';

export type TalkDevice = 'microphone' | 'camera' | 'second';

export interface TalkState {
  readonly isOn: boolean;
  readonly isPushToTalk: boolean;
  /** What the person chose; while pushing to talk the key decides. */
  readonly isMuted: boolean;
  readonly isPressed: boolean;
  /** Null: not used; empty: whichever the system prefers. */
  readonly chosen: Readonly<Record<TalkDevice, string | null>>;
  /** Where the other side is heard; empty: whichever the system prefers. */
  readonly speaker: string;
  readonly devices: readonly MediaDeviceInfo[];
  readonly own: MediaStream | undefined;
  /** Name of the error of a device that could not be had. */
  readonly problem: string | null;
}

const video = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 15 } };

/** Microphone, the person's camera and a second one: chosen here, heard and seen at the other end. */
export class TalkMedia {
  readonly state = createStore<TalkState>(() => ({
    isOn: false,
    isPushToTalk: false,
    isMuted: false,
    isPressed: false,
    chosen: { microphone: null, camera: null, second: null },
    speaker: '',
    devices: [],
    own: undefined,
    problem: null,
  }));
  readonly #live: LiveLink;
  readonly #session: MicroscopeSession;
  readonly #tracks: Partial<Record<TalkDevice, MediaStreamTrack>> = {};
  #told = '';

  constructor(live: LiveLink, session: MicroscopeSession) {
    this.#live = live;
    this.#session = session;
  }

  start(): () => void {
    const list = () => void this.#list();
    navigator.mediaDevices.addEventListener('devicechange', list);
    list();
    // Said again now and then: the other end may have come later, or lost its page.
    const telling = setInterval(() => this.#tell(true), 5000);
    return () => {
      navigator.mediaDevices.removeEventListener('devicechange', list);
      clearInterval(telling);
      for (const device of ['microphone', 'camera', 'second'] as const) this.#drop(device);
    };
  }

  /** Microphone and camera, after a press: nobody is heard or seen without having said so. */
  async turnOn(): Promise<void> {
    this.state.setState({ isOn: true });
    await this.choose('microphone', '');
    await this.#list();
  }

  async choose(device: TalkDevice, deviceId: string | null): Promise<void> {
    this.#drop(device);
    this.state.setState(({ chosen }) => ({ chosen: { ...chosen, [device]: deviceId }, problem: null }));
    if (deviceId === null) {
      this.#show(device, null);
      return;
    }
    const which = deviceId === '' ? {} : { deviceId: { exact: deviceId } };
    try {
      const stream = await navigator.mediaDevices.getUserMedia(
        device === 'microphone'
          ? { audio: { ...which, echoCancellation: true, noiseSuppression: true, autoGainControl: true } }
          : { video: { ...which, ...video } },
      );
      const [track] = stream.getTracks();
      if (!track) return;
      track.addEventListener('ended', () => this.#lost(device, track));
      this.#tracks[device] = track;
      this.#show(device, track);
    } catch (error) {
      this.state.setState(({ chosen }) => ({
        problem: (error as Error).name,
        chosen: { ...chosen, [device]: null },
      }));
      this.#show(device, null);
    }
  }

  chooseSpeaker(deviceId: string): void {
    this.state.setState({ speaker: deviceId, problem: null });
  }

  /** It cannot be used or is gone: better heard from another one than not at all. */
  speakerFailed(error: string): void {
    this.state.setState({ speaker: '', problem: error });
  }

  setPushToTalk(isPushToTalk: boolean): void {
    this.state.setState({ isPushToTalk });
    this.#apply();
  }

  toggleMute(): void {
    this.state.setState(({ isMuted }) => ({ isMuted: !isMuted }));
    this.#apply();
  }

  /** The key or button for talking is held. */
  readonly press = (isPressed: boolean): void => {
    if (this.state.getState().isPressed === isPressed) return;
    this.state.setState({ isPressed });
    this.#apply();
  };

  /** Whether the other end can hear this side now. */
  get isHeard(): boolean {
    const { isPushToTalk, isMuted, isPressed } = this.state.getState();
    return this.#tracks.microphone !== undefined && (isPushToTalk ? isPressed : !isMuted);
  }

  #show(device: TalkDevice, track: MediaStreamTrack | null): void {
    const slot = device === 'microphone' ? 'voice' : device === 'camera' ? 'person' : 'second';
    this.#live.show(slot, track);
    const { camera } = this.#tracks;
    this.state.setState({ own: camera ? new MediaStream([camera]) : undefined });
    this.#apply();
  }

  #apply(): void {
    const { microphone } = this.#tracks;
    if (microphone) microphone.enabled = this.isHeard;
    this.#tell(false);
  }

  #tell(isAgain: boolean): void {
    const told = {
      kind: 'voice',
      isMuted: !this.isHeard,
      isPushToTalk: this.state.getState().isPushToTalk,
      hasCamera: this.#tracks.camera !== undefined,
    } as const;
    const streams = {
      kind: 'streams',
      microscope: this.#live.outgoingStreams.microscope,
      person: this.#tracks.camera ? 'person' : null,
      second: this.#tracks.second ? 'second' : null,
    } as const;
    const text = JSON.stringify([told, streams]);
    if (!isAgain && text === this.#told) return;
    this.#told = text;
    this.#session.say(told);
    this.#session.say(streams);
  }

  #lost(device: TalkDevice, track: MediaStreamTrack): void {
    if (this.#tracks[device] !== track) return;
    this.#drop(device);
    this.state.setState(({ chosen }) => ({
      chosen: { ...chosen, [device]: null },
      problem: 'OverconstrainedError',
    }));
    this.#show(device, null);
  }

  #drop(device: TalkDevice): void {
    this.#tracks[device]?.stop();
    delete this.#tracks[device];
  }

  async #list(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    this.state.setState({ devices });
    const { speaker } = this.state.getState();
    if (speaker !== '' && !devices.some(({ deviceId }) => deviceId === speaker))
      this.speakerFailed('OverconstrainedError');
  }
}
