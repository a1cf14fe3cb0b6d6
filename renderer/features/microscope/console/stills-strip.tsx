import { Archive, CircleCheck, Pin, Video } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '#renderer/i18n/error-text.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import type { Still } from '#shared/contract/microscope.ts';
import { bestForm, isEvidence, qualityOf, stillAddress } from '../session/still-choice.ts';
import { useModel, useSession } from '../use-session.ts';
import { QualityText } from './picture-marks.tsx';
import styles from './stills-strip.module.css';

/** What was taken of this slide, newest first; only what is bit-exact can become evidence. */
export function StillsStrip() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const { stills, slideId, shownStillId, party } = useModel((model) => ({
    stills: model.stills,
    slideId: model.telemetry?.slide?.slideId,
    shownStillId: model.shownStillId,
    party: model.party,
  }));
  const [archiving, setArchiving] = useState<Still>();
  // Pictures of another slide are in the archive, not beside this one.
  const kept = stills.filter(({ facts }) => facts.isKept && facts.slideId === slideId);
  const shown = stills.find(({ facts }) => facts.stillId === shownStillId);
  return (
    <div className={styles['strip']} data-testid="stills">
      {shown && (
        <div className={styles['actions']}>
          <Button icon={Video} onClick={() => session.stillTaking.show(null)} binding="KeyY">
            {t('stills.video')}
          </Button>
          {!shown.facts.isKept && (
            <Button icon={Pin} onClick={() => void session.stillTaking.keep()} binding="KeyC">
              {t('stills.keep')}
            </Button>
          )}
          {shown.facts.isKept &&
            (shown.archivedSopUid === null ? (
              <Button
                icon={Archive}
                kind="primary"
                disabled={!isEvidence(shown)}
                title={isEvidence(shown) ? undefined : t('stills.onlyExact')}
                onClick={() => setArchiving(shown)}
              >
                {t('stills.archive')}
              </Button>
            ) : (
              <span className={styles['archived']}>
                <CircleCheck size={14} aria-hidden />
                {t('stills.archived')}
              </span>
            ))}
        </div>
      )}
      {kept.length === 0 && (
        <p className={styles['empty']}>{t(party === 'remote' ? 'stills.none' : 'stills.noneBench')}</p>
      )}
      {kept.map((still) => (
        <Thumbnail
          key={still.facts.stillId}
          still={still}
          isShown={still.facts.stillId === shownStillId}
          onShow={() => session.stillTaking.show(still.facts.stillId)}
        />
      ))}
      {archiving && <ArchiveDialog still={archiving} onClose={() => setArchiving(undefined)} />}
    </div>
  );
}

function Thumbnail({ still, isShown, onShow }: { still: Still; isShown: boolean; onShow: () => void }) {
  const { facts, forms } = still;
  const small = forms.find(({ form }) => form === 'lossy') ?? bestForm(still);
  return (
    <button
      type="button"
      className={styles['still']}
      aria-pressed={isShown}
      data-quality={qualityOf(still).kind}
      onClick={onShow}
    >
      {small && <img alt="" draggable={false} src={stillAddress(facts.stillId, small.form)} />}
      <span>
        {facts.magnification}× {facts.takenAtUtc.slice(11, 16)}
      </span>
      <small>
        <QualityText quality={qualityOf(still)} />
      </small>
    </button>
  );
}

function ArchiveDialog({ still, onClose }: { still: Still; onClose: () => void }) {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const [patientId, setPatientId] = useState('');
  const [patientName, setPatientName] = useState('');
  const [issuer, setIssuer] = useState('');
  const [isSaving, setIsSaving] = useState(false);
  const { facts } = still;
  const save = async () => {
    setIsSaving(true);
    try {
      await session.backend.microscope.archiveStill({
        stillId: facts.stillId,
        patientId: patientId.trim(),
        patientName: patientName.trim(),
        issuer: issuer.trim(),
      });
      showToast({ kind: 'done', title: t('stills.saved') });
      onClose();
    } catch (error) {
      showToast({ kind: 'problem', title: t('stills.archiveTitle'), text: errorText(error) });
      setIsSaving(false);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('stills.archiveTitle')}
      description={t('stills.archiveText', {
        label: facts.label,
        magnification: facts.magnification,
        time: facts.takenAtUtc.slice(11, 19),
      })}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind="primary" disabled={patientId.trim() === '' || isSaving} onClick={() => void save()}>
            {t('stills.save')}
          </Button>
        </>
      }
    >
      <div className={styles['fields']}>
        <TextField
          label={t('stills.patientId')}
          isLabelShown
          maxLength={64}
          value={patientId}
          onChange={setPatientId}
        />
        <TextField
          label={t('stills.patientName')}
          isLabelShown
          maxLength={200}
          value={patientName}
          onChange={setPatientName}
        />
        <TextField
          label={t('stills.issuer')}
          isLabelShown
          maxLength={64}
          value={issuer}
          onChange={setIssuer}
        />
      </div>
    </Dialog>
  );
}
