import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PointUm } from '#shared/motion/position.ts';
import { PointerHand } from '../hands/pointer-hand.ts';
import { bestForm, stillAddress, visiblePart } from '../session/still-choice.ts';
import { useModel, useSession } from '../use-session.ts';
import { useCell } from '../use-cell.ts';
import type { PixelPoint } from '../view/camera-axes.ts';
import type { FrameFeed } from '../view/frame-feed.ts';
import type { MapPicture } from '../view/stage-painter.ts';
import { StagePainter } from '../view/stage-painter.ts';
import { StillDecoding } from '../view/still-decoding.ts';
import styles from './live-view.module.css';

export interface LiveViewProps {
  /** Undefined while there is no picture to come. */
  readonly feed: FrameFeed | undefined;
  readonly map: MapPicture | undefined;
  /** What lies over the picture at its edges. */
  readonly children: ReactNode;
}

/** The picture, as large as the room allows, under the hand. */
export function LiveView({ feed, map, children }: LiveViewProps) {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const host = useRef<HTMLDivElement>(null);
  const mapCanvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const still = useRef<HTMLDivElement>(null);
  const [painter, setPainter] = useCell<StagePainter>();
  const [asked, setAsked] = useState<{ readonly atUm: PointUm; readonly screen: PixelPoint }>();
  const tool = useModel((model) => model.tool);

  useEffect(() => {
    if (!host.current || !mapCanvas.current || !frame.current || !still.current || !overlay.current) {
      return undefined;
    }
    const created = new StagePainter(session, {
      host: host.current,
      map: mapCanvas.current,
      frame: frame.current,
      still: still.current,
      overlay: overlay.current,
    });
    const hand = new PointerHand(session, created, host.current, (atUm, screen) =>
      setAsked({ atUm, screen }),
    );
    const stopPainting = created.start();
    const stopHand = hand.start();
    setPainter(created);
    return () => {
      stopHand();
      stopPainting();
    };
  }, [session, setPainter]);

  useEffect(() => painter && feed?.subscribe(painter.showFrame), [painter, feed]);
  useEffect(() => painter?.setMap(map), [painter, map]);
  useShownStill(painter);

  return (
    <div ref={host} className={styles['host']} data-tool={tool} data-testid="microscope-picture">
      <canvas ref={mapCanvas} className={styles['screen']} aria-hidden />
      <div ref={frame} className={styles['frame']} role="img" aria-label={t('picture.video')} />
      <div ref={still} className={styles['still']} />
      <canvas ref={overlay} className={styles['screen']} aria-hidden />
      {children}
      {asked && (
        <TextQuestion
          at={asked.screen}
          onDone={(text) => {
            setAsked(undefined);
            if (text === '') return;
            const { colour } = session.model.getState();
            session.conversation.draw({
              markId: crypto.randomUUID(),
              kind: 'text',
              pointsUm: [asked.atUm],
              text,
              colour,
            });
          }}
        />
      )}
    </div>
  );
}

/** Puts the best form that is here of the chosen still over the video. */
function useShownStill(painter: StagePainter | undefined): void {
  const session = useSession();
  const shown = useModel(({ shownStillId, stills }) =>
    stills.find(({ facts }) => facts.stillId === shownStillId),
  );
  const form = useModel(({ zoom, screenWidth: width, screenHeight: height }) => {
    if (!shown) return undefined;
    const whole = { width: shown.facts.widthPixels, height: shown.facts.heightPixels };
    return bestForm(shown, visiblePart(whole, { width, height }, zoom))?.form;
  });
  const decoding = useMemo(
    () =>
      painter &&
      new StillDecoding({
        setStill: (still) => painter.setStill(still),
        unshowable: ({ stillId }) => {
          if (session.model.getState().shownStillId === stillId) session.stillTaking.show(null);
        },
      }),
    [painter, session],
  );
  const facts = shown?.facts;
  useEffect(() => {
    decoding?.show(
      facts &&
        form && {
          facts,
          form,
          address: stillAddress(facts.stillId, form),
          region: form === 'region' ? facts.region : null,
        },
    );
  }, [decoding, facts, form]);
  useEffect(() => () => decoding?.show(undefined), [decoding]);
}

function TextQuestion({ at, onDone }: { at: PixelPoint; onDone: (text: string) => void }) {
  const { t } = useTranslation('microscope');
  const [text, setText] = useState('');
  return (
    <input
      className={styles['text']}
      style={{ left: at.x, top: at.y - 14 }}
      aria-label={t('text.placeholder')}
      placeholder={t('text.placeholder')}
      maxLength={200}
      value={text}
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- asked for by the click that made it appear
      autoFocus
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(text.trim())}
      onPointerDown={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        const isComposing = event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229;
        if (event.key === 'Enter' && !isComposing) onDone(text.trim());
      }}
    />
  );
}
