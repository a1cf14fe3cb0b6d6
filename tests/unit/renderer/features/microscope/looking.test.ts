import { expect, test } from 'vitest';
import { axesOfFrame, factsOf, isUsable } from '#renderer/features/microscope/session/microscope-facts.ts';
import { Settling, SETTLED_AFTER_MS } from '#renderer/features/microscope/session/settling.ts';
import {
  bestForm,
  isEvidence,
  qualityOf,
  qualityOfForm,
  stillOnScreen,
  withStill,
  visiblePart,
} from '#renderer/features/microscope/session/still-choice.ts';
import { RoundTrip } from '#renderer/features/microscope/steering/round-trip.ts';
import { UNPINNED_STILLS } from '#shared/contract/microscope.ts';
import type { Still } from '#shared/contract/microscope.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import { telemetryAtRest } from './telemetry-at-rest.ts';

const facts: Still['facts'] = {
  stillId: '00000000-0000-4000-8000-000000000001',
  slideId: '00000000-0000-4000-8000-0000000000aa',
  label: 'S1',
  takenAtUtc: '2026-01-01T00:00:00Z',
  deviceTimeMs: 1,
  positionUm: { x: 0, y: 0, z: 0 },
  objectiveId: 3,
  parcentricOffsetUm: { x: 0, y: 0 },
  magnification: 10,
  numericalAperture: 0.3,
  micrometresPerPixel: 0.5,
  widthPixels: 1920,
  heightPixels: 1200,
  region: null,
  focusScore: 1,
  sha256: 'a'.repeat(64),
  sizeBytes: 10,
  requestedBy: 'pathologist',
  isKept: true,
};
const form = (name: 'lossy' | 'region' | 'lossless', isVerified = true) => ({
  form: name,
  isVerified,
  qualityPercent: name === 'lossy' ? 92 : null,
});

test('only a verified lossless form with its hash is evidence', () => {
  const evidence = (forms: Still['forms'], sha256: string | null = facts.sha256) =>
    isEvidence({ facts: { ...facts, sha256 }, forms });
  expect(evidence([form('lossy')])).toBe(false);
  expect(evidence([form('lossy'), form('region')])).toBe(false);
  expect(evidence([form('lossless', false)])).toBe(false);
  expect(evidence([form('lossless')], null)).toBe(false);
  expect(evidence([form('lossy'), form('lossless')])).toBe(true);
});

test('the mark says which picture it is, and a form that does not match is never shown', () => {
  expect(qualityOf({ facts, forms: [] })).toEqual({ kind: 'waiting' });
  expect(qualityOf({ facts, forms: [form('lossy')] })).toEqual({ kind: 'lossy', qualityPercent: 92 });
  expect(qualityOf({ facts, forms: [form('lossy'), form('lossless', false)] })).toEqual({ kind: 'broken' });
  expect(bestForm({ facts, forms: [form('lossless', false), form('lossy')] })?.form).toBe('lossy');
  expect(bestForm({ facts, forms: [form('lossless', false)] })).toBeUndefined();
});

test('the mark speaks of what is painted, not of what has come meanwhile', () => {
  const still = { facts, forms: [form('lossy'), form('lossless')], archivedSopUid: null };
  expect(qualityOf(still)).toEqual({ kind: 'exact' });
  expect(qualityOfForm(still, 'lossy')).toEqual({ kind: 'lossy', qualityPercent: 92 });
  const { stillId } = facts;
  const model = { shownStillId: stillId, paintedStill: null, stills: [still] };
  expect(stillOnScreen(model)).toBeUndefined();
  expect(stillOnScreen({ ...model, paintedStill: { stillId: 'another', form: 'lossless' } })).toBeUndefined();
  const paintedStill = { stillId, form: 'lossy' } as const;
  expect(stillOnScreen({ ...model, paintedStill })).toEqual({ still, form: 'lossy' });
  expect(stillOnScreen({ ...model, shownStillId: null, paintedStill })).toBeUndefined();
});

test('a window shows the middle of an enlarged frame, and all of one that fits', () => {
  const [frame, screen] = [
    { width: 1920, height: 1200 },
    { width: 960, height: 750 },
  ];
  expect(visiblePart(frame, screen, 1)).toBeNull();
  // Twice as large, 960 of 1920 wide; 750 of 1200 high.
  expect(visiblePart(frame, screen, 2)).toEqual({ left: 0.25, top: 0.1875, width: 0.5, height: 0.625 });
  expect(visiblePart(frame, { width: 0, height: 0 }, 1)).toBeNull();
});

test('a region is shown as far as it reaches, is no evidence, and gives way to the whole frame', () => {
  const region = { left: 480, top: 225, width: 960, height: 750 };
  const still = (...forms: Still['forms']) => ({ facts: { ...facts, region }, forms });
  const lookedAt = { left: 0.25, top: 0.1875, width: 0.5, height: 0.625 };
  const both = still(form('lossy'), form('region'));
  const seen = (looked: Pick<Still, 'facts' | 'forms'>, visible: Parameters<typeof bestForm>[1]) =>
    qualityOfForm(looked, bestForm(looked, visible)?.form).kind;
  expect(seen(both, lookedAt)).toBe('region');
  expect(isEvidence(both)).toBe(false);
  // Less of it, or more: then what lies beyond its border is not there.
  expect(seen(both, { left: 0.4, top: 0.4, width: 0.2, height: 0.2 })).toBe('region');
  expect(seen(both, { left: 0.2, top: 0.1, width: 0.6, height: 0.8 })).toBe('lossy');
  expect(seen(both, null)).toBe('lossy');
  expect(bestForm(still(form('region', false), form('lossy')), lookedAt)?.form).toBe('lossy');
  expect(seen(still(form('lossy'), form('region'), form('lossless')), lookedAt)).toBe('exact');
});

test('pinned stills stay, of the others only those whose pictures are still there and the one on the screen', () => {
  const still = (second: number, isKept: boolean): Still => ({
    facts: {
      ...facts,
      stillId: `still-${second}`,
      isKept,
      takenAtUtc: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`,
    },
    forms: [],
    archivedSopUid: null,
  });
  let stills: readonly Still[] = [];
  for (let second = 0; second < 40; second++)
    stills = withStill(stills, still(second, second === 5), 'still-2');
  const ids = stills.map(({ facts: { stillId } }) => stillId);
  expect(ids[0]).toBe('still-39');
  expect(ids).toContain('still-5');
  expect(ids).toContain('still-2');
  expect(ids).toHaveLength(UNPINNED_STILLS + 2);
});

test('a still is asked for once per standstill', () => {
  const settling = new Settling();
  const at = (nowMs: number, isMeant = false, x = 0) =>
    settling.observe({ telemetry: { ...telemetryAtRest, positionUm: { x, y: 0, z: 0 } }, isMeant, nowMs });
  expect(at(0)).toBeUndefined();
  expect(at(SETTLED_AFTER_MS - 1)).toBeUndefined();
  expect(at(SETTLED_AFTER_MS)).toBe('settled');
  expect(at(SETTLED_AFTER_MS + 500)).toBeUndefined();
  expect(at(1000, true)).toBe('moved');
  expect(at(1040, false, 50)).toBeUndefined();
  expect(at(1040 + SETTLED_AFTER_MS, false, 50)).toBe('settled');
});

test('an oil objective is for the bench only', () => {
  expect(isUsable({ immersion: 'oil' }, 'remote')).toBe(false);
  expect(isUsable({ immersion: 'oil' }, 'bench')).toBe(true);
  expect(isUsable({ immersion: 'dry' }, 'remote')).toBe(true);
});

test('a smaller frame of the whole sensor has larger pixels', () => {
  const known = factsOf(
    {
      configuration: simulatedMicroscope,
      deviceHost: 'running',
      hasCamera: true,
      calibrations: [],
      whiteBalances: [],
      focusLimits: [],
      lastCheck: null,
      remote: null,
      map: null,
    },
    'bench',
    { width: 1920, height: 1200 },
  );
  const [objective] = known?.objectives ?? [];
  expect(objective && axesOfFrame(objective, known?.sensor ?? { width: 0, height: 0 }, 960)).toMatchObject({
    micrometresPerPixel: (objective?.micrometresPerPixel ?? 0) * 2,
  });
});

test('the round trip leaves out what the device host held, and compares no clocks', () => {
  const roundTrip = new RoundTrip();
  expect(roundTrip.roundTripMs).toBeNull();
  for (let sequence = 0; sequence < 20; sequence += 1) {
    const sentAtMs = sequence * 40;
    roundTrip.sent(sequence, sentAtMs);
    // 30 ms there, held 12 ms, 30 ms back; the device's clock stands at another million.
    const deviceTimeMs = 1_000_000 + sentAtMs + 42;
    roundTrip.heard({ echo: { sequence, heldMs: 12 }, deviceTimeMs }, sentAtMs + 72);
  }
  expect(roundTrip.roundTripMs).toBe(60);
  expect(roundTrip.deviceTimeMs(2000)).toBeCloseTo(1_002_000);
  roundTrip.heard({ echo: { sequence: 9999, heldMs: 0 }, deviceTimeMs: 5 }, 3000);
  expect(roundTrip.roundTripMs).toBe(60);
  roundTrip.reset();
  expect(roundTrip.deviceTimeMs(0)).toBeNull();
});
