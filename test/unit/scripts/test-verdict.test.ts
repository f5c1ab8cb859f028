import { describe, expect, test } from '@jest/globals';
import { type JestReport, joined, type RunOutcome, verdictOf } from '../../../scripts/test-verdict.ts';

const NO_ROOT = 'a node needs setpriv (util-linux): not found';

/** A report with three tests that passed, and one that was skipped for each list of names around it. */
function report(skipped: readonly (readonly string[])[], counts: Partial<JestReport> = {}): JestReport {
  const passed = [1, 2, 3].map(() => ({ status: 'passed', ancestorTitles: ['fine (skipped: never)'] }));
  const pending = skipped.map((ancestorTitles) => ({ status: 'pending', ancestorTitles }));
  return {
    numPassedTests: 3,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    testResults: [{ assertionResults: passed }, { assertionResults: pending }],
    ...counts,
  };
}

function judged(outcome: Partial<RunOutcome>) {
  return verdictOf({ report: report([]), exitCode: 0, leaks: 0, issued: 7, ci: false, ...outcome });
}

const skips = report([
  [`a node (skipped: ${NO_ROOT})`],
  [`a node (skipped: ${NO_ROOT})`, 'inner'],
  ['other'],
]);

describe('a run that left tests out', () => {
  test('stays green outside of CI, and says at its end how many and why', () => {
    const { lines, ...verdict } = judged({ report: skips });
    expect(verdict).toEqual({ green: true, passed: 4, failed: 0 });
    expect(lines.slice(-3)).toEqual([
      'SKIPPED tests: 3 (no failure here, but one each where CI=true)',
      `  2: ${NO_ROOT}`,
      '  1: left out by -t, test.skip or test.only',
    ]);
  });

  test('is red in CI: each of them counts as failed, and the reasons are the same', () => {
    const { lines, ...verdict } = judged({ report: skips, ci: true });
    expect(verdict).toEqual({ green: false, passed: 4, failed: 3 });
    expect(lines.slice(-3, -1)).toEqual([
      'SKIPPED tests: 3 (CI=true counts each as failed)',
      `  2: ${NO_ROOT}`,
    ]);
  });
});

test.each([true, false])('a run without skipped tests says nothing of them (CI: %s)', (ci) => {
  expect(judged({ ci })).toEqual({
    green: true,
    passed: 4,
    failed: 0,
    lines: ['searched all output for the 7 tokens and keys that were issued: none stands in it'],
  });
});

test.each<[string, Partial<RunOutcome>, number, number]>([
  ['a test that failed', { report: report([], { numFailedTests: 2 }), exitCode: 1 }, 4, 2],
  ['a file that did not load', { report: report([], { numRuntimeErrorTestSuites: 1 }), exitCode: 1 }, 4, 1],
  ['a token in the output', { leaks: 2 }, 3, 1],
  ['jest that ended badly', { exitCode: 1 }, 4, 0],
])('%s makes a run red everywhere', (_, outcome, passed, failed) => {
  for (const ci of [true, false])
    expect(judged({ ...outcome, ci })).toMatchObject({ green: false, passed, failed });
});

test('a leak is said in capitals', () => {
  expect(judged({ leaks: 2 }).lines[0]).toContain(
    '7 tokens and keys that were issued: LEAKED: 2 stand in it',
  );
});

test('two runs are judged as one: what fails in the second counts', () => {
  const second = report([], { numPassedTests: 1, numFailedTests: 2 });
  const { lines: _, ...verdict } = judged({ report: joined(skips, second), exitCode: 1 });
  expect(verdict).toEqual({ green: false, passed: 5, failed: 2 });
  expect(joined(skips, second).testResults).toHaveLength(4);
});
