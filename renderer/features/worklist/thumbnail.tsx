import { ImageOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { RepresentativeFrame } from '#shared/contract/study.ts';
import styles from './thumbnail.module.css';

/** Rows that only fly by while scrolling ask for nothing. */
const SETTLED_MS = 120;

const loaded = new Set<string>();

export interface ThumbnailProps {
  readonly frame: RepresentativeFrame | null;
  readonly sizePx: number;
}

/** A small picture of a study or series. Beside its text it says nothing new, so screen readers pass over it. */
export function Thumbnail({ frame, sizePx }: ThumbnailProps) {
  const url = frame && thumbnailUrl(frame);
  const isWanted = useIsWanted(url);
  const [failedUrl, setFailedUrl] = useState<string>();
  const isMissing = url === null || failedUrl === url;
  return (
    <span className={styles['box']} style={{ width: sizePx, height: sizePx }} aria-hidden>
      {isMissing && <ImageOff size={Math.min(16, sizePx / 2)} className={styles['none']} />}
      {!isMissing && isWanted && (
        <img
          src={url}
          alt=""
          decoding="async"
          draggable={false}
          className={styles['picture']}
          onLoad={() => loaded.add(url)}
          onError={() => setFailedUrl(url)}
        />
      )}
    </span>
  );
}

function useIsWanted(url: string | null): boolean {
  const [settledUrl, setSettledUrl] = useState<string | null>(null);
  useEffect(() => {
    if (url === null || loaded.has(url)) return undefined;
    const timer = setTimeout(() => setSettledUrl(url), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [url]);
  return url !== null && (settledUrl === url || loaded.has(url));
}

function thumbnailUrl({ studyUid, seriesUid, sopUid, frameNumber }: RepresentativeFrame): string {
  const instance = `/dicomweb/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;
  return `${instance}${frameNumber > 1 ? `/frames/${frameNumber}` : ''}/thumbnail`;
}
