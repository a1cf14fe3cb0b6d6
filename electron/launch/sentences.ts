import en from '#resources/locales/en/shell.json' with { type: 'json' };
import ja from '#resources/locales/ja/shell.json' with { type: 'json' };
import type { StartFailure } from '#shared/contract/launch.ts';

export type SentenceKey = Exclude<keyof typeof ja, 'failures' | 'holder' | 'unknown-holder'>;
export type Values = Readonly<Record<string, string | number>>;

const fill = (text: string, values: Values) =>
  text.replace(/\{\{(\w+)\}\}/g, (_match, name: string) => String(values[name] ?? ''));

/** A sentence in Japanese and, on the next line, in English. */
export function sentence(key: SentenceKey, values: Values = {}): string {
  return `${fill(ja[key], values)}\n${fill(en[key], values)}`;
}

/** Says it on stderr: stdout belongs to programs that read the ready line. */
export function say(key: SentenceKey, values: Values = {}): void {
  process.stderr.write(`${sentence(key, values)}\n`);
}

export function failureSentence(failure: StartFailure, values: Values): string {
  const code = (failure.code in ja.failures ? failure.code : 'internal') as keyof typeof ja.failures;
  const inLanguage = (texts: typeof ja) =>
    fill(texts.failures[code], {
      detail: failure.detail,
      ...values,
      holder: fill(failure.holderPid === undefined ? texts['unknown-holder'] : texts.holder, {
        pid: failure.holderPid ?? '',
      }),
    });
  return `${inLanguage(ja)}\n${inLanguage(en)}`;
}
