import { UserPlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';

/** Pairing in front of the room: the same as in the settings, and over when it is closed. */
export function AddContact({ pairing, isReady }: { pairing: ReactNode; isReady: boolean }) {
  const { t } = useTranslation('microscope');
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button icon={UserPlus} disabled={!isReady} onClick={() => setIsOpen(true)} data-testid="add-contact">
        {t('start.addContact')}
      </Button>
      {isOpen && (
        <Dialog isOpen onClose={() => setIsOpen(false)} title={t('start.addContact')} width="wide">
          <EndsWithDialog>{pairing}</EndsWithDialog>
        </Dialog>
      )}
    </>
  );
}

function EndsWithDialog({ children }: { children: ReactNode }) {
  const { link } = useBackend();
  useEffect(
    () => () => {
      link.closePairing({}).catch(() => {
        // Nothing was open.
      });
    },
    [link],
  );
  return children;
}
