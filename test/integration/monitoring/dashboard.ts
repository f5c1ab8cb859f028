import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prometheus, Range, RangeSeries } from '../../lab/prometheus.ts';
import { ROOT } from '../../unit/docs/markdown.ts';

export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
}

/** A panel of Grafana, as far as it is read here. */
export interface Panel {
  readonly id: number;
  readonly type: 'row' | 'timeseries' | 'stat';
  readonly title: string;
  readonly gridPos: GridPosition;
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
}

export interface Dashboard {
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

/** A panel with what Prometheus answered to each of its queries. */
export interface AnsweredPanel extends Panel {
  readonly answers: readonly { readonly target: Target; readonly series: readonly RangeSeries[] }[];
}

/** The shipped dashboard. */
export async function readDashboard(): Promise<Dashboard> {
  return JSON.parse(await readFile(join(ROOT, 'deploy/monitoring/dashboard.json'), 'utf8')) as Dashboard;
}

/** An expression with what Grafana would put into it. */
export function filledIn(expr: string): string {
  const chosen = { $__rate_interval: '5m', $cluster: '.*', $namespace: 'ecr-operator', $job: 'ecr-operator' };
  return Object.entries(chosen).reduce((text, [name, value]) => text.replaceAll(name, value), expr);
}

/** Every panel, with the answers to its queries over a range. */
export async function answered(
  { panels }: Dashboard,
  prometheus: Prometheus,
  range: Range,
): Promise<AnsweredPanel[]> {
  const all: AnsweredPanel[] = [];
  for (const panel of panels) {
    const answers = [];
    for (const target of panel.targets ?? [])
      answers.push({ target, series: await prometheus.queryRange(filledIn(target.expr), range) });
    all.push({ ...panel, answers });
  }
  return all;
}
