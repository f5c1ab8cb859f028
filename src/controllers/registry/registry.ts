import {
  CLUSTER_PULL_SECRETS,
  PUBLIC_REPOSITORIES,
  PULL_SECRETS,
  PULL_THROUGH_CACHE_RULES,
  REPOSITORIES,
  REPOSITORY_CLASSES,
  REPOSITORY_CREATION_TEMPLATES,
} from '../../api/names.ts';
import type { Registry, RegistryStatus } from '../../api/registry.generated.ts';
import type { Connections } from '../../ecr/connection.ts';
import { partitionOf, registryHost } from '../../ecr/partition.ts';
import { keyOf } from '../../runtime/key.ts';
import type { ConditionState, Outcome } from '../../runtime/outcome.ts';
import type { ObjectMetadata, ResourceType } from '../../runtime/resource.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import type { Lister } from '../../runtime/store.ts';
import type { DriftChecks } from '../drift/drift-checks.ts';
import { driftStatus } from '../drift/drift-status.ts';
import { registriesNamed } from '../pull-secret/claims.ts';
import type { Referring } from '../registry-groups.ts';
import { declaredSettings } from '../registry-settings/settings.ts';
import type { SettingsResults } from '../registry-settings/settings-results.ts';
import { settingsStatus } from '../registry-settings/settings-status.ts';
import type { World } from '../world.ts';

type Fields = Omit<RegistryStatus, keyof BaseStatus>;

/** Ready of a Registry is: AWS takes us for somebody of its account, or for anybody where it is only pulled from. */
export const REGISTRY_DEPENDENTS = ['Connected'] as const;

/** Where registry-wide settings are declared: ECR holds them. */
export const REGISTRY_OPTIONAL_DEPENDENTS = ['SettingsSynced'] as const;

/** Just behind the time for which a connection remembers who it is. */
export const VERIFY_EVERY_MS = 3_600_000;

/** What is known of comparisons with ECR. */
export interface DriftView {
  readonly checks: Pick<DriftChecks, 'get'>;
  /** The operator's own. */
  readonly schedule: string;
}

const NO_SETTINGS: Pick<SettingsResults, 'of'> = { of: () => undefined };
const NO_DRIFT: DriftView = { checks: { get: () => undefined }, schedule: '*/30 * * * *' };

/** Shows a Registry who it is at AWS, and keeps it while others refer to it. */
export function registryReconciler(
  world: World,
  connections: Connections,
  drift: DriftView = NO_DRIFT,
  settings: Pick<SettingsResults, 'of'> = NO_SETTINGS,
  controllers: 'all' | 'pull-secrets' = 'all',
): Reconciler<Registry, Fields> {
  const managedParts = (registry: Registry): ManagedParts => {
    const { name } = registry.metadata;
    const managed = managedIn(name, world);
    const { checks, schedule } = drift;
    const { times, total, conditions } = driftStatus({ registry, check: checks.get(name), schedule });
    const declared = settingsStatus(registry, settings.of(registry));
    const repositories = { managed, ...(total === undefined ? {} : { total }) };
    return {
      fields: { repositories, ...times, ...declared.fields },
      conditions: [...declared.conditions, ...conditions],
      stalled: declared.stalled,
    };
  };
  return {
    async reconcile(registry) {
      const { accountId, arn } = await connections.to(registry.spec).verify();
      const identity = withoutSession(arn);
      const parts = controllers === 'all' ? managedParts(registry) : unmanagedParts(registry);
      const known = `AWS knows this operator as ${identity}`;
      const message =
        registry.spec.access === 'PullOnly' ? `${known}; the registry is only pulled from` : known;
      return {
        status: {
          accountId,
          identity,
          ...addressesOf(registry),
          ...parts.fields,
        },
        conditions: [{ type: 'Connected', status: 'True', reason: 'Verified', message }, ...parts.conditions],
        ...(parts.stalled ? { stalled: true } : {}),
        requeueAfterMs: VERIFY_EVERY_MS,
      };
    },
    async finalize(registry) {
      const referrers = referrersOf(registry.metadata.name, world);
      return referrers.length === 0 ? 'released' : inUse(registry, referrers);
    },
  };
}

/** What a Registry says of what is managed in ECR. */
interface ManagedParts {
  readonly fields: Omit<Fields, 'accountId' | 'identity' | 'registryUri' | 'arn'>;
  readonly conditions: readonly ConditionState[];
  readonly stalled: boolean;
}

/** What nobody looks at is not told, and what nobody does is told. */
function unmanagedParts({ spec }: Registry): ManagedParts {
  const declared = spec.access === 'PullOnly' ? [] : declaredSettings(spec).map(({ name }) => name);
  if (declared.length === 0) return { fields: {}, conditions: [], stalled: false };
  const message = `this operator runs with --controllers=pull-secrets and writes nothing to a registry: take ${declared.join(', ')} out of the spec, or run it with --controllers=all`;
  const condition = { type: 'SettingsSynced', status: 'False', reason: 'PullSecretsOnly', message } as const;
  return { fields: {}, conditions: [condition], stalled: true };
}

/** The sessions of a role have names that change by the hour, with nothing else. */
function withoutSession(arn: string): string {
  return arn.replace(/(:assumed-role\/[^/]+)\/.*$/, '$1');
}

function addressesOf({ spec }: Registry): Pick<Fields, 'registryUri' | 'arn'> {
  const { accountId, region } = spec;
  return {
    registryUri: registryHost(spec),
    arn: `arn:${partitionOf(region).id}:ecr:${region}:${accountId}`,
  };
}

function managedIn(registry: string, { repositories }: World): number {
  let managed = 0;
  for (const { spec, status } of repositories.values()) {
    if (spec.registryRef.name === registry && status?.arn !== undefined) managed += 1;
  }
  return managed;
}

/** What refers to a Registry, as `kind namespace/name`. */
function referrersOf(name: string, world: World): string[] {
  const found: string[] = [];
  function collect<T extends { readonly metadata: ObjectMetadata }>(
    { kind }: ResourceType,
    objects: Lister<T>,
    registriesOf: (object: T) => readonly (string | undefined)[],
  ): void {
    for (const object of objects.values()) {
      if (registriesOf(object).includes(name)) found.push(`${kind} ${keyOf(object.metadata)}`);
    }
  }
  const ref = ({ spec }: Referring) => [spec.registryRef.name];
  collect(REPOSITORIES, world.repositories, ref);
  collect(REPOSITORY_CLASSES, world.repositoryClasses, ({ spec }) => [spec.undeclared?.registryRef.name]);
  collect(CLUSTER_PULL_SECRETS, world.clusterPullSecrets, ({ spec }) => registriesNamed(spec));
  collect(PULL_SECRETS, world.pullSecrets, ({ spec }) => registriesNamed(spec));
  collect(PULL_THROUGH_CACHE_RULES, world.pullThroughCacheRules, ref);
  collect(REPOSITORY_CREATION_TEMPLATES, world.repositoryCreationTemplates, ref);
  collect(PUBLIC_REPOSITORIES, world.publicRepositories, ref);
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
