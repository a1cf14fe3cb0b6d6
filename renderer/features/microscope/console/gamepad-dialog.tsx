import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { Checkbox } from '#renderer/ui/checkbox.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Select } from '#renderer/ui/select.tsx';
import { Slider } from '#renderer/ui/slider.tsx';
import { mappingOf, saveMapping } from '../hands/gamepad-hand.ts';
import { defaultMapping, movedAxis, padActions, padMovements } from '../steering/gamepad-mapping.ts';
import type { GamepadMapping, PadAction, PadMovement } from '../steering/gamepad-mapping.ts';
import styles from './gamepad-dialog.module.css';

type Assigning =
  | { readonly kind: 'movement'; readonly movement: PadMovement }
  | { readonly kind: 'action'; readonly action: PadAction };

/** Which axis and which button does what, with the device's live figures; kept per kind of device. */
export function GamepadDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('microscope');
  const pads = usePads();
  const [chosen, setChosen] = useState<number>();
  const pad = pads.find(({ index }) => index === chosen) ?? pads[0];
  return (
    <Dialog isOpen onClose={onClose} title={t('pad.title')} description={t('pad.explain')} width="wide">
      {pad ? (
        <>
          <Select
            label={t('pad.device')}
            isLabelShown
            options={pads.map(({ index, id }) => ({ value: String(index), label: id }))}
            value={String(pad.index)}
            onChange={(value) => setChosen(Number(value))}
          />
          <Mapping key={pad.id} pad={pad} />
        </>
      ) : (
        <p>{t('pad.none')}</p>
      )}
    </Dialog>
  );
}

function Mapping({ pad }: { pad: Gamepad }) {
  const { t } = useTranslation('microscope');
  const [mapping, setMapping] = useState(() => mappingOf(pad));
  const [assigning, setAssigning] = useState<Assigning>();
  const save = (next: GamepadMapping) => {
    setMapping(next);
    saveMapping(pad, next);
  };
  useAssigning(pad, assigning, (index) => {
    if (assigning?.kind === 'movement') {
      const isInverted = mapping.movements[assigning.movement]?.isInverted ?? false;
      save({
        ...mapping,
        movements: { ...mapping.movements, [assigning.movement]: { axis: index, isInverted } },
      });
    } else if (assigning) {
      save({ ...mapping, actions: { ...mapping.actions, [assigning.action]: index } });
    }
    setAssigning(undefined);
  });
  return (
    <div className={styles['mapping']}>
      <h3>{t('pad.movements')}</h3>
      {padMovements.map((movement) => {
        const assigned = mapping.movements[movement];
        const isWaiting = assigning?.kind === 'movement' && assigning.movement === movement;
        return (
          <div key={movement} className={styles['row']}>
            <span>{t(`pad.movement.${movement}`)}</span>
            <span className={styles['assigned']}>
              {isWaiting
                ? t('pad.waiting')
                : assigned
                  ? t('pad.axis', { number: assigned.axis })
                  : t('pad.unassigned')}
            </span>
            <meter min={-1} max={1} value={assigned ? (pad.axes[assigned.axis] ?? 0) : 0} />
            <Checkbox
              label={t('pad.invert')}
              isChecked={assigned?.isInverted ?? false}
              isDisabled={!assigned}
              onChange={(isInverted) => {
                if (!assigned) return;
                save({
                  ...mapping,
                  movements: { ...mapping.movements, [movement]: { ...assigned, isInverted } },
                });
              }}
            />
            <Button onClick={() => setAssigning({ kind: 'movement', movement })}>{t('pad.assign')}</Button>
            <Button
              kind="quiet"
              disabled={!assigned}
              onClick={() => save({ ...mapping, movements: { ...mapping.movements, [movement]: null } })}
            >
              {t('pad.clear')}
            </Button>
          </div>
        );
      })}
      <h3>{t('pad.actions')}</h3>
      {padActions.map((action) => {
        const button = mapping.actions[action];
        const isWaiting = assigning?.kind === 'action' && assigning.action === action;
        return (
          <div key={action} className={styles['row']}>
            <span>{t(`pad.action.${action}`)}</span>
            <span className={styles['assigned']}>
              {isWaiting
                ? t('pad.waiting')
                : button === null
                  ? t('pad.unassigned')
                  : t('pad.button', { number: button })}
            </span>
            <meter min={0} max={1} value={button === null ? 0 : (pad.buttons[button]?.value ?? 0)} />
            <span />
            <Button onClick={() => setAssigning({ kind: 'action', action })}>{t('pad.assign')}</Button>
            <Button
              kind="quiet"
              disabled={button === null}
              onClick={() => save({ ...mapping, actions: { ...mapping.actions, [action]: null } })}
            >
              {t('pad.clear')}
            </Button>
          </div>
        );
      })}
      <Slider
        label={t('pad.deadZone')}
        isLabelShown
        minimum={0}
        maximum={0.6}
        step={0.01}
        value={mapping.deadZone}
        shownValue={`${Math.round(mapping.deadZone * 100)} %`}
        onChange={(deadZone) => save({ ...mapping, deadZone })}
      />
      <Slider
        label={t('pad.curve')}
        isLabelShown
        minimum={1}
        maximum={4}
        step={0.1}
        value={mapping.curve}
        shownValue={mapping.curve.toFixed(1)}
        onChange={(curve) => save({ ...mapping, curve })}
      />
      <div>
        <Button
          onClick={() => {
            saveMapping(pad, undefined);
            setMapping(defaultMapping(pad));
          }}
        >
          {t('pad.reset')}
        </Button>
      </div>
    </div>
  );
}

/** The pads that are there, with figures of now. */
function usePads(): readonly Gamepad[] {
  const [pads, setPads] = useState<readonly Gamepad[]>([]);
  useEffect(() => {
    let request = 0;
    const look = () => {
      request = requestAnimationFrame(look);
      setPads(navigator.getGamepads().filter((pad) => pad?.connected === true) as Gamepad[]);
    };
    look();
    return () => cancelAnimationFrame(request);
  }, []);
  return pads;
}

/** Tells which axis is moved or which button is pressed from now on. */
function useAssigning(pad: Gamepad, assigning: Assigning | undefined, tell: (index: number) => void): void {
  const before = useRef<{ axes: readonly number[]; buttons: readonly boolean[] }>(undefined);
  useEffect(() => {
    if (!assigning) {
      before.current = undefined;
      return;
    }
    const now = { axes: [...pad.axes], buttons: pad.buttons.map(({ pressed }) => pressed) };
    before.current ??= now;
    const { axes, buttons } = before.current;
    const index =
      assigning.kind === 'movement'
        ? movedAxis(axes, now.axes)
        : now.buttons.findIndex((isPressed, button) => isPressed && buttons[button] !== true);
    if (index !== undefined && index >= 0) tell(index);
  }, [pad, assigning, tell]);
}
