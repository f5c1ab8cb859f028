import type { Registry, RegistryStatus } from '../../api/registry.generated.ts';
import type { Connections } from '../../ecr/connection.ts';
import { partitionOf, registryHost } from '../../ecr/partition.ts';
import { keyOf } from '../../runtime/key.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import type { World } from '../world.ts';

type Fields = Omit<RegistryStatus, keyof BaseStatus>;

/** Ready of a Registry is: AWS takes us for who the Registry says. */
export const REGISTRY_DEPENDENTS = ['Connected'] as const;

/** Just behind the time for which a connection remembers who it is. */
const VERIFY_EVERY_MS = 3_600_000;

/** Shows a Registry who it is at AWS, and keeps it while others refer to it. */
export function registryReconciler(world: World, connections: Connections): Reconciler<Registry, Fields> {
  return {
    async reconcile(registry) {
      const { arn } = await connections.to(registry.spec).verify();
      const identity = withoutSession(arn);
      const message = `AWS knows this operator as ${identity}`;
      return {
        status: statusOf(registry, identity, world),
        conditions: [{ type: 'Connected', status: 'True', reason: 'Verified', message }],
        requeueAfterMs: VERIFY_EVERY_MS,
      };
    },
    async finalize(registry) {
      const referrers = referrersOf(registry.metadata.name, world);
      return referrers.length === 0 ? 'released' : inUse(registry, referrers);
    },
  };
}

/** The sessions of a role have names that change by the hour, with nothing else. */
function withoutSession(arn: string): string {
  return arn.replace(/(:assumed-role\/[^/]+)\/.*$/, '$1');
}

function statusOf({ metadata, spec }: Registry, identity: string, world: World): Fields {
  const { accountId, region } = spec;
  let managed = 0;
  for (const repository of world.repositories.values()) {
    if (repository.spec.registryRef.name === metadata.name && repository.status?.arn !== undefined)
      managed += 1;
  }
  return {
    accountId,
    identity,
    registryUri: registryHost(spec),
    arn: `arn:${partitionOf(region).id}:ecr:${region}:${accountId}`,
    repositories: { managed },
  };
}

/** What refers to a Registry, as `kind namespace/name`. */
function referrersOf(name: string, world: World): string[] {
  const found: string[] = [];
  for (const { spec, metadata } of world.repositories.values()) {
    if (spec.registryRef.name === name) found.push(`Repository ${keyOf(metadata)}`);
  }
  for (const { spec, metadata } of world.clusterPullSecrets.values()) {
    if (spec.registries.some((ref) => ref.name === name)) found.push(`ClusterPullSecret ${keyOf(metadata)}`);
  }
  for (const { spec, metadata } of world.pullSecrets.values()) {
    if (spec.registries.some((ref) => ref.name === name)) found.push(`PullSecret ${keyOf(metadata)}`);
  }
  return found.sort();
}

/** Referrers named in the condition; the others are counted. */
const MOST_NAMED = 10;

function inUse({ status }: Registry, referrers: readonly string[]): Outcome<Fields> {
  const named = referrers.slice(0, MOST_NAMED).join(', ');
  const more = referrers.length > MOST_NAMED ? ` and ${referrers.length - MOST_NAMED} more` : '';
  const { observedGeneration: _, conditions: __, ...fields } = status ?? {};
  return {
    status: fields,
    conditions: [
      {
        type: 'Connected',
        status: 'False',
        reason: 'InUse',
        message: `the deletion waits for what refers to this Registry: ${named}${more}`,
      },
    ],
  };
}
