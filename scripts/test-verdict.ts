/** What jest's JSON report says, as far as the verdict needs it. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      /** `pending` for a test that was skipped. */
      readonly status: string;
      /** The names of the `describe`s around it. */
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

export interface RunOutcome {
  readonly report: JestReport;
  /** Of jest. */
  readonly exitCode: number;
  /** How many tokens and keys stand in the output, of so many issued. */
  readonly leaks: number;
  readonly issued: number;
  /** A run that may leave nothing out. */
  readonly ci: boolean;
}

/** Two runs of jest as one (pure). */
export function joined(one: JestReport, other: JestReport): JestReport {
  return {
    numPassedTests: one.numPassedTests + other.numPassedTests,
    numFailedTests: one.numFailedTests + other.numFailedTests,
    numRuntimeErrorTestSuites: one.numRuntimeErrorTestSuites + other.numRuntimeErrorTestSuites,
    testResults: [...one.testResults, ...other.testResults],
  };
}

/** What a run comes to. */
export interface Verdict {
  readonly green: boolean;
  /** Numbers of tests; the search for leaks is one more. */
  readonly passed: number;
  readonly failed: number;
  /** For a person, to be printed last. */
  readonly lines: readonly string[];
}

/** Judges a run of all tests (pure). A skipped test counts as failed in CI, and as nothing elsewhere. */
export function verdictOf({ report, exitCode, leaks, issued, ci }: RunOutcome): Verdict {
  const reasons = skipReasons(report);
  const failed =
    report.numFailedTests +
    report.numRuntimeErrorTestSuites +
    (leaks > 0 ? 1 : 0) +
    (ci ? reasons.length : 0);
  const found = leaks > 0 ? `LEAKED: ${leaks} stand in it` : 'none stands in it';
  return {
    green: exitCode === 0 && failed === 0,
    passed: report.numPassedTests + (leaks > 0 ? 0 : 1),
    failed,
    lines: [
      `searched all output for the ${issued} tokens and keys that were issued: ${found}`,
      ...skipLines(reasons, ci),
    ],
  };
}

/** Of tests whose names give no reason. */
const UNSAID = 'left out by -t, test.skip or test.only';

/** One reason for each skipped test: what `describeOnNode` and its like write into the name. */
function skipReasons({ testResults }: JestReport): readonly string[] {
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'pending')
    .map(({ ancestorTitles }) => /\(skipped: (.*)\)$/m.exec(ancestorTitles.join('\n'))?.[1] ?? UNSAID);
}

function skipLines(reasons: readonly string[], ci: boolean): readonly string[] {
  if (reasons.length === 0) return [];
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const effect = ci ? 'CI=true counts each as failed' : 'no failure here, but one each where CI=true';
  return [
    `SKIPPED tests: ${reasons.length} (${effect})`,
    ...[...counts].map(([reason, count]) => `  ${count}: ${reason}`),
  ];
}
