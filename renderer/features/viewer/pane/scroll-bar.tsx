import { useEffect, useRef } from 'react';
import type { PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageStack, StackProgress, StackView, ViewState } from '#renderer/imaging/index.ts';
import { useObserved } from '../use-session.ts';
import styles from './scroll-bar.module.css';

export interface ScrollBarProps {
  readonly view: StackView;
  readonly stack: ImageStack;
  readonly state: ViewState;
}

const COLOURS = {
  empty: '--surface-panel',
  loaded: '--text-disabled',
  failed: '--warning',
  seen: '--accent',
} as const;
const THUMB_LEAST = 10;

/**
 * Where in the series the image lies, and beside it two tracks: how far the series is loaded, and which
 * of its images were seen. Dragging anywhere on it goes there.
 */
export function ScrollBar({ view, stack, state }: ScrollBarProps) {
  const { t } = useTranslation('viewer');
  const canvas = useRef<HTMLCanvasElement>(null);
  const progress = useObserved(stack.progress);
  const count = stack.images.length;
  useEffect(() => {
    if (canvas.current) drawTracks(canvas.current, progress);
  }, [progress]);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => drawTracks(element, stack.progress.get()));
    observer.observe(element);
    return () => observer.disconnect();
  }, [stack]);

  const goTo = (event: PointerEvent<HTMLElement>) => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    void view.setIndex(Math.floor(((event.clientY - top) / height) * count));
  };
  const share = 1 / Math.max(1, count);
  return (
    <div
      // A slider would take the arrow keys; a scroll bar leaves them to the pane.
      role="scrollbar"
      aria-controls={view.viewportId}
      aria-label={t('pane.scrollBar')}
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={state.targetIndex + 1}
      aria-valuetext={`${state.targetIndex + 1}/${count}`}
      title={t('strip.progress', { loaded: progress.loaded, total: progress.total, seen: progress.seen })}
      data-loaded={progress.loaded}
      data-seen={progress.seen}
      className={styles['bar']}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) goTo(event);
      }}
    >
      <canvas ref={canvas} className={styles['tracks']} />
      <div
        className={styles['thumb']}
        style={{
          top: `calc(${state.targetIndex / Math.max(1, count - 1)} * (100% - max(${THUMB_LEAST}px, ${share * 100}%)))`,
          height: `max(${THUMB_LEAST}px, ${share * 100}%)`,
        }}
      />
    </div>
  );
}

/** One row of pixels may stand for several images: it is loaded, or seen, when all of them are. */
function drawTracks(canvas: HTMLCanvasElement, progress: StackProgress): void {
  const { clientWidth, clientHeight } = canvas;
  const scale = window.devicePixelRatio;
  canvas.width = Math.max(1, Math.round(clientWidth * scale));
  canvas.height = Math.max(1, Math.round(clientHeight * scale));
  const context = canvas.getContext('2d');
  if (!context || progress.total === 0) return;
  const style = getComputedStyle(canvas);
  const colourOf = (name: keyof typeof COLOURS) => style.getPropertyValue(COLOURS[name]);
  const colours = {
    empty: colourOf('empty'),
    loaded: colourOf('loaded'),
    failed: colourOf('failed'),
    seen: colourOf('seen'),
  };
  const half = Math.floor(canvas.width / 2);
  const perImage = canvas.height / progress.total;
  const rows = Math.max(1, Math.ceil(1 / perImage));
  for (let from = 0; from < progress.total; from += rows) {
    const indices = Array.from({ length: Math.min(rows, progress.total - from) }, (_, step) => from + step);
    const top = Math.round(from * perImage);
    const bottom = Math.round((from + indices.length) * perImage);
    const gap = perImage >= 4 * scale ? 1 : 0;
    const fill = (colour: string, x: number, width: number) => {
      context.fillStyle = colour;
      context.fillRect(x, top, width, Math.max(1, bottom - top - gap));
    };
    const states = indices.map((index) => progress.stateOf(index));
    const isLoaded = states.every((state) => state === 'loaded');
    fill(states.includes('failed') ? colours.failed : isLoaded ? colours.loaded : colours.empty, 0, half - 1);
    fill(indices.every((index) => progress.isSeen(index)) ? colours.seen : colours.empty, half, half);
  }
}
