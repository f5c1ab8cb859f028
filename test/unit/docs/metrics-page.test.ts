import { expect, test } from '@jest/globals';
import { registerWithin } from '../../../src/within.ts';
import { shownOf } from '../controllers/metrics/shown.ts';
import { readPage, rowsOf } from './markdown.ts';

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

test('the tables of metrics.md are what /metrics says of its metrics', async () => {
  const { metrics } = shownOf({}, true);
  metrics.watchInformers([]);
  registerWithin({ registries: { problems: () => [] }, reach: { closures: () => [] } }, metrics.registry);
  const families = (await metrics.registry.getMetricsAsJSON()) as unknown as readonly Family[];
  const labels = (name: string) =>
    (metrics.registry.getSingleMetric(name) as unknown as { readonly labelNames: readonly string[] })
      .labelNames;
  const wanted = families.map(({ name, type, help }) => [
    `\`${name}\``,
    type,
    labels(name)
      .map((label) => `\`${label}\``)
      .join(', ') || '–',
    help,
  ]);
  const shown = rowsOf(await readPage('docs/spec/metrics.md')).map(([name, type, of, , help]) => [
    name,
    type,
    of,
    help,
  ]);
  expect(sorted(shown)).toEqual(sorted(wanted));
});

function sorted(rows: readonly (readonly (string | undefined)[])[]): unknown[] {
  return [...rows].sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}
