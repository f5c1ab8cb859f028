import { isCronSchedule, isTimeZone } from '../../runtime/cron-schedule.ts';
import type { ConditionState } from '../../runtime/outcome.ts';
import type { Closure } from '../../runtime/reach.ts';
import type { Claim } from './claims.ts';
import { DEFAULT_ACCOUNT } from './service-account.ts';

/** What an installation lets pull secrets do. */
export interface Installation {
  /** The names that pull Secrets may have. */
  readonly secretNames: readonly string[];
  /** The ServiceAccounts that may be written to; undefined is every one. */
  readonly serviceAccountNames: readonly string[] | undefined;
  readonly repairPods: boolean;
  /** What cannot be read in a namespace; absent where rights are those of the whole cluster. */
  readonly closures?: ((namespace: string) => readonly Closure[]) | undefined;
}

/**
 * Whether all that a pull secret declares can be done here (pure). What cannot is said, and the rest is done all the
 * same; only a change of the object or of the installation helps. `hostOf` gives the host name of a Registry.
 */
export function accepted(
  installation: Installation,
  claim: Claim,
  hostOf: (registry: string) => string | undefined = () => undefined,
): ConditionState {
  const refusal = [...refusals(installation, claim), sameHostTwice(claim, hostOf)].find(
    (one) => one !== undefined,
  );
  if (refusal) return { type: 'Accepted', status: 'False', ...refusal };
  return {
    type: 'Accepted',
    status: 'True',
    reason: 'Accepted',
    message: 'all that is declared can be done',
  };
}

type Words = { readonly reason: string; readonly message: string };

function refusals(installation: Installation, { object }: Claim): readonly (Words | undefined)[] {
  const { secretName, rotation, repairPods } = object.spec;
  return [
    closedNamespace(installation, object.metadata.namespace),
    installation.secretNames.includes(secretName) ? undefined : unknownName(installation, secretName),
    accountsRefusal(installation, object.spec.serviceAccounts),
    rotation && scheduleRefusal(rotation),
    repairPods && !installation.repairPods ? NO_REPAIR : undefined,
  ];
}

function closedNamespace({ closures }: Installation, namespace: string | undefined): Words | undefined {
  const closed = (namespace !== undefined && closures?.(namespace)) || [];
  if (closed.length === 0) return undefined;
  return {
    reason: 'NamespaceClosed',
    message: `the operator cannot read ${closed.map(({ what }) => what).join(', ')} in namespace ${namespace}: give its ServiceAccount the Role of watched namespaces there; ${closed[0]?.message}`,
  };
}

function unknownName({ secretNames }: Installation, name: string): Words {
  return {
    reason: 'SecretNameNotConfigured',
    message: `the operator has no right to write Secrets named ${name}, only ${secretNames.join(', ')}: choose one of these, or have the installation add it (pullSecretNames, and resourceNames in its ClusterRole)`,
  };
}

/** A Secret holds one login for a host: of two tokens for it one would be lost without a word. */
function sameHostTwice(
  { object }: Claim,
  hostOf: (registry: string) => string | undefined,
): Words | undefined {
  const byHost = new Map<string, string>();
  for (const { name } of object.spec.registries) {
    const host = hostOf(name);
    const other = host === undefined ? undefined : byHost.get(host);
    if (other !== undefined) {
      return {
        reason: 'SameHostTwice',
        message: `Registries ${other} and ${name} are both ${host}, and a Secret holds one login for a host: leave one out, or list the repositories of both under one`,
      };
    }
    if (host !== undefined) byHost.set(host, name);
  }
  return undefined;
}

function accountsRefusal(
  { serviceAccountNames }: Installation,
  { mode, names = [] }: Claim['object']['spec']['serviceAccounts'],
): Words | undefined {
  if (!serviceAccountNames || mode === 'None') return undefined;
  const wanted = mode === 'Named' ? names : [DEFAULT_ACCOUNT];
  const out = wanted.filter((name) => !serviceAccountNames.includes(name));
  if (mode !== 'All' && out.length === 0) return undefined;
  const what = mode === 'All' ? 'every ServiceAccount' : `ServiceAccount ${out.join(', ')}`;
  return {
    reason: 'ServiceAccountsNotConfigured',
    message: `the operator has no right to write to ${what}, only to ${serviceAccountNames.join(', ')}: name these, or have the installation allow more (serviceAccountNames, and its ClusterRole)`,
  };
}

function scheduleRefusal({
  schedule,
  timeZone,
}: NonNullable<Claim['object']['spec']['rotation']>): Words | undefined {
  if (!isCronSchedule(schedule))
    return {
      reason: 'InvalidSchedule',
      message: `spec.rotation.schedule "${schedule}" is no schedule: write five cron fields, such as 0 6 * * 1 for Mondays at six`,
    };
  if (isTimeZone(timeZone)) return undefined;
  return {
    reason: 'InvalidTimeZone',
    message: `spec.rotation.timeZone "${timeZone}" is not known: write an IANA name, such as Europe/Berlin or UTC`,
  };
}

const NO_REPAIR: Words = {
  reason: 'RepairPodsNotConfigured',
  message:
    'the operator has no right to delete Pods: leave repairPods out, or have the installation allow it (repairPods, and the ClusterRole that goes with it)',
};
