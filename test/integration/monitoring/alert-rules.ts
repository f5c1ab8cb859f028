import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../../unit/docs/markdown.ts';

export const ALERTS_FILE = join(ROOT, 'deploy/monitoring/alerts.yaml');

/** One rule of the shipped file. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The shipped alerts, in their order. */
export async function alertRules(): Promise<readonly AlertRule[]> {
  const { groups } = parse(await readFile(ALERTS_FILE, 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}
