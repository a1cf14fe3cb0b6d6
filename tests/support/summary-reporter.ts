import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Ends every run with what was skipped and why, and one plain line. A test skipped without a reason fails the run. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const skipped = inState('skipped');
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    if (skipped.length > 0) console.log('\nSkipped:');
    for (const test of skipped) {
      console.log(`  ${test.fullName}: ${reasonOf(test) ?? 'NO REASON GIVEN'}`);
      if (reasonOf(test) === undefined) process.exitCode = 1;
    }
    const failed = inState('failed').length + brokenModules;
    const skippedText = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
    console.log(`\n${inState('passed').length} passed, ${failed} failed${skippedText}`);
  }
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}
