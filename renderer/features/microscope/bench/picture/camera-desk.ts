import { createStore } from 'zustand/vanilla';
import type { LiveLink } from '#renderer/link/live-link.ts';
import { judgeField } from '#renderer/microscopy/blank-field.ts';
import type { FieldRefusal } from '#renderer/microscopy/blank-field.ts';
import { SimulatedOptics } from '#renderer/microscopy/simulated-optics.ts';
import type { OpenedSpecimen, SpecimenChoice } from '#shared/contract/specimen.ts';
import { untouchedCamera } from '#shared/domain/camera-settings.ts';
import type { CameraSettings } from '#shared/domain/camera-settings.ts';
import type { WhiteBalance } from '#shared/domain/white-balance.ts';
import type { MicroscopeSession } from '../../session/microscope-session.ts';
import { BenchCamera } from './bench-camera.ts';
import { CameraOrigin } from './camera-origin.ts';
import { nothingToSet } from './camera-controls.ts';
import type { CameraAbilities } from './camera-controls.ts';
import type { PictureOrigin } from './picture-origin.ts';

/** `simulated`, `none`, or the id of a camera of the system; empty: whichever it prefers. */
export type CameraChoice = string;
export const SIMULATED = 'simulated';
export const NO_CAMERA = 'none';

export type CameraProblem =
  | 'no-camera'
  | 'pulled-out'
  | 'busy'
  | 'not-permitted'
  | 'failed'
  | 'frozen'
  | 'setting-refused';

export interface DeskState {
  /** Undefined until it is known what was chosen last time. */
  readonly choice: CameraChoice | undefined;
  /** Cameras that can be asked for: without permission there are none with names. */
  readonly devices: readonly MediaDeviceInfo[];
  readonly camera: BenchCamera | undefined;
  readonly abilities: CameraAbilities;
  readonly settings: CameraSettings;
  /** Of this camera on an empty field, whether it is in use or not. */
  readonly measuredWhite: WhiteBalance | undefined;
  readonly problem: CameraProblem | undefined;
  /** What lies under the simulated microscope; undefined until its picture was opened. */
  readonly specimen: OpenedSpecimen | undefined;
}

export type MeasuredWhite =
  | { readonly kind: 'measured'; readonly white: WhiteBalance }
  | { readonly kind: 'refused'; readonly reason: FieldRefusal | 'no-picture' };

/** A camera that has given nothing new for so long is said to stand still. */
const FROZEN_AFTER_MS = 1500;
/** A camera that was told to hold its white gives frames with it by then. */
const SETTLED_AFTER_MS = 400;
const WATCH_EVERY_MS = 250;
/** Gone for now: what is plugged in again is opened by itself. */
const comesBack: readonly (CameraProblem | undefined)[] = ['pulled-out', 'no-camera'];

/** Opens the camera of this workstation, sets it as it was set before, and says what is wrong with it. */
export class CameraDesk {
  readonly state = createStore<DeskState>(() => ({
    choice: undefined,
    devices: [],
    camera: undefined,
    abilities: nothingToSet,
    settings: untouchedCamera,
    measuredWhite: undefined,
    problem: undefined,
    specimen: undefined,
  }));
  readonly #session: MicroscopeSession;
  readonly #live: LiveLink;
  readonly #canSimulate: boolean;
  #origin: PictureOrigin | undefined;
  /** Grows with every opening: what an earlier one brings comes too late. */
  #opening = 0;
  /** One after the other: cameras take one wish at a time. */
  #applying: Promise<void> = Promise.resolve();
  #wanted: CameraSettings | undefined;

  constructor(live: LiveLink, session: MicroscopeSession, canSimulate: boolean) {
    this.#live = live;
    this.#session = session;
    this.#canSimulate = canSimulate;
  }

  start(): () => void {
    const watching = setInterval(() => this.#watch(), WATCH_EVERY_MS);
    const plugged = () => {
      void this.#list();
      if (comesBack.includes(this.state.getState().problem)) this.retry();
    };
    navigator.mediaDevices.addEventListener('devicechange', plugged);
    void this.#open(undefined);
    return () => {
      clearInterval(watching);
      navigator.mediaDevices.removeEventListener('devicechange', plugged);
      this.#opening += 1;
      this.#close();
    };
  }

  choose(choice: CameraChoice): void {
    void this.#open(choice).then(() => this.#remember());
  }

  /** Opens the same again: after the cable, the permission or the other program was seen to. */
  retry(): void {
    void this.#open(this.state.getState().choice);
  }

  /** Puts another slide under the simulated microscope, for this and every later start; null: the drawn tissue. */
  async putUnder(simulatedSpecimen: SpecimenChoice | null): Promise<void> {
    try {
      await this.#session.backend.settings.change({ simulatedSpecimen });
    } catch (error) {
      this.#session.showProblem(error);
    }
    this.retry();
  }

  /** Shown at once; asked of the camera when it has taken what was asked before. */
  change(patch: Partial<CameraSettings>): void {
    const settings = { ...this.state.getState().settings, ...patch };
    this.state.setState({ settings });
    this.#balance();
    if (this.#wanted === undefined) this.#applying = this.#applying.then(() => this.#applyWanted());
    this.#wanted = settings;
  }

  /**
   * Measures the white of an empty field, with the camera's own white held still, and evens it out from then on. A
   * field that is not empty changes nothing.
   */
  async measureWhite(): Promise<MeasuredWhite> {
    const { camera, settings: before } = this.state.getState();
    const origin = this.#origin;
    if (!camera || !origin) return { kind: 'refused', reason: 'no-picture' };
    this.change({ whiteBalance: { mode: 'measured' } });
    await this.#applying;
    await new Promise<void>((resolve) => setTimeout(resolve, SETTLED_AFTER_MS));
    const field = camera.sampleField();
    const judged = field ? judgeField(field) : ({ kind: 'refused', reason: 'no-picture' } as const);
    if (judged.kind === 'refused') {
      this.change({ whiteBalance: before.whiteBalance });
      return judged;
    }
    const { means } = judged;
    const white = await this.#session.backend.microscope.saveWhiteBalance({
      cameraName: origin.label,
      means,
    });
    this.state.setState({ measuredWhite: white });
    this.#balance();
    return { kind: 'measured', white };
  }

  #balance(): void {
    const { camera, settings, measuredWhite } = this.state.getState();
    if (!camera) return;
    camera.gains = settings.whiteBalance?.mode === 'measured' ? (measuredWhite?.gains ?? null) : null;
  }

  async #applyWanted(): Promise<void> {
    const settings = this.#wanted;
    this.#wanted = undefined;
    const origin = this.#origin;
    if (!settings || !origin) return;
    if (!(await this.#set(origin, settings))) return;
    await this.#remember();
  }

  /** False where the camera refused: then the screen says again how it really is set. */
  async #set(origin: PictureOrigin, settings: CameraSettings): Promise<boolean> {
    try {
      await origin.apply?.(settings);
      if (this.state.getState().problem === 'setting-refused') this.state.setState({ problem: undefined });
      return true;
    } catch {
      if (this.#origin !== origin) return false;
      const { microscopeCamera } = await this.#session.backend.settings.get({});
      this.state.setState({
        problem: 'setting-refused',
        settings: microscopeCamera.byName[origin.label] ?? untouchedCamera,
      });
      this.#balance();
      return false;
    }
  }

  /** The camera that was chosen and how this one is set, for the next start. */
  async #remember(): Promise<void> {
    const { choice, settings } = this.state.getState();
    const name = this.#origin?.label;
    const isNamed = choice !== undefined && choice !== '' && choice !== SIMULATED && choice !== NO_CAMERA;
    const chosen = isNamed ? name : choice;
    if (chosen === undefined) return;
    const { backend } = this.#session;
    try {
      const { microscopeCamera } = await backend.settings.get({});
      const byName = { ...microscopeCamera.byName, ...(name !== undefined && { [name]: settings }) };
      await backend.settings.change({ microscopeCamera: { chosen, byName } });
    } catch (error) {
      this.#session.showProblem(error);
    }
  }

  /** Undefined: what was chosen last time. */
  async #open(asked: CameraChoice | undefined): Promise<void> {
    this.#opening += 1;
    const opening = this.#opening;
    this.#close();
    this.state.setState({ problem: undefined, ...(asked !== undefined && { choice: asked }) });
    try {
      const { microscopeCamera } = await this.#session.backend.settings.get({});
      const { whiteBalances } = await this.#session.backend.microscope.getState({});
      const choice = asked ?? (await this.#choiceOf(microscopeCamera.chosen));
      if (opening !== this.#opening) return;
      this.state.setState({ choice });
      const origin = await this.#originOf(choice, () => this.#lost(opening));
      if (!origin) return;
      if (opening !== this.#opening) {
        origin.close();
        return;
      }
      this.state.setState({
        measuredWhite: whiteBalances.find(({ cameraName }) => cameraName === origin.label),
      });
      this.#take(origin, microscopeCamera.byName[origin.label] ?? untouchedCamera);
    } catch (error) {
      if (opening === this.#opening) this.state.setState({ problem: problemOf(error) });
    }
    // With the permission that was given meanwhile come the names.
    await this.#list();
  }

  async #list(): Promise<void> {
    const devices = await cameras().catch(() => []);
    this.state.setState({ devices: devices.filter(({ deviceId }) => deviceId !== '') });
  }

  #take(origin: PictureOrigin, settings: CameraSettings): void {
    this.#origin = origin;
    const camera = new BenchCamera(origin);
    this.#session.cameraIs(origin.sensor);
    this.#live.show('microscope', camera.track);
    this.state.setState({ camera, settings, abilities: origin.abilities ?? nothingToSet });
    this.#balance();
    this.#applying = this.#applying.then(async () => {
      await this.#set(origin, settings);
    });
  }

  async #originOf(choice: CameraChoice, onLost: () => void): Promise<PictureOrigin | undefined> {
    const { backend } = this.#session;
    if (choice === NO_CAMERA) return undefined;
    if (choice !== SIMULATED) {
      return CameraOrigin.open(choice === '' ? undefined : choice, () => this.#session.telemetry, onLost);
    }
    const { configuration } = await backend.microscope.getState({});
    const specimen = await backend.microscope.openSpecimen({});
    this.state.setState({ specimen });
    return new SimulatedOptics(backend, configuration?.objectives ?? [], specimen.specimen);
  }

  /** @throws DOMException where the camera of that name is not here: another one is never taken for it */
  async #choiceOf(chosen: string | null): Promise<CameraChoice> {
    if (chosen === null || (chosen === SIMULATED && !this.#canSimulate)) {
      return this.#canSimulate ? SIMULATED : '';
    }
    if (chosen === '' || chosen === SIMULATED || chosen === NO_CAMERA) return chosen;
    const known = await findCamera(chosen);
    if (known !== undefined) return known;
    // Names are told only to who may use cameras.
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    for (const track of stream.getTracks()) track.stop();
    const found = await findCamera(chosen);
    if (found === undefined) throw new DOMException('not plugged in', 'NotFoundError');
    return found;
  }

  #lost(opening: number): void {
    if (opening !== this.#opening) return;
    this.#close();
    this.state.setState({ problem: 'pulled-out' });
  }

  #close(): void {
    const { camera } = this.state.getState();
    this.#origin = undefined;
    if (!camera) return;
    this.#session.cameraIs(null);
    this.#live.show('microscope', null);
    camera.close();
    this.state.setState({ camera: undefined, abilities: nothingToSet, settings: untouchedCamera });
  }

  #watch(): void {
    const newest = this.#origin?.newestFrameAtMs;
    const { problem } = this.state.getState();
    const isFrozen = newest !== undefined && performance.now() - newest > FROZEN_AFTER_MS;
    if (isFrozen && problem === undefined) {
      this.state.setState({ problem: 'frozen' });
      this.#session.letGo();
    } else if (!isFrozen && problem === 'frozen') this.state.setState({ problem: undefined });
  }
}

async function findCamera(name: string): Promise<string | undefined> {
  return (await cameras()).find(({ label }) => label === name)?.deviceId;
}

async function cameras(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === 'videoinput');
}

function problemOf(error: unknown): CameraProblem {
  switch ((error as Error).name) {
    case 'NotAllowedError':
      return 'not-permitted';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no-camera';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}
