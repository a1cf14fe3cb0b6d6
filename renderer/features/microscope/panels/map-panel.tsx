import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatFixed } from '#renderer/i18n/format.ts';
import { IconButton } from '#renderer/ui/icon-button.tsx';
import { X } from 'lucide-react';
import { placeOfSlide } from '../session/microscope-facts.ts';
import { useModel, useSession } from '../use-session.ts';
import { fieldCorners } from '../view/stage-view.ts';
import type { MapPicture } from '../view/stage-painter.ts';
import { extentOfStage, mapGeometry } from './map-geometry.ts';
import styles from './panels.module.css';

export interface MapPanelProps {
  readonly map: MapPicture | undefined;
  /** Colours of the objectives over what they have seen; drawn above the map with its size. */
  readonly visited: CanvasImageSource | undefined;
  /** Null while nothing is known of what tissue there is. */
  readonly unseenPart: number | null;
  /** Grows whenever `visited` has been drawn anew. */
  readonly revision: number;
}

/** The slide as a whole: where the field is, what has been seen, a click to go there. */
export function MapPanel({ map, visited, unseenPart, revision }: MapPanelProps) {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useModel(({ telemetry, frame, bookmarks, party, state }) => ({
    x: Math.round((telemetry?.positionUm.x ?? 0) / 10),
    y: Math.round((telemetry?.positionUm.y ?? 0) / 10),
    objectiveId: telemetry?.objectiveId,
    slideId: telemetry?.slide?.slideId,
    frame,
    bookmarks,
    party,
    state,
  }));
  // An old map can never lie under a new slide.
  const shown = map && map.map.slideId === place.slideId ? map : undefined;
  const { stageLimitsUm } = session.facts ?? {};
  const extent = shown?.map ?? (stageLimitsUm && extentOfStage(stageLimitsUm));

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || !extent || revision < 0) return;
    const ratio = window.devicePixelRatio;
    element.width = element.clientWidth * ratio;
    element.height = element.clientHeight * ratio;
    const geometry = mapGeometry(extent, { width: element.width, height: element.height });
    const { left, top, width, height } = geometry.box;
    context.fillStyle = '#0b0b0b';
    context.fillRect(left, top, width, height);
    if (shown) context.drawImage(shown.image, left, top, width, height);
    if (visited && shown) context.drawImage(visited, left, top, width, height);
    for (const bookmark of place.bookmarks) {
      const at = geometry.toCanvas(session.places.ofBookmark(bookmark));
      const number = String(bookmark.number);
      context.fillStyle = '#7fb6dc';
      context.beginPath();
      context.arc(at.x, at.y, 4 * ratio, 0, 2 * Math.PI);
      context.fill();
      context.font = `600 ${11 * ratio}px sans-serif`;
      context.strokeStyle = '#000000';
      context.lineWidth = 3 * ratio;
      context.strokeText(number, at.x + 6 * ratio, at.y);
      context.fillText(number, at.x + 6 * ratio, at.y);
    }
    const { telemetry } = session;
    const { axes } = session.picture;
    if (!axes || !place.frame || !telemetry) return;
    const middleUm = placeOfSlide(telemetry.positionUm, session.objective);
    const corners = fieldCorners(axes, place.frame, middleUm).map(geometry.toCanvas);
    const centre = geometry.toCanvas(middleUm);
    for (const [style, lineWidth] of [
      ['#000000', 4],
      ['#ffffff', 2],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = lineWidth * ratio;
      context.beginPath();
      for (const corner of corners) context.lineTo(corner.x, corner.y);
      context.closePath();
      // At high power the field is smaller than a pixel of the map: a cross shows where it is.
      for (const [dx, dy] of [
        [1, 0],
        [0, 1],
      ] as const) {
        context.moveTo(centre.x - 7 * ratio * dx, centre.y - 7 * ratio * dy);
        context.lineTo(centre.x + 7 * ratio * dx, centre.y + 7 * ratio * dy);
      }
      context.stroke();
    }
  }, [session, shown, visited, extent, place, revision]);

  return (
    <section className={styles['section']}>
      <h3 className={styles['heading']}>
        {t('panel.map')}
        {unseenPart !== null && (
          <span className={styles['unseen']} data-testid="unseen">
            {t('panel.unseen', { percent: Math.round(unseenPart * 100) })}
          </span>
        )}
      </h3>
      <canvas
        ref={canvas}
        className={styles['map']}
        data-testid="slide-map"
        onClick={(event) => {
          const element = canvas.current;
          if (!element || !extent) return;
          const box = element.getBoundingClientRect();
          const geometry = mapGeometry(extent, { width: box.width, height: box.height });
          session.places.jumpTo(
            geometry.toSlide({ x: event.clientX - box.left, y: event.clientY - box.top }),
          );
        }}
      />
      {!shown && <p className={styles['empty']}>{t('panel.noMap')}</p>}
    </section>
  );
}

export function PlacesPanel() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const bookmarks = useModel((model) => model.bookmarks);
  if (bookmarks.length === 0) return <p className={styles['empty']}>{t('panel.noPlaces')}</p>;
  return (
    <ul className={styles['places']}>
      {bookmarks.map((bookmark) => (
        <li key={bookmark.bookmarkId}>
          <button
            type="button"
            className={styles['place']}
            onClick={() => session.places.goToBookmark(bookmark)}
          >
            <strong>{t('panel.place', { number: bookmark.number })}</strong>
            <span>
              {formatFixed(bookmark.positionUm.x / 1000, 2)}, {formatFixed(bookmark.positionUm.y / 1000, 2)}{' '}
              mm
            </span>
          </button>
          <IconButton
            icon={X}
            label={t('panel.remove')}
            tooltipSide="left"
            onClick={() =>
              session.model.setState(({ bookmarks: all }) => ({
                bookmarks: all.filter(({ bookmarkId }) => bookmarkId !== bookmark.bookmarkId),
              }))
            }
          />
        </li>
      ))}
    </ul>
  );
}
