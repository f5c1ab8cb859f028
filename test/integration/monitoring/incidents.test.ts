import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { findLeaks } from '../../lab/leaks.ts';
import { type Prometheus, startPrometheus } from '../../lab/prometheus.ts';
import { metricsProblems, promtool } from '../../lab/promtool.ts';
import { temporaryFolder } from '../../lab/temporary-folder.ts';
import { ALERTS_FILE, alertRules } from './alert-rules.ts';
import { type AnsweredPanel, answered, readDashboard } from './dashboard.ts';
import { drawDashboard } from './draw-dashboard.ts';
import { type IncidentLab, startIncidentLab } from './incident-lab.ts';
import { goThrough, type Incident, settle } from './incidents.ts';

let lab: IncidentLab;
let incidents: readonly Incident[];
let calmUntil: number;
let calmMetrics: string;

const rules = await alertRules();

/** Processes here are far from any limit of memory; test/e2e/image/runs.test.ts has one that tells its own. */
const BY_PROMTOOL_ALONE = ['EcrOperatorMemoryNearLimit'];

beforeAll(async () => {
  lab = await startIncidentLab();
  await settle(lab);
  calmUntil = lab.record.length - 1;
  calmMetrics = lab.record.last('a:8080');
  incidents = await goThrough(lab);
}, 1_200_000);

afterAll(async () => {
  await lab?.stop();
}, 60_000);

test('the metrics of a running operator are as promtool wants them', async () => {
  expect(await metricsProblems(calmMetrics)).toBe('');
}, 60_000);

test('no label and no value holds a token', () => {
  expect(findLeaks(calmMetrics, lab.aws.issuedTokens())).toEqual([]);
});

test('there is a trouble for each alert, but for one', () => {
  const expected = incidents.flatMap(({ alerts }) => alerts);
  expect([...expected, ...BY_PROMTOOL_ALONE].toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

describe('by the real rules, over all that was scraped,', () => {
  test('nothing fires while all is well, each alert fires in its trouble, and clears after it', async () => {
    const used = new Set(rules.flatMap(({ expr }) => expr.match(/\b[a-z]+_[a-z0-9_]+\b/g) ?? []));
    const checks = [
      {
        expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: `${calmUntil}m`,
        exp_samples: [],
      },
      ...incidents.flatMap(({ alerts, troubled, over }) =>
        alerts.flatMap((alert) => [
          { expr: firing(alert), eval_time: `${troubled}m`, exp_samples: [{ labels: '{}', value: 1 }] },
          { expr: firing(alert), eval_time: `${over}m`, exp_samples: [] },
        ]),
      ),
    ];
    const input = lab.record.inputSeries((name) => used.has(name));
    const folder = await temporaryFolder('alerts');
    try {
      const file = join(folder.path, 'test.yaml');
      const tests = [{ interval: '1m', input_series: input, promql_expr_test: checks }];
      await writeFile(file, stringify({ rule_files: [ALERTS_FILE], evaluation_interval: '1m', tests }));
      const { code, stdout, stderr } = await promtool(['test', 'rules', file]);
      expect({ code, said: code === 0 ? '' : `${stdout}${stderr}` }).toEqual({ code: 0, said: '' });
    } finally {
      await folder.remove();
    }
  }, 180_000);
});

describe('by a real Prometheus with all that was scraped,', () => {
  let prometheus: Prometheus;
  let panels: readonly AnsweredPanel[];

  beforeAll(async () => {
    prometheus = await startPrometheus(lab.record.openMetrics());
    panels = await answered(await readDashboard(), prometheus, lab.record.range());
  }, 300_000);

  afterAll(async () => {
    await prometheus?.stop();
  }, 60_000);

  test('each query of the dashboard is answered with values', () => {
    const queries = panels.flatMap(({ title, answers }) =>
      answers.map(({ target, series }) => ({ title, expr: target.expr, series })),
    );
    const empty = queries.filter(({ series }) => !series.some(({ values }) => values.some(isNumber)));
    expect(empty.map(({ title, expr }) => `${title}: ${expr}`)).toEqual([]);
    expect(queries.length).toBeGreaterThan(30);
  });

  test('a picture of it can be drawn', () => {
    const svg = drawDashboard(panels);
    for (const { title } of panels) expect(svg).toContain(`>${title}</text>`);
    expect(svg.match(/<polyline /g)?.length).toBeGreaterThan(40);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

function isNumber([, value]: readonly [number, string]): boolean {
  return Number.isFinite(Number(value));
}

function firing(alert: string): string {
  return `count(count by (alertname) (ALERTS{alertname="${alert}", alertstate="firing"}))`;
}
