export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason?: string | undefined }[];
}

/**
 * Prints what was skipped and why, and one plain line. False if anything failed; a test that was
 * skipped without a reason has failed, because nobody can know that it should have run.
 */
export function printSummary({ passed, failed, skipped }: Summary): boolean {
  const unexplained = skipped.filter(({ reason }) => reason === undefined);
  const explained = skipped.filter(({ reason }) => reason !== undefined);
  if (explained.length > 0) console.log('\nSkipped:');
  for (const [reason, names] of byReason(explained)) {
    console.log(`  ${reason}: ${names.length === 1 ? names[0] : `${names.length} tests`}`);
  }
  for (const { name } of unexplained) console.log(`  FAILED, skipped without a reason: ${name}`);
  const failedInAll = failed + unexplained.length;
  const skippedText = explained.length > 0 ? `, ${explained.length} skipped` : '';
  console.log(`\n${passed} passed, ${failedInAll} failed${skippedText}`);
  return failedInAll === 0 && passed > 0;
}

function byReason(skipped: Summary['skipped']): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, reason = '' } of skipped) groups.set(reason, [...(groups.get(reason) ?? []), name]);
  return groups;
}
