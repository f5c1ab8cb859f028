import type { PullSecretTokenScope } from '../../api/shared.generated.ts';
import type { Failure } from '../../runtime/errors.ts';
import type { NamespaceState } from '../world.ts';
import { type Claim, claimKey, claims, holderOf, namespacesNear, targetKey } from './claims.ts';
import type { Demand } from './demand.ts';
import { type DueRules, dueRules } from './due.ts';
import type { PullWorld } from './pull-world.ts';
import type { Login, SecretState } from './secret-state.ts';
import { isWantedBy } from './service-account.ts';
import { type TokenWant, wantsOf } from './wants.ts';

/** The tokens for one login of a claim; namespaces may have different ones. Times in ms. */
export interface TokenLife {
  readonly login: string;
  readonly ids: ReadonlySet<string>;
  /** The widest of them; undefined before the first came. */
  readonly scope: PullSecretTokenScope | undefined;
  /** Of the one that runs out first among those that are in use; of the newest one where none is yet. */
  readonly issuedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** By its own life, or by a schedule before that. */
  readonly rotateAt: number | undefined;
  /** Why one of them could not be renewed. */
  readonly failure: Failure | undefined;
}

/** How the namespaces of a claim stand. */
export interface Survey {
  readonly matched: number;
  /** How many have a Secret that is as it should be. */
  readonly ready: number;
  readonly failures: readonly ({ readonly namespace: string } & Failure)[];
  /** One for each login, in the order of the spec. */
  readonly lives: readonly TokenLife[];
  /** When the oldest token that is in use was issued (ms). */
  readonly oldestIssuedAt: number | undefined;
}

/** Looks at every namespace that a claim reaches, in the caches. */
export function survey(world: PullWorld, claim: Claim, now: number): Survey {
  const lives = new Map<string, Life>();
  const failures: ({ namespace: string } & Failure)[] = [];
  let [matched, ready] = [0, 0];
  for (const namespace of namespacesNear(world, claim)) {
    if (!claims(claim, namespace)) continue;
    matched += 1;
    const key = targetKey({ namespace: namespace.name, secretName: claim.object.spec.secretName });
    const [demand, secret] = [world.demand.get(key), world.secret(key)];
    const failure = claimFailure(world, claim, namespace, demand) ?? world.results.get(key);
    if (failure)
      failures.push({ namespace: namespace.name, reason: failure.reason, message: failure.message });
    if (!demand || !isHeldBy(demand, claim)) continue;
    // What was looked at before the last change of the spec says nothing of it.
    if (demand.holder?.object.metadata.generation !== claim.object.metadata.generation) continue;
    for (const want of demand.wants) collect(world, lives, want, secret);
    if (!failure && secret && isServed(world, claim, demand, secret, now)) ready += 1;
  }
  for (const want of world.demand.get(claimKey(claim))?.wants ?? []) collect(world, lives, want, undefined);
  failures.sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  const { slotAfter } = dueRules(world, claim);
  const found = [...lives.values()].map((life) => ended(world, life, slotAfter));
  const issued = found.flatMap(({ issuedAt }) => issuedAt ?? []);
  return {
    matched,
    ready,
    failures,
    lives: found,
    oldestIssuedAt: issued.length > 0 ? Math.min(...issued) : undefined,
  };
}

function isHeldBy({ holder }: Demand, claim: Claim): boolean {
  return holder !== undefined && holder.kind === claim.kind && holderOf(holder) === holderOf(claim);
}

/** Why the Secret of a namespace is not for this claim to fill. */
function claimFailure(
  world: PullWorld,
  claim: Claim,
  namespace: NamespaceState,
  demand: Demand | undefined,
): Failure | undefined {
  if (!demand || isHeldBy(demand, claim)) return undefined;
  const { wants, refusals } = wantsOf(world.registries, claim, namespace);
  if (wants.length === 0 && refusals[0]) return refusals[0];
  if (!demand.holder) return undefined;
  const { secretName } = claim.object.spec;
  return {
    reason: 'SecretConflict',
    message: `Secret ${secretName} is held by ${holderOf(demand.holder)}: choose another secretName, or delete one of the two`,
  };
}

function isServed(
  world: PullWorld,
  claim: Claim,
  { wants }: Demand,
  secret: SecretState,
  now: number,
): boolean {
  if (!secret.managed || !secret.intact || secret.holder !== holderOf(claim)) return false;
  const isThere = ({ login, id }: TokenWant): boolean =>
    secret.logins.some((one) => one.login === login && one.id === id && one.expiresAt > now);
  const isWanted = ({ login }: Login): boolean => wants.some((want) => want.login === login);
  if (!wants.every(isThere) || !secret.logins.every(isWanted)) return false;
  const { serviceAccounts } = claim.object.spec;
  let isDefaultThere = serviceAccounts.mode !== 'Default';
  for (const { name, pullSecrets } of world.serviceAccountsIn(secret.namespace)) {
    if (!isWantedBy(serviceAccounts, name)) continue;
    if (!pullSecrets.includes(secret.name)) return false;
    isDefaultThere = true;
  }
  return isDefaultThere;
}

/** A {@link TokenLife} in the making. */
interface Life {
  readonly login: string;
  readonly ids: Set<string>;
  scope: PullSecretTokenScope | undefined;
  oldest: Times | undefined;
}

interface Times {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly rotateAt: number;
}

const WIDTH: Readonly<Record<PullSecretTokenScope, number>> = { Scoped: 0, PullOnly: 1, Identity: 2 };

/** The wider of two scopes. */
export function wider(
  a: PullSecretTokenScope | undefined,
  b: PullSecretTokenScope | undefined,
): PullSecretTokenScope | undefined {
  if (!a || !b) return a ?? b;
  return WIDTH[a] >= WIDTH[b] ? a : b;
}

function collect(
  world: PullWorld,
  lives: Map<string, Life>,
  want: TokenWant,
  secret: SecretState | undefined,
): void {
  const life = lives.get(want.login) ?? {
    login: want.login,
    ids: new Set(),
    scope: undefined,
    oldest: undefined,
  };
  lives.set(want.login, life);
  life.ids.add(want.id);
  life.scope = wider(life.scope, world.tokens.get(want.id).token?.scope);
  const present =
    secret?.managed && secret.intact ? secret.logins.find(({ login }) => login === want.login) : undefined;
  if (!present) return;
  life.scope = wider(life.scope, present.scope);
  if (!life.oldest || present.expiresAt < life.oldest.expiresAt) life.oldest = present;
}

function ended(
  world: PullWorld,
  { login, ids, scope, oldest }: Life,
  slotAfter: DueRules['slotAfter'],
): TokenLife {
  const states = [...ids].map((id) => world.tokens.get(id));
  const newest = states.flatMap(({ token }) => token ?? []).sort((a, b) => b.issuedAt - a.issuedAt)[0];
  const { issuedAt, expiresAt, rotateAt } = oldest ?? newest ?? {};
  const slot = issuedAt === undefined ? undefined : slotAfter(issuedAt);
  const failure = states.find((state) => state.failure)?.failure;
  return {
    login,
    ids,
    scope,
    issuedAt,
    expiresAt,
    rotateAt: rotateAt === undefined || slot === undefined ? rotateAt : Math.min(rotateAt, slot),
    failure,
  };
}
