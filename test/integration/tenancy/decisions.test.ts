import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Labels } from '../../../src/runtime/label-selector.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type Rules, randomLabels, randomSelector } from '../../unit/ecr/random-tenancy.ts';
import {
  API_VERSION,
  type EcrLab,
  OWNER_TAG,
  type RepositoryObject,
  readyOf,
  startEcrLab,
} from '../repository/ecr-lab.ts';
import {
  ANSWERS,
  beyond,
  CLASSES,
  expected,
  LET_IN,
  NAMESPACES,
  REGIONS,
  rulesThatDiffer,
  samples,
  type Trial,
  trialsOf,
  WISHES,
} from './random-trials.ts';

jest.setTimeout(600_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** In turns of so many at once. */
async function inTurns<T>(
  items: readonly T[],
  task: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < items.length; start += 20) {
    await Promise.all(items.slice(start, start + 20).map((item, index) => task(item, start + index)));
  }
}

/** Not yet, while a cache lags behind. */
function isDecided(object: RepositoryObject): boolean {
  const { reason } = readyOf(object);
  return reason !== undefined && !/^(Registry|Class)NotFound$|^NamespaceNotSeen$/.test(reason);
}

interface Decided {
  readonly trial: Trial & {
    readonly registry: number;
    readonly labels: Labels;
    readonly rules: Rules | undefined;
  };
  readonly is: string;
  readonly shouldBe: string;
}

/** Makes everything, and waits until the operator has decided over all of it. */
async function decisions(): Promise<Decided[]> {
  const labels = samples(randomLabels, NAMESPACES);
  const rules = rulesThatDiffer(labels);
  const sharesFor = samples(fc.option(randomSelector, { nil: undefined }), CLASSES);
  const trials = REGIONS.flatMap((_, registry) =>
    trialsOf(registry).map((one) => ({
      ...one,
      registry,
      labels: labels[one.namespace] ?? {},
      rules: rules[registry],
    })),
  );
  await Promise.all([
    ...labels.map((one, index) => lab.namespace(`n${index}`, one)),
    ...sharesFor.map((one, index) =>
      lab.repositoryClass(`c${index}`, { grants: beyond, ...(one ? { sharesFor: one } : {}) }),
    ),
    ...REGIONS.map((region, index) =>
      lab.registry(`r${index}`, { region, ...(rules[index] ? { tenancy: { rules: rules[index] } } : {}) }),
    ),
  ]);
  for (const { registry, name, held } of trials) {
    const tags = new Map(held === 'another’s' ? [[OWNER_TAG, 'x/y/z']] : []);
    if (held !== 'nothing') heldIn(registry).addRepository(name, { tags });
  }
  await inTurns(trials, make);
  const settled = await waitFor(
    () => lab.admin.list<RepositoryObject>({ apiVersion: API_VERSION, kind: 'Repository' }),
    {
      what: 'all to be decided',
      until: (all) => all.every(isDecided),
      timeoutMs: 180_000,
    },
  );
  const reasons = new Map(settled.map((one) => [one.metadata.name, readyOf(one).reason]));
  return trials.map((one, index) => {
    const of = one.className === undefined ? undefined : sharesFor[one.className];
    const is = reasons.get(`t${index}`) ?? '';
    return {
      trial: one,
      is: is === 'Ready' || is === 'DriftObserved' ? LET_IN : is,
      shouldBe: expected(one, { rules: one.rules, labels: one.labels, sharesFor: of }),
    };
  });
}

const heldIn = (registry: number) => lab.aws.as(ACCOUNT, REGIONS[registry] ?? '');

function make(one: Decided['trial'], index: number): Promise<RepositoryObject> {
  return lab.repository(`n${one.namespace}`, `t${index}`, {
    registryRef: { name: `r${one.registry}` },
    name: one.name,
    adoption: one.adoption,
    ...(one.observes ? { mode: 'Observe' } : {}),
    ...(one.className === undefined ? {} : { className: `c${one.className}` }),
    ...WISHES[one.wish],
  });
}

test('a thousand decisions of a running operator are those of the oracle', async () => {
  const all = await decisions();
  expect(all.length).toBe(1_000);
  expect(all.filter(({ is, shouldBe }) => is !== shouldBe).slice(0, 5)).toEqual([]);
  // Each answer came often enough to say something.
  const counts = ANSWERS.map((answer) => all.filter(({ shouldBe }) => shouldBe === answer).length);
  expect(counts.filter((count) => count < 10)).toEqual([]);
  // Whatever was not let in has nothing made for it, nor anything changed.
  for (const { trial: one, shouldBe } of all) {
    const found = heldIn(one.registry).repository(one.name);
    const isOurs = found?.tags.get(OWNER_TAG)?.startsWith(`${lab.cluster}/`) ?? false;
    expect([one, isOurs]).toEqual([one, shouldBe === LET_IN && !one.observes]);
    if (!isOurs) expect([one, found !== undefined]).toEqual([one, one.held !== 'nothing']);
  }
});
