import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { MicroscopeState, Still } from '#shared/contract/microscope.ts';
import type { Mark, Talk } from '#shared/link/talk.ts';
import type { Party, RefusalReason } from '#shared/motion/intent.ts';
import type { PointUm, PositionUm } from '#shared/motion/position.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { Size } from '../view/stage-view.ts';

export const tools = ['pan', 'box', 'length', 'arrow', 'freehand', 'text', 'laser'] as const;
export type Tool = (typeof tools)[number];

export interface ChatLine {
  readonly messageId: string;
  readonly text: string;
  readonly atUtc: string;
  readonly isOwn: boolean;
}

export interface Bookmark {
  readonly bookmarkId: string;
  readonly number: number;
  readonly slideId: string;
  readonly positionUm: PositionUm;
  readonly objectiveId: number | null;
}

type ProcedureKind = NonNullable<Telemetry['procedure']>['kind'];
export type EndedBadly = Exclude<NonNullable<Telemetry['lastProcedure']>['outcome'], 'done'>;

/** A sentence that something meant was not done. */
export type Refused =
  | { readonly kind: 'motion'; readonly reason: RefusalReason; readonly atMs: number }
  | { readonly kind: 'still'; readonly reason: string; readonly atMs: number }
  | {
      readonly kind: 'procedure';
      readonly procedure: ProcedureKind;
      readonly outcome: EndedBadly;
      readonly atMs: number;
    }
  | { readonly kind: 'call'; readonly text: string; readonly atMs: number };

export interface PaintedStill {
  readonly stillId: string;
  readonly form: Still['forms'][number]['form'];
}

export type QualityFigures = Omit<Extract<Talk, { kind: 'quality' }>, 'kind'>;
export type VoiceTold = Omit<Extract<Talk, { kind: 'voice' }>, 'kind'>;

/** What the room shows. Pictures are not in it: they are painted beside React. */
export interface MicroscopeModel {
  readonly party: Party;
  readonly state: MicroscopeState | null;
  readonly telemetry: Telemetry | null;
  /** Telemetry has been silent for longer than it may. */
  readonly isSilent: boolean;
  readonly roundTripMs: number | null;
  /** Of the own camera; null without one. */
  readonly ownSensor: Size | null;
  /** Of the frame on the screen, without its stamp. */
  readonly frame: Size | null;
  readonly isPredicted: boolean;
  readonly refused: Refused | null;
  readonly tool: Tool;
  readonly colour: Mark['colour'];
  readonly marks: readonly Mark[];
  readonly peerPointer: PointUm | null;
  readonly chat: readonly ChatLine[];
  readonly unreadChat: number;
  readonly stills: readonly Still[];
  /** What is on the screen instead of the video. */
  readonly shownStillId: string | null;
  /** What has been decoded and painted of a still: until that is of the shown one, the video is seen. */
  readonly paintedStill: PaintedStill | null;
  /** Taken because the stage settled; the next move puts it away. */
  readonly settledStillId: string | null;
  /** Taking stills by itself whenever the stage settles. */
  readonly takesStills: boolean;
  readonly bookmarks: readonly Bookmark[];
  /** Where on the slide the person came from, to go back to. */
  readonly trail: readonly PointUm[];
  /** The place of the slide a move did not reach, and can go on to. */
  readonly endedEarlyUm: PointUm | null;
  readonly quality: QualityFigures | null;
  readonly peerQuality: QualityFigures | null;
  readonly peerVoice: VoiceTold | null;
  /** Which pictures the other end sends beside the microscope's. */
  readonly peerStreams: { readonly hasPerson: boolean; readonly hasSecond: boolean };
  /** Of the last minute, for the graph; 0 where nothing that could be sharp lies in the field. */
  readonly focusScores: readonly number[];
  readonly zoom: number;
  /** Of the picture's place on the screen, CSS pixels. */
  readonly screenWidth: number;
  readonly screenHeight: number;
}

export type MicroscopeStore = StoreApi<MicroscopeModel>;

export function createModel(party: Party): MicroscopeStore {
  return createStore<MicroscopeModel>(() => ({
    party,
    state: null,
    telemetry: null,
    isSilent: true,
    roundTripMs: null,
    ownSensor: null,
    frame: null,
    isPredicted: false,
    refused: null,
    tool: 'pan',
    colour: 'yellow',
    marks: [],
    peerPointer: null,
    chat: [],
    unreadChat: 0,
    stills: [],
    shownStillId: null,
    paintedStill: null,
    settledStillId: null,
    takesStills: party === 'remote',
    bookmarks: [],
    trail: [],
    endedEarlyUm: null,
    quality: null,
    peerQuality: null,
    peerVoice: null,
    peerStreams: { hasPerson: false, hasSecond: false },
    focusScores: [],
    zoom: 1,
    screenWidth: 0,
    screenHeight: 0,
  }));
}

/** What belongs to the slide that was on the stage: gone with it, so that nothing old lies under a new slide. */
export function withoutSlide(): Partial<MicroscopeModel> {
  return {
    marks: [],
    bookmarks: [],
    trail: [],
    endedEarlyUm: null,
    peerPointer: null,
    shownStillId: null,
    settledStillId: null,
    focusScores: [],
  };
}
