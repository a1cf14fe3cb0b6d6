import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { LiveLink } from '#renderer/link/live-link.ts';
import type { TalkMedia } from './talk-media.ts';

/** The other side's voice, whichever panel is open and whether its face is shown or not. */
export function PeerSound({ live, media }: { live: LiveLink; media: TalkMedia }) {
  const { speaker } = useStore(media.state);
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => (audio.current ? playVoice(audio.current, live) : undefined), [live]);
  useEffect(() => {
    audio.current?.setSinkId(speaker).catch((error: unknown) => {
      // Another choice was made meanwhile: that one counts.
      if ((error as Error).name !== 'AbortError') media.speakerFailed((error as Error).name);
    });
  }, [speaker, media]);
  return <audio ref={audio} data-testid="peer-sound" />;
}

/** An element that was given a stream while it was empty stays silent when a voice joins: it is given each anew. */
function playVoice(audio: HTMLAudioElement, live: LiveLink): () => void {
  let played: MediaStreamTrack | undefined;
  const play = () => {
    audio.play().catch(() => {
      // Before the first press on the page browsers play nothing; the press below tries again.
    });
  };
  const take = () => {
    const [voice] = live.remote.person.getAudioTracks();
    if (voice === played) return;
    played = voice;
    audio.srcObject = voice ? new MediaStream([voice]) : null;
    if (voice) play();
  };
  const pressed = () => {
    if (played && audio.paused) play();
  };
  take();
  const stop = live.subscribe(take);
  window.addEventListener('pointerdown', pressed);
  window.addEventListener('keydown', pressed);
  return () => {
    stop();
    window.removeEventListener('pointerdown', pressed);
    window.removeEventListener('keydown', pressed);
    audio.srcObject = null;
  };
}
