import type { PullSecretStatus } from '../../api/shared.generated.ts';
import { timestamp } from '../../runtime/clock.ts';
import type { Failure } from '../../runtime/errors.ts';
import type { ConditionState } from '../../runtime/outcome.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { type Claim, claims, holderOf, registryOf, targetKey } from './claims.ts';
import { pullRefusal } from './delivery-input.ts';
import { type PullWorld, SERVICE_ACCOUNT_NAME } from './pull-world.ts';
import type { SecretState } from './secret-state.ts';

type Fields = Omit<PullSecretStatus, keyof BaseStatus>;

/** Ready of a pull secret is: its token is good for a while, and it stands everywhere it should. */
export const PULL_SECRET_DEPENDENTS = ['TokenValid', 'Delivered'] as const;

/** How the namespaces of a claim stand. */
export interface Survey {
  readonly matched: number;
  /** The Secrets that are as they should be. */
  readonly ready: readonly SecretState[];
  readonly failures: readonly ({ readonly namespace: string } & Failure)[];
}

/** Looks at every namespace that a claim reaches, in the caches. */
export function survey(world: PullWorld, claim: Claim, now: number): Survey {
  let matched = 0;
  const ready: SecretState[] = [];
  const failures: ({ namespace: string } & Failure)[] = [];
  for (const namespace of world.namespaces.values()) {
    if (!claims(claim, namespace)) continue;
    matched += 1;
    const target = { namespace: namespace.name, secretName: claim.object.spec.secretName };
    const secret = world.secret(targetKey(target));
    const failure =
      pullRefusal(world, namespace, claim) ??
      world.results.get(targetKey(target)) ??
      heldByAnother(secret, claim);
    if (failure) failures.push({ namespace: namespace.name, ...failure });
    else if (secret && isServed(world, claim, secret, now)) ready.push(secret);
  }
  failures.sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  return { matched, ready, failures };
}

function heldByAnother(secret: SecretState | undefined, claim: Claim): Failure | undefined {
  if (!secret?.managed || secret.holder === holderOf(claim)) return undefined;
  return {
    reason: 'SecretConflict',
    message: `Secret ${secret.name} is held by ${secret.holder}: choose another secretName, or delete one of the two`,
  };
}

function isServed(world: PullWorld, claim: Claim, secret: SecretState, now: number): boolean {
  if (!secret.managed || !secret.intact || secret.expiresAt <= now) return false;
  // A token that opens another registry than the claim names is of no use.
  if (!secret.registry.startsWith(`${registryOf(claim)} `)) return false;
  if (claim.object.spec.serviceAccounts.mode === 'None') return true;
  const account = world.serviceAccounts.get(`${secret.namespace}/${SERVICE_ACCOUNT_NAME}`);
  return account?.pullSecrets.includes(secret.name) ?? false;
}

/** The token that runs out first among those that are in use; the newest one where none is yet. Times in ms. */
export interface TokenLife {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly rotateAt: number;
}

/** See {@link TokenLife}. */
export function tokenInUse(world: PullWorld, claim: Claim, { ready }: Survey): TokenLife | undefined {
  let oldest: TokenLife | undefined = world.tokens.get(registryOf(claim)).token;
  for (const secret of ready) {
    if (!oldest || secret.expiresAt < oldest.expiresAt) oldest = secret;
  }
  return oldest;
}

/** The status fields of a pull secret (pure). */
export function statusFields(
  claim: Claim,
  { matched, ready, failures }: Survey,
  life: TokenLife | undefined,
): Fields {
  const shown = failures
    .slice(0, 20)
    // Well-formed: the API server stores half a character as another one, and the status would change for ever.
    .map(({ namespace, reason, message }) => ({
      namespace,
      reason,
      message: message.slice(0, 500).toWellFormed(),
    }));
  return {
    namespaces: { matched, ready: ready.length, failed: failures.length },
    ...(shown.length > 0 ? { failures: shown } : {}),
    ...(life
      ? {
          tokens: [
            {
              registry: registryOf(claim),
              issuedAt: timestamp(life.issuedAt),
              expiresAt: timestamp(life.expiresAt),
              nextRotation: timestamp(life.rotateAt),
            },
          ],
        }
      : {}),
  };
}

/** Whether the token is good: Ready falls when a quarter of its life is left, so that somebody looks before it is too late. */
export function tokenValid(
  life: TokenLife | undefined,
  failure: Failure | undefined,
  now: number,
): ConditionState {
  if (!life) {
    return failure
      ? { type: 'TokenValid', status: 'False', ...failure }
      : {
          type: 'TokenValid',
          status: 'Unknown',
          reason: 'TokenPending',
          message: 'the first token has not come yet',
        };
  }
  const end = timestamp(life.expiresAt);
  if (life.expiresAt <= now) {
    return {
      type: 'TokenValid',
      status: 'False',
      reason: 'TokenExpired',
      message: `the token ran out at ${end}: pulls fail${because(failure)}`,
    };
  }
  if (now >= worrisomeAt(life)) {
    return {
      type: 'TokenValid',
      status: 'False',
      reason: 'TokenExpiring',
      message: `the token runs out at ${end}, then pulls fail${because(failure)}`,
    };
  }
  return {
    type: 'TokenValid',
    status: 'True',
    reason: 'TokenValid',
    message: `pulls work, with a token until ${end}`,
  };
}

/** When a quarter of the life is left. */
export function worrisomeAt({ issuedAt, expiresAt }: TokenLife): number {
  return expiresAt - (expiresAt - issuedAt) / 4;
}

function because(failure: Failure | undefined): string {
  return failure ? `; the last attempt to renew it: ${failure.message}` : '';
}

/** Whether the last renewal worked; without one yet, nothing is said. */
export function refreshed(life: TokenLife | undefined, failure: Failure | undefined): ConditionState[] {
  if (failure) {
    const until = life ? `pulls work until ${timestamp(life.expiresAt)}; ` : '';
    return [{ type: 'Refreshed', status: 'False', ...failure, message: `${until}${failure.message}` }];
  }
  return life
    ? [{ type: 'Refreshed', status: 'True', reason: 'Refreshed', message: 'the last renewal worked' }]
    : [];
}

/** Whether the Secret stands in every namespace that it should. */
export function delivered({ matched, ready, failures }: Survey): ConditionState {
  const [first] = failures;
  const count = `${ready.length} of ${matched} namespaces have the Secret`;
  if (first) {
    const reasons = new Set(failures.map(({ reason }) => reason));
    const reason = reasons.size === 1 ? first.reason : 'NamespacesFailed';
    return {
      type: 'Delivered',
      status: 'False',
      reason,
      message: `${count}; ${first.namespace}: ${first.message}`,
    };
  }
  if (ready.length < matched)
    return { type: 'Delivered', status: 'Unknown', reason: 'Delivering', message: `${count} so far` };
  const message = matched === 0 ? 'no namespace is selected' : count;
  return { type: 'Delivered', status: 'True', reason: 'Delivered', message };
}
