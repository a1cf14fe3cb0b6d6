import { Mic, MicOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { LiveLink } from '#renderer/link/live-link.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Select } from '#renderer/ui/select.tsx';
import type { TalkDevice, TalkMedia } from '../media/talk-media.ts';
import { useModel } from '../use-session.ts';
import styles from './panels.module.css';

export interface PeoplePanelProps {
  readonly live: LiveLink;
  readonly media: TalkMedia;
  readonly peerName: string;
}

/** Voices and faces, and who is muted. */
export function PeoplePanel({ live, media, peerName }: PeoplePanelProps) {
  const { t } = useTranslation('microscope');
  const talk = useStore(media.state);
  const peerVoice = useModel((model) => model.peerVoice);
  const remote = useModel((model) => model.peerStreams);
  return (
    <section className={styles['people']}>
      {(remote.hasSecond || remote.hasPerson || talk.own !== undefined) && (
        <div className={styles['faces']}>
          {remote.hasSecond && <Face stream={live.remote.second} name={t('talk.second')} isWide isMuted />}
          {remote.hasPerson && <Face stream={live.remote.person} name={peerName} isMuted />}
          {talk.own && <Face stream={talk.own} name={t('talk.self')} isMuted />}
        </div>
      )}
      <div className={styles['row']}>
        <VoiceState
          isLive={talk.isOn && isHeard(talk)}
          text={t(isHeard(talk) ? 'talk.live' : 'talk.muted')}
        />
        {peerVoice && (
          <VoiceState
            isLive={!peerVoice.isMuted}
            text={t(peerVoice.isMuted ? 'talk.peerMuted' : 'talk.peerLive')}
          />
        )}
      </div>
      {talk.isOn ? (
        <>
          <div className={styles['row']}>
            <Button aria-pressed={!talk.isPushToTalk} onClick={() => media.setPushToTalk(false)}>
              {t('talk.open')}
            </Button>
            <Button aria-pressed={talk.isPushToTalk} onClick={() => media.setPushToTalk(true)} binding="KeyV">
              {t('talk.push')}
            </Button>
            {!talk.isPushToTalk && (
              <Button onClick={() => media.toggleMute()} binding="KeyM">
                {t(talk.isMuted ? 'talk.unmute' : 'talk.mute')}
              </Button>
            )}
          </div>
          {(['microphone', 'camera', 'second'] as const).map((device) => (
            <DeviceChoice key={device} device={device} media={media} />
          ))}
          <SpeakerChoice media={media} />
        </>
      ) : (
        <Button kind="primary" onClick={() => void media.turnOn()}>
          {t('talk.start')}
        </Button>
      )}
      {talk.problem !== null && (
        <p className={styles['problem']} role="alert">
          {t(`talk.problem.${knownProblem(talk.problem)}`)}
        </p>
      )}
    </section>
  );
}

const problems = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'OverconstrainedError'] as const;

function knownProblem(name: string) {
  return problems.find((each) => each === name) ?? 'other';
}

function isHeard(talk: {
  chosen: { microphone: string | null };
  isPushToTalk: boolean;
  isPressed: boolean;
  isMuted: boolean;
}) {
  return talk.chosen.microphone !== null && (talk.isPushToTalk ? talk.isPressed : !talk.isMuted);
}

function VoiceState({ isLive, text }: { isLive: boolean; text: string }) {
  return (
    <span className={styles['state']} data-live={isLive}>
      {isLive ? <Mic size={14} aria-hidden /> : <MicOff size={14} aria-hidden />}
      {text}
    </span>
  );
}

function DeviceChoice({ device, media }: { device: TalkDevice; media: TalkMedia }) {
  const { t } = useTranslation('microscope');
  const { devices, chosen } = useStore(media.state);
  const kind = device === 'microphone' ? 'audioinput' : 'videoinput';
  const options = [
    { value: 'off', label: t('talk.off') },
    { value: 'default', label: t('talk.systemDevice') },
    ...optionsOf(devices, kind),
  ];
  const current = chosen[device];
  return (
    <Select
      label={t(`talk.${device}`)}
      isLabelShown
      options={options}
      value={current === null ? 'off' : current === '' ? 'default' : current}
      onChange={(value) =>
        void media.choose(device, value === 'off' ? null : value === 'default' ? '' : value)
      }
    />
  );
}

function SpeakerChoice({ media }: { media: TalkMedia }) {
  const { t } = useTranslation('microscope');
  const { devices, speaker } = useStore(media.state);
  return (
    <Select
      label={t('talk.speaker')}
      isLabelShown
      options={[{ value: 'default', label: t('talk.systemDevice') }, ...optionsOf(devices, 'audiooutput')]}
      value={speaker === '' ? 'default' : speaker}
      onChange={(value) => media.chooseSpeaker(value === 'default' ? '' : value)}
    />
  );
}

function optionsOf(devices: readonly MediaDeviceInfo[], kind: MediaDeviceKind) {
  return devices
    .filter((each) => each.kind === kind && each.deviceId !== '' && each.deviceId !== 'default')
    .map(({ deviceId, label }) => ({
      value: deviceId,
      label: label === '' ? deviceId.slice(0, 8) : label,
    }));
}

function Face(props: { stream: MediaStream; name: string; isMuted: boolean; isWide?: boolean }) {
  const { stream, name, isMuted, isWide } = props;
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <figure className={styles['face']} data-wide={isWide} style={{ margin: 0 }}>
      <video ref={video} autoPlay playsInline muted={isMuted} />
      <figcaption>{name}</figcaption>
    </figure>
  );
}
