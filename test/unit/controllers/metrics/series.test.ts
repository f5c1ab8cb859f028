import { beforeAll, expect, test } from '@jest/globals';
import { findingsOf } from '../../../../src/controllers/metrics/image-rows.ts';
import { CALL_RESULTS } from '../../../../src/ecr/observe-calls.ts';
import { createController } from '../../../../src/runtime/controller.ts';
import { NAMESPACES } from '../../../../src/runtime/resource.ts';
import { readPage, rowsOf } from '../../docs/markdown.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { clusterPullSecret, namespace, pullSecret, registry, repository, stored } from '../objects.ts';
import { demanded, login, secret } from '../pull-secret/pull-objects.ts';
import { type Shown, shownOf } from './shown.ts';

/** What the bounds of metrics.md are made of. */
const SIZES: Readonly<Record<string, number>> = { R: 10, S: 3, C: 18, K: 12, O: 60, Q: 110 };
/** What metrics.md promises for a cluster like this. */
const MOST_SERIES = 4_000;
const [NAMESPACE_COUNT, REPOSITORY_COUNT] = [5_000, 2_000];

const failed = (reason: string) => ({
  conditions: [
    { type: 'Ready', status: 'False', reason, message: '', lastTransitionTime: '2025-01-01T00:00:00Z' },
  ] as const,
});

const numbers = (count = 0): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** A large cluster, in which tenants name thousands of Registries that are not there. */
function large(): Shown {
  const names = numbers(NAMESPACE_COUNT).map((index) => `ns-${index}`);
  const one = shownOf(
    {
      registries: numbers(SIZES['R']).map((index) => registry(`r-${index}`, { region: `us-east-${index}` })),
      namespaces: names.map((name) => namespace(name)),
      clusterPullSecrets: numbers(SIZES['S']).map((index) =>
        clusterPullSecret(`c-${index}`, { registries: [{ name: `r-${index}` }] }),
      ),
      pullSecrets: names.map((name, index) =>
        pullSecret(
          name,
          { secretName: 'mine', registries: [{ name: index % 2 ? name : `r-${index % 10}` }] },
          { namespace: name },
        ),
      ),
      secretNames: ['ecr-pull', 'mine'],
      secrets: names.map((name, index) => {
        const of = `r-${index % 10}`;
        const logins = [login({ id: `${of}|`, login: of })];
        return secret({ name: 'mine', namespace: name, holder: `PullSecret/${name}`, logins });
      }),
      repositories: numbers(REPOSITORY_COUNT).map((index) => ({
        ...repository({ registryRef: { name: `r-${index % 10}` } }, { name: `repo-${index}` }),
        status: { ...failed(`Reason${index % 30}`), imageCount: 5, sizeBytes: 5 },
        findings:
          findingsOf([{ digest: '', scan: { status: '', findings: { [`S${index}`]: 1, HIGH: 2 } } }]) ?? {},
      })),
    },
    true,
  );
  demanded(one.world);
  for (const id of one.world.demand.ids())
    one.world.tokens.set(id, { failure: { reason: 'RegistryNotFound', message: '' } });
  return one;
}

function work({ metrics, counters }: Shown): void {
  for (const index of numbers(SIZES['C'])) {
    const options = { sources: [], reconcile: async () => ({}), workers: 1 };
    metrics.watchController(
      createController({ name: `c-${index}`, ...options, clock: createFakeClock(), log: recordedLog() }),
    );
  }
  metrics.watchInformers(
    numbers(SIZES['K']).map((index) => ({
      lister: stored<unknown>([], String),
      resource: { ...NAMESPACES, kind: `Kind${index}` } as typeof NAMESPACES,
    })),
  );
  for (const index of numbers(SIZES['R'])) {
    counters.issued(`r-${index}`);
    const place = { accountId: '123456789012', region: `us-east-${index}` };
    for (const operation of numbers(SIZES['O']))
      for (const result of CALL_RESULTS)
        counters.awsCall({ service: 'ecr', operation: `Op${operation}`, result, seconds: 1, place });
  }
  for (const name of numbers(NAMESPACE_COUNT)) counters.notIssued(`ns-${name}`, 'RegistryNotFound');
}

// A large cluster is not made in a moment, least of all on a busy machine.
const PATIENCE_MS = 60_000;
let one: Shown;

beforeAll(() => {
  one = large();
  work(one);
}, PATIENCE_MS);

test(
  'with 5,000 namespaces and 2,000 Repositories no metric has more series than metrics.md says',
  async () => {
    const text = await one.metrics.text();
    const rows = rowsOf(await readPage('docs/spec/metrics.md'));
    const bounds = new Map(
      rows.map(([name = '', type, , bound = '']) => [name.replaceAll('`', ''), { type, bound }]),
    );
    const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
    const counts = Map.groupBy(lines, (line) => familyOf(line, bounds));
    const tooMany = [...counts].filter(([name, { length }]) => length > evaluated(bounds.get(name)?.bound));
    expect(tooMany.map(([name, { length }]) => [name, length])).toEqual([]);
    // Five Registries, and one name for all those that are not there.
    expect(counts.get('ecr_operator_tokens_failing')?.length).toBe(6);
    expect(lines.length).toBeLessThan(MOST_SERIES);
  },
  PATIENCE_MS,
);

test(
  'a scrape of them takes no longer than a moment',
  async () => {
    await one.metrics.text();
    const before = process.cpuUsage();
    await one.metrics.text();
    const { user, system } = process.cpuUsage(before);
    // In µs.
    expect(user + system).toBeLessThan(1_000_000);
  },
  PATIENCE_MS,
);

function familyOf(
  line: string,
  families: ReadonlyMap<string, { readonly type: string | undefined }>,
): string {
  const name = line.split(/[{ ]/)[0] ?? '';
  if (families.has(name)) return name;
  const histogram = name.replace(/_(bucket|sum|count)$/, '');
  return families.get(histogram)?.type === 'histogram' ? histogram : `unknown: ${name}`;
}

/** `8 R`, `R × Q`, `3 S + 3`; no bound is a bound of nothing. */
function evaluated(bound = ''): number {
  const factor = (word: string): number => SIZES[word] ?? Number(word);
  const product = (term: string): number =>
    term
      .split(/[ ×]+/)
      .filter(Boolean)
      .reduce((value, word) => value * factor(word), 1);
  return bound === '' ? 0 : bound.split('+').reduce((sum, term) => sum + product(term), 0);
}
