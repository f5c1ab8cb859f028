import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { LIFECYCLE } from '../repository/documents.ts';
import { type RepositoryObject, readyOf, repositoryManifest } from '../repository/ecr-lab.ts';
import { inParallel, type SweepLab, startSweepLab } from './sweep-lab.ts';

const NAMESPACE = 'crowd';
const DECLARED = 300;
const OTHERS = 3_000;
const SETTINGS = { registryRef: { name: 'open' }, lifecycle: { document: LIFECYCLE } } as const;

jest.setTimeout(400_000);

let lab: SweepLab;

beforeAll(async () => {
  lab = await startSweepLab();
  await lab.namespace(NAMESPACE);
  for (let index = 0; index < OTHERS; index += 1) lab.ecr.addRepository(`others/${index}`);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const isReady = (object: RepositoryObject | undefined) =>
  object?.status?.observedGeneration === object?.metadata.generation && readyOf(object).status === 'True';

/** From its creation to Ready (ms). */
async function arrival(name: string): Promise<number> {
  const started = performance.now();
  const object = await lab.repository(NAMESPACE, name, SETTINGS);
  await waitFor(() => lab.admin.get<RepositoryObject>(object), {
    what: `${name} to be Ready`,
    until: isReady,
    intervalMs: 10,
  });
  return performance.now() - started;
}

/** One after the other. */
async function arrivals(...names: readonly string[]): Promise<readonly number[]> {
  const times: number[] = [];
  for (const name of names) times.push(await arrival(name));
  return times;
}

function middleOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

test('a user’s new Repository is Ready in under a second while a sweep of thousands runs', async () => {
  const names = Array.from({ length: DECLARED }, (_, index) => `declared-${index}`);
  await inParallel(names, (name) => lab.admin.create(repositoryManifest(NAMESPACE, name, SETTINGS)));
  const kind = { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'Repository', namespace: NAMESPACE };
  await waitFor(() => lab.admin.list<RepositoryObject>(kind), {
    what: `${DECLARED} Repositories`,
    until: (all) => all.length === DECLARED && all.every(isReady),
    timeoutMs: 240_000,
    intervalMs: 500,
  });
  lab.aws.latencyMs = 20;
  const quiet = middleOf(await arrivals('first', 'second', 'third'));
  lab.aws.actions.clear();
  const { over } = await lab.beginSweep();
  await waitFor(() => lab.aws.actions.count('ecr:ListTagsForResource') > 20, { what: 'the sweep to run' });
  const times = await arrivals('one', 'two', 'three', 'four', 'five');
  const compared = lab.aws.actions.count('ecr:GetLifecyclePolicy');
  // It was still under way, with a good part of its way before it.
  expect(compared).toBeLessThan(DECLARED);
  await over();
  expect(lab.aws.actions.count('ecr:GetLifecyclePolicy')).toBeGreaterThanOrEqual(DECLARED);
  const shown = times.map((ms) => `${ms.toFixed(0)} ms`).join(', ');
  process.stdout.write(`new Repositories during a sweep of ${DECLARED}: ${shown}\n`);
  // A machine that is busy with other things needs longer than a second without any sweep.
  expect(middleOf(times)).toBeLessThan(Math.max(1_000, 3 * quiet));
});
