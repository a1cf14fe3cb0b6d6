import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { WARNING_ROUND_TRIP_MS } from '#shared/motion/limits-of-time.ts';
import { formatFixed } from '#renderer/i18n/format.ts';
import { objectiveOf } from '../session/microscope-facts.ts';
import { qualityOfForm, stillOnScreen } from '../session/still-choice.ts';
import type { StillQuality } from '../session/still-choice.ts';
import { useModel, useSession } from '../use-session.ts';
import { scaleBar } from '../view/scale-bar.ts';
import styles from './picture-marks.module.css';

/** What stands at the edges of the picture: what it is, where it is, how large it is. */
export function PictureMarks() {
  return (
    <>
      <div className={styles['topLeft']}>
        <KindMark />
        <Sentence />
        <AwayFromSlide />
        <EndedEarly />
      </div>
      <div className={styles['bottomLeft']}>
        <Place />
      </div>
      <div className={styles['bottomRight']}>
        <Scale />
      </div>
    </>
  );
}

/** Which picture this is. Nobody may take the video, a prediction or a compressed still for the sensor's own. */
function KindMark() {
  const { t } = useTranslation('microscope');
  const { still, form, isPredicted, hasFrame, zoom } = useModel((model) => ({
    ...stillOnScreen(model),
    isPredicted: model.isPredicted,
    hasFrame: model.frame !== null,
    zoom: model.zoom,
  }));
  const isOld = useStaleSeconds() >= 1;
  if (!hasFrame && !still) return null;
  const quality = still && qualityOfForm(still, form);
  const moving = isPredicted ? 'predicted' : 'video';
  const live = isOld ? 'old' : moving;
  return (
    <p className={styles['kind']} data-kind={quality?.kind ?? live} data-testid="picture-kind">
      <span className={styles['shape']} aria-hidden />
      {quality ? <QualityText quality={quality} /> : t(`picture.${live}`)}
      {still?.facts.isKept && <small>{t('picture.kept')}</small>}
      {zoom > 1 && <small>{t('zoom', { percent: Math.round(zoom * 100) })}</small>}
    </p>
  );
}

export function QualityText({ quality }: { quality: StillQuality }) {
  const { t } = useTranslation('microscope');
  if (quality.kind === 'lossy') {
    return (
      <>
        {quality.qualityPercent === null
          ? t('picture.lossyPlain')
          : t('picture.lossy', { percent: Math.round(quality.qualityPercent) })}
      </>
    );
  }
  return <>{t(`picture.${quality.kind}`)}</>;
}

/** One sentence at a time: the gravest. */
function Sentence() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const facts = useModel(({ telemetry, isSilent, refused, roundTripMs, party }) => ({
    isSilent: telemetry !== null && isSilent,
    fault: telemetry?.fault ?? null,
    refused,
    velocityRefusal:
      party === 'remote' && session.mustStep ? (telemetry?.velocityRefusal ?? 'stale-picture') : null,
    isSlow: party === 'remote' && (roundTripMs ?? 0) > WARNING_ROUND_TRIP_MS,
    roundTripMs: Math.round(roundTripMs ?? 0),
  }));
  const staleSeconds = useStaleSeconds();
  const { refused } = facts;
  let text: string | undefined;
  let level = 'warning';
  if (facts.isSilent) [text, level] = [t('picture.silent'), 'urgent'];
  else if (facts.fault !== null) [text, level] = [faultText(facts.fault), 'urgent'];
  else if (staleSeconds >= 1) text = t('picture.stale', { seconds: staleSeconds });
  else if (refused?.kind === 'motion') text = t(`refusal.${refused.reason}`);
  else if (refused?.kind === 'still') text = stillText(refused.reason);
  else if (refused?.kind === 'procedure') {
    text = t(`outcome.${refused.outcome}`, { what: t(`procedure.${refused.procedure}`) });
  } else if (refused?.kind === 'call') text = refused.text;
  else if (facts.velocityRefusal) text = t(`refusal.${facts.velocityRefusal}`);
  else if (facts.isSlow) text = t('warning.roundTrip', { ms: facts.roundTripMs });
  if (text === undefined) return null;
  return (
    <p className={styles['sentence']} data-level={level} role="status">
      {text}
    </p>
  );

  function faultText(code: string): string {
    const known = knownFaults.find((each) => each === code);
    return known ? t(`fault.${known}`) : t('fault.unknown', { code });
  }

  function stillText(reason: string): string {
    const known = (['no-camera', 'no-slide', 'moved'] as const).find((each) => each === reason);
    return t(`stillRefusal.${known ?? 'other'}`);
  }
}

/** Lasts until an objective is back on the slide: whoever comes to the room later has to see it too. */
function AwayFromSlide() {
  const { t } = useTranslation('microscope');
  const isAway = useModel(
    ({ telemetry }) => telemetry !== null && telemetry.isAwayFromSlide && telemetry.procedure === null,
  );
  if (!isAway) return null;
  return (
    <p className={styles['sentence']} data-level="warning" role="status" data-testid="away-from-slide">
      {t('objective.away')}
    </p>
  );
}

/** Stands until something else is meant: whoever looked away has to know that this is not the place. */
function EndedEarly() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const isEarly = useModel(({ endedEarlyUm, isSilent }) => endedEarlyUm !== null && !isSilent);
  if (!isEarly) return null;
  return (
    <button
      type="button"
      className={styles['sentence']}
      data-level="warning"
      data-testid="ended-early"
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => session.places.goOnEarlyEnd()}
    >
      {t('endedEarly')}
    </button>
  );
}

const knownFaults = [
  'controller-not-found',
  'port-busy',
  'port-not-permitted',
  'controller-silent',
  'controller-gone',
  'simulator-gone',
  'controller-garbled',
  'command-refused',
  'value-out-of-range',
  'queue-full',
  'limit-switch',
  'controller-locked',
  'no-turret',
] as const;

/** Whole seconds since the last frame, once there has been one. */
function useStaleSeconds(): number {
  const session = useSession();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor(session.picture.ageMs / 1000)), 500);
    return () => clearInterval(timer);
  }, [session]);
  return seconds;
}

function Place() {
  const { t } = useTranslation('microscope');
  const { state, x, y, z, objectiveId, turret, party } = useModel((model) => {
    const { telemetry, state, party } = model;
    const still = stillOnScreen(model)?.still.facts;
    const at = still?.positionUm ?? telemetry?.positionUm;
    return {
      state,
      party,
      x: at && Math.round(at.x),
      y: at && Math.round(at.y),
      z: at && formatFixed(at.z, 1),
      objectiveId: still?.objectiveId ?? telemetry?.objectiveId,
      turret: telemetry?.turret,
    };
  });
  const session = useSession();
  if (x === undefined || !state || party === undefined) return null;
  const objective = objectiveOf(session.facts, objectiveId);
  return (
    <>
      <strong className={styles['objective']} data-testid="objective">
        {objective
          ? `${objective.magnification}×  NA ${objective.numericalAperture}`
          : t(turret === 'moving' ? 'objective.turning' : 'objective.none')}
      </strong>
      <span data-testid="position">{t('position', { x, y, z })}</span>
      <Clock />
    </>
  );
}

function Clock() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <time>{now.toLocaleTimeString('ja-JP', { hour12: false })}</time>;
}

function Scale() {
  const session = useSession();
  const { width, isKnown } = useModel((model) => {
    const { frame, telemetry, zoom, screenWidth, screenHeight } = model;
    const still = stillOnScreen(model)?.still.facts;
    return {
      isKnown: frame !== null || still !== undefined,
      // Everything the bar depends on, so that it is drawn again when one of them changes.
      width: `${frame?.width} ${frame?.height} ${still?.stillId} ${telemetry?.objectiveId} ${zoom} ${screenWidth} ${screenHeight}`,
    };
  });
  if (!isKnown || width === '') return null;
  const micrometres = session.picture.micrometresPerScreenPixel();
  const bar =
    micrometres === undefined ? undefined : scaleBar(micrometres, session.model.getState().screenWidth);
  if (!bar) return null;
  return (
    <div className={styles['scale']} data-testid="scale-bar">
      <span>{bar.text}</span>
      <div style={{ width: bar.widthPixels }} />
    </div>
  );
}
