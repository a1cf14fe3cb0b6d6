import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import type { TextEditing } from '../session/viewer-model.ts';
import { useSession } from '../use-session.ts';
import styles from './text-editor.module.css';

/** Where the words of an annotation are written; keys of a conversion stay with the input method. */
export function TextEditor({ editing }: { editing: TextEditing }) {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const annotations = session.annotations(editing.studyKey);
  const known = editing.draft ?? annotations.find(editing.annotationUid);
  const [text, setText] = useState(known?.label ?? '');
  if (!known) return null;

  const close = () => session.update({ editing: undefined });
  const keep = (written: string) => {
    const label = written.trim();
    close();
    // An arrow or a text without words says nothing; every other annotation may be without.
    const isKept = label !== '' || (known.tool !== 'arrow' && known.tool !== 'text');
    if (!isKept || (editing.draft === undefined && label === known.label)) return;
    annotations.put({ ...known, label });
    const { studyKey, annotationUid } = editing;
    session.update({ selected: { studyKey, annotationUid } });
  };
  return (
    <div
      className={styles['editor']}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
        event.stopPropagation();
        close();
      }}
    >
      <TextField
        label={t('text.label')}
        value={text}
        onChange={setText}
        onSubmit={keep}
        autoFocus
        maxLength={500}
        placeholder={t('text.hint')}
        className={styles['field']}
      />
      <Button kind="primary" onClick={() => keep(text)}>
        {t('text.save')}
      </Button>
      <Button kind="quiet" onClick={close}>
        {t('text.cancel')}
      </Button>
    </div>
  );
}
