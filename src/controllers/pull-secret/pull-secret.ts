import type { ClusterPullSecret } from '../../api/cluster-pull-secret.generated.ts';
import type { PullSecret } from '../../api/pull-secret.generated.ts';
import type { PullSecretStatus } from '../../api/shared.generated.ts';
import { registryHost } from '../../ecr/partition.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import type { ConditionState, Happening, Outcome } from '../../runtime/outcome.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { accepted, type Installation } from './accepted.ts';
import { type Claim, claimKey, holderOf, namespacesNear, targetKey } from './claims.ts';
import type { PullWorld } from './pull-world.ts';
import { delivered, endingFirst, refreshed, statusFields, tokenValid, worrisomeAt } from './status.ts';
import { type Survey, survey } from './survey.ts';
import { readyWants } from './wants.ts';

type Fields = Omit<PullSecretStatus, keyof BaseStatus>;

export interface PullSecretOptions<T> {
  readonly world: PullWorld;
  readonly clock: Clock;
  readonly installation: Installation;
  readonly claimOf: (object: T) => Claim;
  /** Called with the ids of tokens that are wanted now, or no more, or renewed. */
  readonly onRequest: (ids: Iterable<string>) => void;
}

/**
 * Reports how a PullSecret or ClusterPullSecret stands, and lets it go once nothing of it is left. The Secrets
 * themselves are the deliveries' work (deliver.ts), the tokens that of tokens.ts.
 */
export function pullSecretReconciler<T extends PullSecret | ClusterPullSecret>({
  world,
  clock,
  installation,
  claimOf,
  onRequest,
}: PullSecretOptions<T>): Reconciler<T, Fields> {
  return {
    async reconcile(object) {
      const claim = claimOf(object);
      const now = clock.now();
      const found = survey(world, claim, now);
      onRequest(getReady(world, claim, found));
      if (world.requests.see(claim, now)) onRequest(found.lives.flatMap(({ ids }) => [...ids]));
      return report(world, claim, found, accepted(installation, claim, hostIn(world)), now);
    },
    async finalize(object) {
      const claim = claimOf(object);
      onRequest(world.demand.forget(claimKey(claim)));
      world.requests.forget(claim);
      if (isHidden(world, installation, claim)) return hidden(object, accepted(installation, claim));
      const left = holdings(world, claim);
      return left === 0 ? 'released' : withdrawing(object, left);
    },
  };
}

function hostIn({ registries }: PullWorld): (name: string) => string | undefined {
  return (name) => {
    const found = registries.get(name);
    return found && registryHost(found.spec);
  };
}

/** While a claim reaches no namespace, it is its own target; returns the ids of tokens to look at. */
function getReady(world: PullWorld, claim: Claim, { matched }: Survey): readonly string[] {
  const key = claimKey(claim);
  if (matched > 0) return world.demand.forget(key);
  const wants = readyWants(world.registries, claim);
  const before = world.demand.get(key)?.holder?.object.metadata.generation;
  const changed = world.demand.set(key, { holder: claim, refused: undefined, wants, refusals: [] });
  // It may have been suspended until now, and nobody looked after its tokens.
  const isSame = before === undefined || before === claim.object.metadata.generation;
  return isSame ? changed : [...changed, ...wants.map(({ id }) => id)];
}

function report(
  world: PullWorld,
  claim: Claim,
  found: Survey,
  acceptance: ReturnType<typeof accepted>,
  now: number,
): Outcome<Fields> {
  const life = endingFirst(found.lives);
  const changes = life ? [worrisomeAt(life), life.expiresAt].filter((time) => time > now) : [];
  const rotation = rotationStatus(world, claim, found, now);
  return {
    status: { ...statusFields(found), ...(rotation.status ? { rotation: rotation.status } : {}) },
    conditions: [tokenValid(found.lives, now), delivered(found), acceptance, ...refreshed(found.lives, now)],
    happenings: [...failuresToTell(found), ...rotation.happenings],
    stalled: acceptance.status === 'False',
    ...(changes.length > 0 ? { requeueAfterMs: Math.min(...changes) - now } : {}),
  };
}

/** Long before Ready falls: there is time to mend it. */
function failuresToTell({ lives }: Survey): Happening[] {
  return lives.flatMap(({ login, failure }) =>
    failure
      ? [
          {
            type: 'Warning' as const,
            reason: failure.reason,
            message: lives.length > 1 ? `${login}: ${failure.message}` : failure.message,
          },
        ]
      : [],
  );
}

/** A rotation is done when every token in use, everywhere, is younger than the wish for it. */
function rotationStatus(
  world: PullWorld,
  claim: Claim,
  { matched, ready, oldestIssuedAt = 0 }: Survey,
  now: number,
): { readonly status: Fields['rotation']; readonly happenings: readonly Happening[] } {
  const before = claim.object.status?.rotation;
  const request = world.requests.get(claim);
  // Secrets tell whole seconds.
  const isDone = request && ready === matched && oldestIssuedAt >= Math.floor(request.at / 1_000) * 1_000;
  if (!isDone) return { status: before, happenings: [] };
  const message = `the rotation asked for by ecr-operator.io/rotate-requested-at=${request.value} is done in ${matched} namespaces`;
  return {
    status: { request: request.value, at: timestamp(now) },
    happenings: [{ type: 'Normal', reason: 'Rotated', message }],
  };
}

/** What of a claim is still in the cluster, in namespaces that stay. */
function holdings(world: PullWorld, claim: Claim): number {
  const { secretName } = claim.object.spec;
  // A name that was taken out of the configuration is out of our reach: waiting would be for ever.
  if (!world.secretNames.includes(secretName)) return 0;
  let left = 0;
  for (const namespace of namespacesNear(world, claim)) {
    if (namespace.terminating) continue;
    const key = targetKey({ namespace: namespace.name, secretName });
    // What another wants, too, is the other's from now on, even if that cannot take it over yet.
    const demand = world.demand.get(key);
    if (demand && demand.holder?.object.metadata.uid !== claim.object.metadata.uid) continue;
    const secret = world.secret(key);
    // So is an entry beside a Secret that another holds, be that other on its way out, too.
    if (secret?.managed && secret.holder !== holderOf(claim)) continue;
    // Deletion was accepted where it is terminating; whose finalizer holds it is not our affair.
    if (secret?.managed && !secret.terminating) left += 1;
    for (const { ours } of world.serviceAccountsIn(namespace.name)) if (ours.includes(secretName)) left += 1;
  }
  return left;
}

function withdrawing({ status }: PullSecret | ClusterPullSecret, left: number): Outcome<Fields> {
  return going(status, `${left} Secrets and ServiceAccount entries are still to be taken away`);
}

function going(status: PullSecretStatus | undefined, message: string): Outcome<Fields> {
  const { observedGeneration: _, conditions: __, ...fields } = status ?? {};
  return {
    status: fields,
    conditions: [{ type: 'Delivered', status: 'False', reason: 'Withdrawing', message }],
  };
}

/** Whether the namespace is one that is watched and cannot be read: what is in it is not known, and not gone. */
function isHidden(world: PullWorld, { closures }: Installation, { kind, object }: Claim): boolean {
  return closures !== undefined && kind === 'PullSecret' && !world.namespaces.get(object.metadata.namespace);
}

/** Let go now, what it leaves behind would be taken for what nobody wants once the namespace can be read again. */
function hidden({ status }: PullSecret | ClusterPullSecret, acceptance: ConditionState): Outcome<Fields> {
  const outcome = going(status, 'the namespace cannot be read, and nothing in it is let go until it can');
  return { ...outcome, conditions: [...outcome.conditions, acceptance] };
}
