import { existsSync, readFileSync } from 'node:fs';

export type Language = 'ja' | 'en';

type Texts = Readonly<Record<string, string>>;

function load(language: Language, namespace: string): Texts {
  const file = new URL(`../../resources/locales/${language}/${namespace}.json`, import.meta.url);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Texts) : {};
}

export interface Sentences {
  /** What the tools say about their work. */
  command(key: string, values?: Readonly<Record<string, string | number>>): string;
  /** Why nothing works. */
  problem(code: string): string;
  /** Why one file was not taken. */
  refusal(code: string): string;
}

/** The sentences of one language; files are read when first needed, because most runs need few. */
export function createSentences(language: Language): Sentences {
  const loaded = new Map<string, Texts>();
  const look = (namespace: string, key: string): string => {
    const texts = loaded.get(namespace) ?? load(language, namespace);
    loaded.set(namespace, texts);
    return texts[key] ?? key;
  };
  return {
    command: (key, values = {}) =>
      look('command', key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? '')),
    problem: (code) => look('problem', code),
    refusal: (code) => look('refusal', code),
  };
}
