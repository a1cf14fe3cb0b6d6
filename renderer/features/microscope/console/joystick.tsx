import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { whenHandIsLost } from '../hands/lost-hand.ts';
import { shaped } from '../steering/gamepad-mapping.ts';
import { useSession } from '../use-session.ts';
import styles from './joystick.module.css';

const RADIUS = 56;
const DEAD_ZONE = 0.12;
const CURVE = 1.6;

/** A stick for a finger or a mouse: the further from the middle, the faster. */
export function OnScreenJoystick() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const pad = useRef<HTMLDivElement>(null);
  /** The pointer that holds the stick; once let go of it has to press again. */
  const holder = useRef<number>(undefined);
  const [knob, setKnob] = useState({ x: 0, y: 0 });
  const push = (x: number, y: number) => {
    const size = Math.min(1, Math.hypot(x, y));
    const angle = Math.atan2(y, x);
    const gain = shaped(size, DEAD_ZONE, CURVE);
    setKnob({ x: Math.cos(angle) * size, y: Math.sin(angle) * size });
    session.push('stick', gain === 0 ? null : { x: Math.cos(angle) * gain, y: Math.sin(angle) * gain, z: 0 });
  };
  const letGo = useCallback(() => {
    holder.current = undefined;
    setKnob({ x: 0, y: 0 });
    session.push('stick', null);
  }, [session]);
  useEffect(() => {
    const aborter = new AbortController();
    whenHandIsLost(letGo, aborter.signal);
    return () => {
      aborter.abort();
      letGo();
    };
  }, [letGo]);
  const follow = (event: React.PointerEvent) => {
    const box = pad.current?.getBoundingClientRect();
    if (!box) return;
    push(
      (event.clientX - box.left - box.width / 2) / RADIUS,
      (event.clientY - box.top - box.height / 2) / RADIUS,
    );
  };
  return (
    <div
      ref={pad}
      className={styles['pad']}
      role="application"
      aria-label={t('stick.label')}
      data-testid="joystick"
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        holder.current = event.pointerId;
        follow(event);
      }}
      onPointerMove={(event) => {
        event.stopPropagation();
        if (holder.current === event.pointerId) follow(event);
      }}
      onLostPointerCapture={letGo}
      onPointerCancel={letGo}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <div
        className={styles['knob']}
        style={{ transform: `translate(${knob.x * RADIUS}px, ${knob.y * RADIUS}px)` }}
      />
    </div>
  );
}
