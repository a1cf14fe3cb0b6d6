import { storageProblem } from '#backend/database/storage-problem.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { createSentences } from './sentences.ts';
import type { Language, Sentences } from './sentences.ts';

/** Exit codes of all command-line tools. */
export const exitCodes = {
  done: 0,
  couldNotWork: 1,
  /** Done, but something needs a person's attention: files refused, damage found. */
  withFindings: 2,
  /** As a shell counts Ctrl-C. */
  cancelled: 130,
} as const;

export const languageOption = { lang: { type: 'string', default: 'ja' } } as const;

export function languageOf(lang: string): Language {
  return lang === 'en' ? 'en' : 'ja';
}

/** Runs one tool to its end; whatever stops it is said in a sentence on stderr. */
export async function runCommand(
  lang: string,
  work: (sentences: Sentences) => Promise<number>,
): Promise<void> {
  const sentences = createSentences(languageOf(lang));
  try {
    process.exitCode = await work(sentences);
  } catch (error) {
    process.stderr.write(`${describe(error, sentences)}\n`);
    process.exitCode = exitCodes.couldNotWork;
  }
}

function describe(error: unknown, sentences: Sentences): string {
  const problem = storageProblem(error);
  if (problem) return `${sentences.problem(problem.code)} [${problem.code}: ${problem.detail}]`;
  if (error instanceof RpcError) return `${sentences.problem('internal')} [${error.code}: ${error.message}]`;
  return `${sentences.problem('internal')} [${error instanceof Error ? error.message : String(error)}]`;
}
