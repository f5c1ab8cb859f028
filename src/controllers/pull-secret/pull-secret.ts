import type { ClusterPullSecret } from '../../api/cluster-pull-secret.generated.ts';
import type { PullSecret } from '../../api/pull-secret.generated.ts';
import type { PullSecretStatus } from '../../api/shared.generated.ts';
import type { Clock } from '../../runtime/clock.ts';
import { TerminalError } from '../../runtime/errors.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { type Claim, claimsOn, holderOf, registryOf } from './claims.ts';
import { type PullWorld, SERVICE_ACCOUNT_NAME } from './pull-world.ts';
import { delivered, refreshed, statusFields, survey, tokenInUse, tokenValid, worrisomeAt } from './status.ts';

type Fields = Omit<PullSecretStatus, keyof BaseStatus>;

/**
 * Reports how a PullSecret or ClusterPullSecret stands, and lets it go once nothing of it is left. The Secrets
 * themselves are the deliveries' work (deliver.ts), the tokens that of tokens.ts.
 */
export function pullSecretReconciler<T extends PullSecret | ClusterPullSecret>(
  world: PullWorld,
  clock: Clock,
  claimOf: (object: T) => Claim,
): Reconciler<T, Fields> {
  return {
    async reconcile(object) {
      refuseUnknownName(world, object.spec.secretName);
      return report(world, claimOf(object), clock.now());
    },
    async finalize(object) {
      const left = holdings(world, claimOf(object));
      return left === 0 ? 'released' : withdrawing(object, left);
    },
  };
}

function refuseUnknownName({ secretNames }: PullWorld, name: string): void {
  if (secretNames.includes(name)) return;
  throw new TerminalError(
    'SecretNameNotConfigured',
    `the operator has no right to write Secrets named ${name}, only ${secretNames.join(', ')}: choose one of these, or have the installation add it (pullSecretNames, and resourceNames in its ClusterRole)`,
  );
}

function report(world: PullWorld, claim: Claim, now: number): Outcome<Fields> {
  const found = survey(world, claim, now);
  const { failure } = world.tokens.get(registryOf(claim));
  const life = tokenInUse(world, claim, found);
  const changes = life ? [worrisomeAt(life), life.expiresAt].filter((time) => time > now) : [];
  return {
    status: statusFields(claim, found, life),
    conditions: [tokenValid(life, failure, now), delivered(found), ...refreshed(life, failure)],
    // Long before Ready falls: there is time to mend it.
    ...(failure
      ? { happenings: [{ type: 'Warning', reason: failure.reason, message: failure.message }] }
      : {}),
    ...(changes.length > 0 ? { requeueAfterMs: Math.min(...changes) - now } : {}),
  };
}

/** What of a claim is still in the cluster, in namespaces that stay. */
function holdings(world: PullWorld, claim: Claim): number {
  const { secretName } = claim.object.spec;
  // A name that was taken out of the configuration is out of our reach: waiting would be for ever.
  if (!world.secretNames.includes(secretName)) return 0;
  let left = 0;
  for (const namespace of world.namespaces.values()) {
    if (namespace.terminating || !reaches(claim, namespace.name)) continue;
    // What another wants, too, is the other's from now on, even if that cannot take it over yet.
    if (claimsOn(world, namespace, secretName).length > 0) continue;
    const secret = world.secret(`${namespace.name}/${secretName}`);
    // Deletion was accepted where it is terminating; whose finalizer holds it is not our affair.
    if (secret?.managed && !secret.terminating && secret.holder === holderOf(claim)) left += 1;
    if (world.serviceAccounts.get(`${namespace.name}/${SERVICE_ACCOUNT_NAME}`)?.ours.includes(secretName))
      left += 1;
  }
  return left;
}

function reaches(claim: Claim, namespace: string): boolean {
  return claim.kind === 'ClusterPullSecret' || claim.object.metadata.namespace === namespace;
}

function withdrawing({ status }: PullSecret | ClusterPullSecret, left: number): Outcome<Fields> {
  const { observedGeneration: _, conditions: __, ...fields } = status ?? {};
  const message = `${left} Secrets and ServiceAccount entries are still to be taken away`;
  return {
    status: fields,
    conditions: [{ type: 'Delivered', status: 'False', reason: 'Withdrawing', message }],
  };
}
