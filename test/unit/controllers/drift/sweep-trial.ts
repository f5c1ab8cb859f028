import type { Registry } from '../../../../src/api/registry.generated.ts';
import type { Repository } from '../../../../src/api/repository.generated.ts';
import { type Compare, compareRepository } from '../../../../src/controllers/drift/compare-repository.ts';
import { createDriftChecks } from '../../../../src/controllers/drift/drift-checks.ts';
import { sweepRegistry } from '../../../../src/controllers/drift/sweep-registry.ts';
import { createSweeps } from '../../../../src/controllers/drift/sweeps.ts';
import type { RegistryAccess } from '../../../../src/controllers/registry-access.ts';
import type { LiveRepository } from '../../../../src/ecr/ecr-api.ts';
import { keyOf } from '../../../../src/runtime/key.ts';
import { NOW, registry, repository, stored } from '../objects.ts';

/** The status of one that is Ready at its first generation. */
export const READY = {
  observedGeneration: 1,
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'Ready',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
} as const;

/** A Repository that was Ready at its first generation. */
export const settled = (name: string, spec: Parameters<typeof repository>[0] = {}, more = {}) =>
  repository(spec, { name, ...more }, READY);

const live = (name: string) => ({ name, arn: `arn/${name}` }) as LiveRepository;

/** What differs from one Registry without Repositories, of an ECR that has none. */
export interface Trial {
  readonly repositories?: readonly Repository[];
  readonly registries?: readonly Registry[];
  readonly listed?: readonly (readonly string[])[] | Error;
  readonly compare?: Compare;
}

/** Sweeps over caches that tests fill, of an ECR that lists these names. */
export function trial({ repositories = [], registries = [registry()], listed = [[]], compare }: Trial = {}) {
  const world = {
    registries: stored(registries, ({ metadata }) => metadata.name),
    repositories: stored(repositories, ({ metadata }) => keyOf(metadata)),
  };
  const queued: string[] = [];
  const woken: string[] = [];
  const ended: unknown[] = [];
  const undeclared: string[] = [];
  const compared: [string, string | undefined][] = [];
  const checks = createDriftChecks();
  let now = NOW;
  let lists = 0;
  const ecr = {
    async *listRepositories() {
      lists += 1;
      if (listed instanceof Error) throw listed;
      for (const page of listed) yield page.map(live);
    },
  };
  const access = {
    connect: async () => ({ lane: () => ecr }),
    writable: () => registries[0],
  } as unknown as RegistryAccess;
  const sweeps = createSweeps(({ registry: name, snapshot }, failure) => {
    ended.push([name, snapshot?.total, failure]);
    checks.set(name, { at: now, ...(failure === undefined ? {} : { failure }) });
  });
  const sweep = sweepRegistry({
    world,
    access,
    sweeps,
    checks,
    schedule: '0 * * * *',
    now: () => now,
    onUndeclared: (_, found) => undeclared.push(...found.map(({ name }) => name)),
    enqueue: (key) => queued.push(key),
    wake: (key) => woken.push(key),
  });
  const pass = compareRepository({
    repositories: world.repositories,
    access,
    sweeps,
    wake: (key) => woken.push(key),
    compare: async (object, on, found) => {
      compared.push([object.metadata.name, found?.arn]);
      return compare ? compare(object, on, found) : [];
    },
  });
  return {
    world,
    sweep,
    pass,
    sweeps,
    checks,
    queued,
    woken,
    ended,
    undeclared,
    compared,
    lists: () => lists,
    later: (ms: number) => {
      now += ms;
    },
  };
}
