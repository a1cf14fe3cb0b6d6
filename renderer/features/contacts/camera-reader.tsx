import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readQrCode } from '#renderer/link/qr-code.ts';
import styles from './contacts.module.css';

const LOOKING_INTERVAL_MS = 250;

/** Looks through this workstation's camera until it sees a QR code. */
export function CameraReader({ onRead }: { onRead: (text: string) => void }) {
  const { t } = useTranslation('contacts');
  const video = useRef<HTMLVideoElement>(null);
  const tell = useRef(onRead);
  const [isRefused, setIsRefused] = useState(false);
  useEffect(() => {
    tell.current = onRead;
  });
  useEffect(() => {
    const stopped = new AbortController();
    void look(video, stopped.signal).then(
      (text) => text !== undefined && tell.current(text),
      () => setIsRefused(true),
    );
    return () => stopped.abort();
  }, []);
  if (isRefused) return <p role="alert">{t('add.noCamera')}</p>;
  return <video ref={video} className={styles['video']} muted playsInline aria-label={t('add.camera')} />;
}

/** @throws DOMException where there is no camera or nobody may use it */
async function look(
  video: { readonly current: HTMLVideoElement | null },
  signal: AbortSignal,
): Promise<string | undefined> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  try {
    const element = video.current;
    if (!element) return undefined;
    element.srcObject = stream;
    await element.play();
    while (!signal.aborted) {
      const frame = frameOf(element);
      const text = frame && (await readQrCode(frame));
      if (text !== undefined) return text;
      await new Promise((resolve) => setTimeout(resolve, LOOKING_INTERVAL_MS));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

function frameOf(video: HTMLVideoElement): ImageData | undefined {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return undefined;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context?.drawImage(video, 0, 0);
  return context?.getImageData(0, 0, width, height);
}
