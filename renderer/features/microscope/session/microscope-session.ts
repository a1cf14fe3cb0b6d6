import type { BackendClient } from '#renderer/backend/connection.ts';
import { errorText } from '#renderer/i18n/error-text.ts';
import type { Talk } from '#shared/link/talk.ts';
import type { DeviceRequest, MotionIntent, Party, RefusalReason } from '#shared/motion/intent.ts';
import { INTENT_INTERVAL_MS } from '#shared/motion/limits-of-time.ts';
import type { PointUm, PositionUm } from '#shared/motion/position.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { isStill } from '../steering/direction.ts';
import type { Direction } from '../steering/direction.ts';
import { RoundTrip } from '../steering/round-trip.ts';
import { focusSpeedUmPerS, focusStepUm, stageSpeedUmPerS } from '../steering/speed.ts';
import { Steering } from '../steering/steering.ts';
import type { Commanded, SteeringFacts } from '../steering/steering.ts';
import { toStageVector } from '../view/camera-axes.ts';
import { Prediction } from '../view/prediction.ts';
import { fieldOfViewUm } from '../view/stage-view.ts';
import type { Size } from '../view/stage-view.ts';
import { Conversation } from './conversation.ts';
import { axesOfFrame, factsOf, isUsable, objectiveOf } from './microscope-facts.ts';
import type { MicroscopeFacts, ObjectiveFacts } from './microscope-facts.ts';
import { withKnownParts } from './known-parts.ts';
import { Places } from './places.ts';
import { createModel, withoutSlide } from './session-model.ts';
import type { MicroscopeStore } from './session-model.ts';
import { ShownPicture } from './shown-picture.ts';
import { StillTaking } from './still-taking.ts';
import { tellTiming } from './tell-timing.ts';

/** Telemetry comes 25 times a second; after this its figures are history. */
const SILENT_AFTER_MS = 1000;
/** How long a sentence about a refused movement stays. */
const REFUSED_SHOWN_MS = 5000;
/** Whoever looks through the eyepieces steers without a camera too: as on a sensor of so many pixels. */
const ASSUMED_WIDTH = 1920;

/** One visit of the room: what is meant, what is seen, what is said. Owns no picture and no React. */
export class MicroscopeSession {
  readonly party: Party;
  readonly model: MicroscopeStore;
  readonly backend: BackendClient;
  readonly prediction = new Prediction();
  readonly roundTrip = new RoundTrip();
  readonly picture: ShownPicture;
  readonly steering: Steering;
  readonly conversation: Conversation;
  readonly stillTaking: StillTaking;
  readonly places: Places;
  #telemetryAtMs = Number.NEGATIVE_INFINITY;
  #path = '';

  constructor(backend: BackendClient, party: Party) {
    this.backend = backend;
    this.party = party;
    this.model = createModel(party);
    this.picture = new ShownPicture(this);
    this.conversation = new Conversation(this);
    this.stillTaking = new StillTaking(this);
    this.places = new Places(this);
    this.steering = new Steering({
      send: (intent) => this.#send(intent),
      nowMs: () => performance.now(),
      newId: () => crypto.randomUUID(),
      facts: () => this.#steeringFacts(),
      commanded: (what) => this.#commanded(what),
      refused: (reason) => this.showRefusal(reason),
      endedEarly: (um) => this.places.endedEarly(um),
    });
  }

  /** Listens and says until the returned function is called. */
  start(): () => void {
    const { microscope } = this.backend;
    const stops = [
      microscope.on('telemetry', (telemetry) => this.#heard(telemetry)),
      microscope.on('heard', (talk) => this.conversation.heard(talk)),
      microscope.on('stateChanged', (state) => this.model.setState({ state })),
      microscope.on('mapArrived', (map) =>
        this.model.setState(({ state }) => ({ state: state && { ...state, map } })),
      ),
      microscope.on('stillChanged', (still) => this.stillTaking.changed(still)),
    ];
    const fail = (error: unknown) => this.showProblem(error);
    void microscope.getState({}).then((state) => this.model.setState({ state }), fail);
    void microscope.listStills({}).then(({ stills }) => this.model.setState({ stills }), fail);
    const ticking = setInterval(this.steering.tick, INTENT_INTERVAL_MS);
    const watching = setInterval(() => this.#watch(), 250);
    return () => {
      this.steering.letGo();
      clearInterval(ticking);
      clearInterval(watching);
      for (const stop of stops) stop();
    };
  }

  get telemetry(): Telemetry | null {
    return this.model.getState().telemetry;
  }

  get facts(): MicroscopeFacts | undefined {
    const { state, ownSensor } = this.model.getState();
    return factsOf(state, this.party, ownSensor);
  }

  get objective(): ObjectiveFacts | undefined {
    return objectiveOf(this.facts, this.telemetry?.objectiveId);
  }

  /** The own camera has opened, or is gone: without a picture nothing of before counts. */
  cameraIs(ownSensor: Size | null): void {
    this.model.setState({ ownSensor, ...(ownSensor === null && { frame: null }) });
    if (ownSensor !== null) return;
    this.picture.forget();
    this.letGo();
  }

  get isHolder(): boolean {
    return this.telemetry?.lease.holder === this.party;
  }

  /** Another epoch or another state of the path: nothing measured or commanded before it counts. */
  linkIs(path: string): void {
    if (path === this.#path) return;
    this.#path = path;
    this.#lose();
    this.roundTrip.reset();
    this.prediction.forget();
  }

  // What the hands mean.

  push(hand: string, direction: Direction | null): void {
    if (direction && !isStill(direction)) {
      this.places.forgetWhatFollows();
      this.places.forgetEarlyEnd();
      if (!this.steering.isPushed && this.mustStep) {
        this.stepBy(direction);
        return;
      }
    }
    this.steering.push(hand, direction);
  }

  /** Velocity is refused because hand and eye are too far apart; finite steps remain. */
  get mustStep(): boolean {
    if (this.party !== 'remote') return false;
    const refusal = this.telemetry?.velocityRefusal;
    return refusal === 'slow-link' || refusal === 'stale-picture' || this.picture.isTooOldToSteer;
  }

  /** A quarter of the field of view, or two notches of focus. */
  stepBy(direction: Direction): void {
    const { objective, telemetry } = this;
    const { axes } = this.picture;
    const { frame } = this.model.getState();
    if (!axes || !objective || !telemetry || !frame || !this.mayMove()) return;
    if (direction.z !== 0) this.focusBy(Math.sign(direction.z) * 2, direction.isFine === true);
    if (direction.x === 0 && direction.y === 0) return;
    const part = (direction.isFine === true ? 0.05 : 0.25) * frame.height;
    const vector = toStageVector(axes, { x: direction.x * part, y: direction.y * part });
    this.places.aimAt({
      x: (this.steering.aimOf('x') ?? telemetry.positionUm.x) + vector.x,
      y: (this.steering.aimOf('y') ?? telemetry.positionUm.y) + vector.y,
    });
  }

  /** Notches of the wheel; positive is towards the objective. */
  focusBy(notches: number, isFine: boolean): void {
    const { objective } = this;
    if (!objective || !this.mayMove()) return;
    this.steering.focusBy(notches * focusStepUm(objective.numericalAperture, isFine));
  }

  askOrHandOver(): void {
    const { lease } = this.telemetry ?? {};
    if (!lease) return;
    if (this.isHolder) void this.request({ kind: 'release-lease' });
    else if (this.party === 'bench' && lease.holder === 'remote') void this.request({ kind: 'take-back' });
    else void this.request({ kind: 'request-lease' });
  }

  letGo(): void {
    this.places.forgetWhatFollows();
    this.steering.letGo();
  }

  /** As `letGo`, but by nobody's will: a finite move on its way has ended early, which is said. */
  #lose(): void {
    this.places.forgetWhatFollows();
    this.steering.lost();
  }

  /** Whether a movement may be tried now; says why not. */
  mayMove(): boolean {
    const { telemetry } = this;
    if (!telemetry) return false;
    const reason: RefusalReason | null = telemetry.stop
      ? 'stopped'
      : !this.isHolder
        ? 'not-holder'
        : telemetry.isSlideChanging
          ? 'slide-change'
          : null;
    if (reason) this.showRefusal(reason);
    return reason === null;
  }

  // What is asked of the device host.

  async request(request: DeviceRequest): Promise<boolean> {
    if (request.kind === 'release-lease') this.letGo();
    try {
      const { refused } = await this.backend.microscope.request(request);
      if (refused) this.showRefusal(refused);
      return refused === null;
    } catch (error) {
      this.showProblem(error);
      return false;
    }
  }

  /** Needs no lease; everything meant here ends at once, whatever becomes of the request. */
  stop(): void {
    this.letGo();
    void this.request({ kind: 'stop' });
  }

  /** Resolves with the id of the procedure that has begun; undefined where none has. */
  async changeObjective(objectiveId: number): Promise<string | undefined> {
    const objective = objectiveOf(this.facts, objectiveId);
    const { isAwayFromSlide = false, objectiveId: present } = this.telemetry ?? {};
    // Away from the slide, asking for the one in place is the way back.
    if (!objective || (objectiveId === present && !isAwayFromSlide)) return undefined;
    if (!isUsable(objective, this.party)) {
      this.showRefusal('oil-objective');
      return undefined;
    }
    return this.#runProcedure((procedureId, leaseEpoch) => ({
      kind: 'change-objective',
      procedureId,
      leaseEpoch,
      objectiveId,
    }));
  }

  /** As `changeObjective`. */
  autofocus(atUm: PointUm | null = null): Promise<string | undefined> {
    return this.#runProcedure((procedureId, leaseEpoch) => ({
      kind: 'autofocus',
      procedureId,
      leaseEpoch,
      atUm,
    }));
  }

  async cancelProcedure(): Promise<void> {
    const procedureId = this.telemetry?.procedure?.procedureId ?? this.steering.heldProcedure;
    this.letGo();
    if (procedureId !== undefined) await this.request({ kind: 'cancel-procedure', procedureId });
  }

  async setLamp(intensityPercent: number): Promise<void> {
    const leaseEpoch = this.telemetry?.lease.epoch;
    if (leaseEpoch !== undefined) await this.request({ kind: 'set-lamp', leaseEpoch, intensityPercent });
  }

  say(talk: Talk): void {
    void this.backend.microscope.say(talk).catch(() => {
      // Nobody is connected: what was drawn or written stays here.
    });
  }

  showRefusal(reason: RefusalReason): void {
    this.model.setState({ refused: { kind: 'motion', reason, atMs: performance.now() } });
  }

  showProblem(error: unknown): void {
    this.model.setState({ refused: { kind: 'call', text: errorText(error), atMs: performance.now() } });
  }

  async #runProcedure(
    make: (procedureId: string, leaseEpoch: number) => DeviceRequest,
  ): Promise<string | undefined> {
    const leaseEpoch = this.telemetry?.lease.epoch;
    if (leaseEpoch === undefined || !this.mayMove()) return undefined;
    const procedureId = crypto.randomUUID();
    this.letGo();
    this.steering.hold(procedureId);
    const isTaken = await this.request(make(procedureId, leaseEpoch));
    if (isTaken) return procedureId;
    if (this.steering.heldProcedure === procedureId) this.steering.letGo();
    return undefined;
  }

  #send(intent: MotionIntent): void {
    this.roundTrip.sent(intent.sequence, performance.now());
    void this.backend.microscope.intend(intent).catch(() => {
      // Not connected: nothing moves, and the lease bar says so.
    });
  }

  #steeringFacts(): SteeringFacts | undefined {
    const { telemetry } = this;
    if (!telemetry || this.model.getState().isSilent) return undefined;
    return {
      telemetry,
      party: this.party,
      shownFrameDeviceTimeMs: this.picture.isFresh ? (this.picture.stamp?.deviceTimeMs ?? null) : null,
      velocityOf: (direction) => this.#velocityOf(direction),
      maximumFocusSpeedUmPerS: this.objective?.maximumFocusSpeedUmPerS ?? 0,
      stageLimitsUm: this.facts?.stageLimitsUm,
    };
  }

  #velocityOf(direction: Direction): PositionUm {
    const { objective } = this;
    const frame = this.model.getState().frame ?? { width: ASSUMED_WIDTH, height: ASSUMED_WIDTH };
    const axes = this.picture.axes ?? (objective && axesOfFrame(objective, frame, frame.width));
    if (!axes || !objective) return { x: 0, y: 0, z: 0 };
    const speed = stageSpeedUmPerS({
      fieldOfViewUm: fieldOfViewUm(axes, frame).width,
      magnification: objective.magnification,
      roundTripMs: this.party === 'bench' ? 0 : this.roundTrip.roundTripMs,
      ceilingUmPerS: objective.maximumStageSpeedUmPerS,
    });
    const isFine = direction.isFine === true;
    const stage = toStageVector({ ...axes, micrometresPerPixel: isFine ? speed / 4 : speed }, direction);
    const focus = focusSpeedUmPerS(objective.numericalAperture, objective.maximumFocusSpeedUmPerS, isFine);
    return { ...stage, z: direction.z * focus };
  }

  #commanded(what: Commanded): void {
    const nowMs = performance.now();
    if (what.kind === 'velocity') this.prediction.push(what.velocityUmPerS, nowMs);
    else {
      this.prediction.push(null, nowMs);
      const { x, y } = what.kind === 'target' ? what.targetUm : {};
      if (x !== undefined && y !== undefined) this.prediction.aim({ x, y }, nowMs);
      else if (what.kind === 'nothing' && !this.steering.isAimed) this.#endAim(nowMs);
    }
    if (what.kind !== 'nothing') this.stillTaking.moved();
  }

  /** Where a target was reached the picture still has to come; where it was given up it will not. */
  #endAim(nowMs: number): void {
    const { telemetry } = this;
    const isRefused = telemetry?.stop !== null || telemetry.lease.holder !== this.party;
    if (isRefused) this.prediction.aim(null, nowMs);
  }

  #heard(message: Telemetry): void {
    const telemetry = withKnownParts(this.telemetry, message);
    const nowMs = performance.now();
    this.#telemetryAtMs = nowMs;
    if (this.roundTrip.heard(telemetry, nowMs)) {
      tellTiming('microscope.round-trip', this.roundTrip.latestMs ?? 0, nowMs);
    }
    const roundTripMs = this.roundTrip.roundTripMs;
    // Command, one field of the camera, and the way back with the picture.
    this.prediction.setLoopDelay((roundTripMs ?? 0) / 2 + (this.picture.glassToGlassMs ?? 100) + 40);
    const before = this.telemetry;
    this.#watchProcedure(before, telemetry);
    const isOtherSlide =
      before !== null &&
      (telemetry.slide?.slideId !== before.slide?.slideId ||
        (telemetry.isSlideChanging && !before.isSlideChanging));
    if (telemetry.stop && !before?.stop) this.letGo();
    if (before?.lease.holder === this.party && telemetry.lease.holder !== this.party) {
      // Nobody's now: it ran out, for what was given back had been let go of.
      if (telemetry.lease.holder === null) this.#lose();
      else this.letGo();
    }
    this.model.setState({ telemetry, isSilent: false, ...(isOtherSlide && withoutSlide()) });
    if (isOtherSlide) this.prediction.forget();
    this.stillTaking.observe(telemetry, nowMs);
    this.places.goOn(telemetry);
  }

  /** How a procedure ended is said, unless it simply did what it was asked to. */
  #watchProcedure(before: Telemetry | null, { lastProcedure }: Telemetry): void {
    const ran = before?.procedure;
    if (!ran || !lastProcedure || lastProcedure.procedureId !== ran.procedureId) return;
    if (lastProcedure.outcome === 'done') return;
    const { outcome } = lastProcedure;
    this.model.setState({
      refused: { kind: 'procedure', procedure: ran.kind, outcome, atMs: performance.now() },
    });
  }

  #watch(): void {
    const nowMs = performance.now();
    const isSilent = nowMs - this.#telemetryAtMs > SILENT_AFTER_MS;
    const { refused } = this.model.getState();
    this.model.setState({
      isSilent,
      roundTripMs: this.roundTrip.roundTripMs,
      ...(refused && nowMs - refused.atMs > REFUSED_SHOWN_MS && { refused: null }),
    });
    if (isSilent) {
      this.#lose();
      this.prediction.forget();
    }
  }
}
