import { problemCodes } from '#shared/domain/problem.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { i18n } from './index.ts';

/** The sentence for a call that failed: what happened, what is safe, what to do. */
export function errorText(error: unknown): string {
  if (!(error instanceof RpcError)) return i18n.t('errors:internal', { reference: '—' });
  const problem = problemCodes.find((code) => code === error.problem);
  if (problem) return i18n.t(`problem:${problem}`);
  return i18n.t(`errors:${error.code}`, { reference: error.reference ?? '—' });
}
