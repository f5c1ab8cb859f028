import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { binaryPath } from '../../lab/binaries.ts';
import { promtool } from '../../lab/promtool.ts';
import { ALERTS_FILE, alertRules } from './alert-rules.ts';

const TESTS_FILE = join(import.meta.dirname, 'alerts.test.yaml');
const RUNBOOK = 'https://github.com/ecr-operator/ecr-operator/blob/main/docs/runbook.md#';

/** promtool may have to be built first. */
const PATIENCE_MS = 600_000;

interface AlertTest {
  readonly name: string;
  readonly promql_expr_test: readonly {
    readonly eval_time: string;
    readonly exp_samples: readonly { readonly labels: string }[];
  }[];
}

const rules = await alertRules();
const names = rules.map(({ alert }) => alert);
const { tests } = parse(await readFile(TESTS_FILE, 'utf8')) as { readonly tests: readonly AlertTest[] };

beforeAll(async () => {
  await binaryPath('promtool');
}, PATIENCE_MS);

test(
  'promtool takes the rule file',
  async () => {
    expect(await promtool(['check', 'rules', '--lint=all', '--lint-fatal', ALERTS_FILE])).toMatchObject({
      code: 0,
    });
  },
  PATIENCE_MS,
);

test(
  'each alert fires and clears where it should, and nowhere else',
  async () => {
    const { code, stdout, stderr } = await promtool(['test', 'rules', TESTS_FILE]);
    expect({ code, said: code === 0 ? '' : `${stdout}${stderr}` }).toEqual({ code: 0, said: '' });
  },
  PATIENCE_MS,
);

describe('the tests', () => {
  test.each(names)('let %s fire and then clear', (name) => {
    const clears = tests.some(({ promql_expr_test: moments }) => {
      const fired = moments.findIndex((moment) => firing(moment).includes(name));
      return fired > 0 && moments.slice(fired).some((moment) => !firing(moment).includes(name));
    });
    expect(clears).toBe(true);
  });

  test('know no alert that is not there', () => {
    const fired = tests.flatMap(({ promql_expr_test: moments }) => moments.flatMap(firing));
    expect(new Set(fired)).toEqual(new Set(names));
  });

  test.each(['a healthy operator', 'one failed scrape', 'a rolling update'])(
    'hold that nothing fires in %s',
    (what) => {
      const quiet = tests.find(({ name }) => name.startsWith(what));
      expect(quiet?.promql_expr_test.length).toBeGreaterThan(5);
      expect(quiet?.promql_expr_test.flatMap(firing)).toEqual([]);
    },
  );
});

describe.each(rules)('$alert', ({ alert, labels, annotations }) => {
  test('says how grave it is, what happened, who can mend it, and where to read on', () => {
    expect(labels).toEqual({ severity: expect.stringMatching(/^(critical|warning)$/) });
    expect(annotations).toEqual({
      summary: expect.stringMatching(/^\S.*\.$/),
      description: expect.stringMatching(/who can mend it|can mend it/),
      runbook_url: `${RUNBOOK}${alert.toLowerCase()}`,
    });
  });
});

function firing({ exp_samples: samples }: AlertTest['promql_expr_test'][number]): string[] {
  return samples.map(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1] ?? '');
}
