import type { Mark, Talk } from '#shared/link/talk.ts';
import type { PointUm } from '#shared/motion/position.ts';
import type { MicroscopeSession } from './microscope-session.ts';

/** The pointer is said at most so often; between two people more is not seen. */
const POINTER_INTERVAL_MS = 50;
const CHAT_LINES = 500;
const MARKS = 500;

/** What the two say and draw. */
export class Conversation {
  readonly #session: MicroscopeSession;
  #pointerSaidAtMs = 0;

  constructor(session: MicroscopeSession) {
    this.#session = session;
  }

  heard(talk: Talk): void {
    const { model } = this.#session;
    switch (talk.kind) {
      case 'chat':
        model.setState(({ chat, unreadChat }) => ({
          chat: [
            ...chat.filter(({ messageId }) => messageId !== talk.messageId),
            { messageId: talk.messageId, text: talk.text, atUtc: talk.sentAtUtc, isOwn: false },
          ].slice(-CHAT_LINES),
          unreadChat: unreadChat + 1,
        }));
        break;
      case 'pointer':
        model.setState({ peerPointer: talk.atUm });
        break;
      case 'mark':
        this.#put(talk.mark);
        break;
      case 'mark-removed':
        this.#take(talk.markId);
        break;
      case 'voice':
        model.setState({ peerVoice: talk });
        break;
      case 'streams':
        model.setState({
          peerStreams: { hasPerson: talk.person !== null, hasSecond: talk.second !== null },
        });
        break;
      case 'quality':
        model.setState({ peerQuality: talk });
        break;
      case 'still-refused':
        this.#session.stillTaking.refused(talk.stillId, talk.reason);
        break;
      default:
        break;
    }
  }

  chat(text: string): void {
    const line = { messageId: crypto.randomUUID(), text, sentAtUtc: new Date().toISOString() };
    this.#session.say({ kind: 'chat', ...line });
    this.#session.model.setState(({ chat }) => ({
      chat: [...chat, { messageId: line.messageId, text, atUtc: line.sentAtUtc, isOwn: true }].slice(
        -CHAT_LINES,
      ),
    }));
  }

  /** Draws a mark for both; said again with the same id while it grows. */
  draw(mark: Omit<Mark, 'by'>): void {
    const drawn: Mark = { ...mark, by: this.#session.party === 'bench' ? 'bench' : 'pathologist' };
    this.#put(drawn);
    this.#session.say({ kind: 'mark', mark: drawn });
  }

  erase(markId: string): void {
    this.#take(markId);
    this.#session.say({ kind: 'mark-removed', markId });
  }

  eraseAll(): void {
    for (const { markId } of this.#session.model.getState().marks) this.erase(markId);
  }

  point(atUm: PointUm | null): void {
    const nowMs = performance.now();
    if (atUm && nowMs - this.#pointerSaidAtMs < POINTER_INTERVAL_MS) return;
    this.#pointerSaidAtMs = nowMs;
    this.#session.say({ kind: 'pointer', atUm });
  }

  #put(mark: Mark): void {
    this.#session.model.setState(({ marks }) => {
      const index = marks.findIndex(({ markId }) => markId === mark.markId);
      return { marks: index < 0 ? [...marks, mark].slice(-MARKS) : marks.with(index, mark) };
    });
  }

  #take(markId: string): void {
    this.#session.model.setState(({ marks }) => ({ marks: marks.filter((mark) => mark.markId !== markId) }));
  }
}
