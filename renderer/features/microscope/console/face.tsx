import { PhoneOff } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import type { LiveLink } from '#renderer/link/live-link.ts';
import type { LinkState } from '#shared/contract/link.ts';
import { Button } from '#renderer/ui/button.tsx';
import { DialogCompanion } from '#renderer/ui/dialog-companion.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { Tabs } from '#renderer/ui/tabs.tsx';
import { Microscope } from 'lucide-react';
import { GamepadHand } from '../hands/gamepad-hand.ts';
import { KeyboardHand } from '../hands/keyboard-hand.ts';
import { useLinkQuality } from '../media/use-link-quality.ts';
import { PeerSound } from '../media/peer-sound.tsx';
import { TalkMedia } from '../media/talk-media.ts';
import { CHAT_FIELD, ChatPanel } from '../panels/chat-panel.tsx';
import { FocusPanel } from '../panels/focus-panel.tsx';
import { LinkPanel } from '../panels/link-panel.tsx';
import { MapPanel, PlacesPanel } from '../panels/map-panel.tsx';
import { PeoplePanel } from '../panels/people-panel.tsx';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { CallNotice } from '../start/call-notice.tsx';
import type { PadAction } from '../steering/gamepad-mapping.ts';
import { SessionProvider, useModel } from '../use-session.ts';
import type { FrameFeed } from '../view/frame-feed.ts';
import styles from './face.module.css';
import { GamepadDialog } from './gamepad-dialog.tsx';
import { OnScreenJoystick } from './joystick.tsx';
import { DialogStop, LeaseBar, StopButton } from './lease-bar.tsx';
import { LiveView } from './live-view.tsx';
import { PictureMarks } from './picture-marks.tsx';
import { SlideState } from './slide-state.tsx';
import { StillsStrip } from './stills-strip.tsx';
import { Toolbar } from './toolbar.tsx';
import { useRoomCommands } from './use-room-commands.ts';
import { useSlideMap } from './use-slide-map.ts';
import { SharpnessWatch } from '../view/sharpness-watch.ts';

export interface FaceProps {
  readonly session: MicroscopeSession;
  readonly live: LiveLink;
  readonly link: LinkState | undefined;
  readonly feed: FrameFeed | undefined;
  /** The bench's own: camera, controller, scan, calibration. */
  readonly tools: ReactNode;
  /** What the bench has to say before everything else. */
  readonly notice?: ReactNode;
}

const dialogStop = <DialogStop />;

type PanelTab = 'people' | 'chat' | 'places' | 'tools';

/** What both sides look at. */
export function Face(props: FaceProps) {
  return (
    <SessionProvider value={props.session}>
      <DialogCompanion value={dialogStop}>
        <FaceInside {...props} />
      </DialogCompanion>
    </SessionProvider>
  );
}

function FaceInside({ session, live, link, feed, tools, notice }: FaceProps) {
  const { t } = useTranslation('microscope');
  const { link: client } = useBackend();
  const [hasJoystick, setHasJoystick] = useState(false);
  const [isMapping, setIsMapping] = useState(false);
  const [tab, setTab] = useState<PanelTab>(tools ? 'tools' : 'people');
  const media = useMemo(() => new TalkMedia(live, session), [live, session]);
  useEffect(() => media.start(), [media]);
  useHands(session, media, isMapping);
  useLinkQuality(live, session);
  const actions = useMemo(
    () => ({
      toggleJoystick: () => setHasJoystick((isShown) => !isShown),
      openMapping: () => setIsMapping(true),
      toggleMute: () => media.toggleMute(),
      focusChat: () => {
        setTab('chat');
        requestAnimationFrame(() => document.querySelector<HTMLElement>(`#${CHAT_FIELD}`)?.focus());
      },
    }),
    [media],
  );
  useRoomCommands(actions);
  const { map, visited, unseenPart, revision } = useSlideMap(feed);
  useEffect(
    () => feed?.subscribe(new SharpnessWatch((score) => session.picture.sharpnessIs(score)).frame),
    [session, feed],
  );
  const unreadChat = useModel((model) => model.unreadChat);
  const peer = link?.session;
  const isConnected = peer?.state === 'connected';
  return (
    <div className={styles['face']} data-testid={`face-${session.party}`}>
      <header className={styles['header']}>
        <div className={styles['items']}>
          <SlideState />
          <LeaseBar />
          <span className={styles['space']} />
          {peer && isConnected && (
            <span className={styles['peer']} data-testid="connected">
              {t('call.connected', { name: peer.peerName })}
              <Button icon={PhoneOff} kind="quiet" onClick={() => void client.hangUp({})}>
                {t('call.hangUp')}
              </Button>
            </span>
          )}
        </div>
        <StopButton />
      </header>
      <Toolbar />
      <PeerSound live={live} media={media} />
      <div className={styles['middle']}>
        <div className={styles['picture']}>
          <div className={styles['notices']}>
            <CallNotice link={link} />
            {notice}
          </div>
          <LiveView feed={feed} map={map}>
            <PictureMarks />
            <NoPicture isConnecting={peer?.state === 'connecting'} />
            {hasJoystick && <OnScreenJoystick />}
          </LiveView>
          <StillsStrip />
        </div>
        <aside className={styles['panel']}>
          <MapPanel map={map} visited={visited} unseenPart={unseenPart} revision={revision} />
          <FocusPanel />
          <LinkPanel />
          <div className={styles['tabs']}>
            <Tabs<PanelTab>
              label={t('more')}
              value={tab}
              onChange={setTab}
              tabs={[
                ...(tools ? [{ id: 'tools' as const, label: t('bench.tab'), panel: tools }] : []),
                {
                  id: 'people',
                  label: t('panel.people'),
                  panel: <PeoplePanel live={live} media={media} peerName={peer?.peerName ?? ''} />,
                },
                {
                  id: 'chat',
                  label: unreadChat > 0 ? `${t('panel.chat')} (${unreadChat})` : t('panel.chat'),
                  panel: <ChatPanel />,
                },
                { id: 'places', label: t('panel.placesShort'), panel: <PlacesPanel /> },
              ]}
            />
          </div>
        </aside>
      </div>
      {isMapping && <GamepadDialog onClose={() => setIsMapping(false)} />}
    </div>
  );
}

function NoPicture({ isConnecting }: { isConnecting: boolean }) {
  const { t } = useTranslation('microscope');
  const hasFrame = useModel(({ frame, shownStillId }) => frame !== null || shownStillId !== null);
  const isBench = useModel(({ party }) => party === 'bench');
  if (hasFrame) return null;
  const remoteText = isConnecting ? 'picture.noneConnecting' : 'picture.noneText';
  return (
    <div className={styles['noPicture']}>
      <EmptyState icon={Microscope} title={t('picture.none')}>
        {t(isBench ? 'picture.noneTextBench' : remoteText)}
      </EmptyState>
    </div>
  );
}

/** Keyboard and controllers, for as long as the face is on the screen. */
function useHands(session: MicroscopeSession, media: TalkMedia, isMapping: boolean): void {
  const gamepad = useRef<GamepadHand>(undefined);
  useEffect(() => {
    const keyboard = new KeyboardHand(session, media.press);
    const pad = new GamepadHand(session, (action, isPressed) => actOn(session, media, action, isPressed));
    gamepad.current = pad;
    const stops = [keyboard.start(), pad.start()];
    return () => {
      for (const stop of stops) stop();
    };
  }, [session, media]);
  useEffect(() => {
    if (gamepad.current) gamepad.current.isSuspended = isMapping;
    if (isMapping) session.letGo();
  }, [session, isMapping]);
}

function actOn(session: MicroscopeSession, media: TalkMedia, action: PadAction, isPressed: boolean): void {
  if (action === 'push-to-talk') {
    media.press(isPressed);
    return;
  }
  if (!isPressed) return;
  const objectives = session.facts?.objectives ?? [];
  const index = objectives.findIndex(({ id }) => id === session.telemetry?.objectiveId);
  const turn = (by: number) => {
    const next = objectives[index + by];
    if (index >= 0 && next) void session.changeObjective(next.id);
  };
  const acts: Readonly<Record<Exclude<PadAction, 'push-to-talk' | 'fine'>, () => void>> = {
    stop: () => session.stop(),
    'objective-up': () => turn(1),
    'objective-down': () => turn(-1),
    autofocus: () => void session.autofocus(),
    still: () => void session.stillTaking.keep(),
    bookmark: () => session.places.bookmark(),
    back: () => session.places.back(),
  };
  if (action !== 'fine') acts[action]();
}
