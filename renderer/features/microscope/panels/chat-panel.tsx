import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import { useModel, useSession } from '../use-session.ts';
import styles from './panels.module.css';

export const CHAT_FIELD = 'microscope-chat-field';

export function ChatPanel() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const { chat, unreadChat } = useModel((model) => ({ chat: model.chat, unreadChat: model.unreadChat }));
  const [text, setText] = useState('');
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chat.length > 0) end.current?.scrollIntoView({ block: 'nearest' });
    if (unreadChat > 0) session.model.setState({ unreadChat: 0 });
  }, [session, chat, unreadChat]);
  const send = () => {
    if (text.trim() === '') return;
    session.conversation.chat(text.trim());
    setText('');
  };
  return (
    <section className={styles['chat']}>
      {chat.length === 0 && <p className={styles['empty']}>{t('chat.empty')}</p>}
      <ul className={styles['lines']}>
        {chat.map(({ messageId, text: line, atUtc, isOwn }) => (
          <li key={messageId} data-own={isOwn}>
            <time>{new Date(atUtc).toLocaleTimeString('ja-JP', { hour12: false }).slice(0, 5)}</time>
            <span>{line}</span>
          </li>
        ))}
        <li ref={end} aria-hidden />
      </ul>
      <div className={styles['write']}>
        <TextField
          id={CHAT_FIELD}
          label={t('chat.placeholder')}
          placeholder={t('chat.placeholder')}
          maxLength={2000}
          value={text}
          onChange={setText}
          onSubmit={send}
        />
        <Button onClick={send}>{t('chat.send')}</Button>
      </div>
    </section>
  );
}
