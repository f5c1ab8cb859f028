import { isOutage } from '../../ecr/aws-errors.ts';
import { pullHosts } from '../../ecr/partition.ts';
import type { Failure } from '../../runtime/errors.ts';
import { type Claim, claims, claimsNear, holderOf, type Target, targetKey } from './claims.ts';
import type { Demand } from './demand.ts';
import { dueRules } from './due.ts';
import { type Login, loginOf } from './logins.ts';
import type { PullWorld } from './pull-world.ts';
import { isDue } from './rotation.ts';
import type { SecretState } from './secret-state.ts';
import { isWantedBy } from './service-account.ts';
import { sameHosts } from './token-facts.ts';
import type { RegistryToken } from './token-store.ts';
import { opensMore, type TokenWant } from './wants.ts';

/** One login that the Secret shall have, and what there is for it. */
export interface LoginInput {
  readonly want: TokenWant;
  /** In memory, good now, and of the registry as it is declared now. */
  readonly token: RegistryToken | undefined;
  /** What the Secret has under that name, or for the same hosts under one that nobody wants any more; good now. */
  readonly present: Login | undefined;
  /** What the Secret has opens more than the namespace may pull by now, and AWS gave no narrower token: it has to go. */
  readonly isBeyond: boolean;
  /** What the Secret has is to be replaced by whatever is newer. */
  readonly isDue: boolean;
  /** Why there is no newer token. */
  readonly failure: Failure | undefined;
}

/** Everything that the fate of one target depends on. */
export interface DeliveryInput {
  readonly demand: Demand | undefined;
  /** The object that the Secret names as its holder is going, and its deletionPolicy is Retain. */
  readonly retained: boolean;
  /** The object that the Secret names as its holder wants another name for it now, and that one does not serve yet. */
  readonly moving: boolean;
  readonly secret: SecretState | undefined;
  readonly logins: readonly LoginInput[];
}

/** Gathers all that the decision about a target needs. */
export function inputOf(world: PullWorld, target: Target, now: number): DeliveryInput {
  const key = targetKey(target);
  const demand = world.demand.get(key);
  const secret = judged(world, demand, world.secret(key), now);
  const rules = dueRules(world, demand?.holder);
  const logins = (demand?.wants ?? []).map((want): LoginInput => {
    const state = world.tokens.get(want.id);
    const found = standIn(world, want, demand, secret);
    const token = usable(world, want, state.token, now);
    // Not before AWS has refused: where the narrower token comes at once, or AWS is only away, there is no gap.
    const isRefused = !token && state.failure !== undefined && !isOutage(state.failure.reason);
    const isBeyond = isRefused && found !== undefined && isWider(world, target, want, found);
    const present = found && found.expiresAt > now && !isBeyond ? found : undefined;
    // One that is due itself would be replaced again in a moment.
    const isLasting = state.token !== undefined && state.token.rotateAt > now;
    return {
      want,
      token,
      present,
      isBeyond,
      isDue:
        state.token?.replacesAll === true ||
        (isLasting && present !== undefined && isDue(present, { now, ...rules })),
      failure: state.failure,
    };
  });
  const moving = isMoving(world, target, secret);
  return { demand, retained: isRetained(world, target, secret), moving, secret, logins };
}

/** A Registry that takes the place of another for the same hosts leaves no gap. What is refused has to go at once. */
function standIn(
  world: PullWorld,
  { login: name, registry, scope }: TokenWant,
  demand: Demand | undefined,
  secret: SecretState | undefined,
): Login | undefined {
  const logins = secret?.logins ?? [];
  const spec = world.registries.get(registry)?.spec;
  const hosts = spec ? pullHosts(spec, scope) : [];
  const known = new Set([...(demand?.wants ?? []), ...(demand?.refusals ?? [])].map(({ login }) => login));
  const isLeft = ({ login, hosts: theirs }: Login): boolean => !known.has(login) && sameHosts(theirs, hosts);
  return logins.find(({ login }) => login === name) ?? logins.find(isLeft);
}

/** Whether a login is wider than the tenancy of the Registry whose place it takes. */
function isWider(world: PullWorld, target: Target, { id, registry }: TokenWant, login: Login): boolean {
  const namespace = world.namespaces.get(target.namespace);
  if (login.id === id || !namespace) return false;
  return opensMore(world.registries.get(registry), login.id, namespace);
}

function usable(
  world: PullWorld,
  { registry, scope }: TokenWant,
  token: RegistryToken | undefined,
  now: number,
): RegistryToken | undefined {
  const found = world.registries.get(registry);
  const isGood =
    token && found && token.expiresAt > now && sameHosts(token.hosts, pullHosts(found.spec, scope));
  return isGood ? token : undefined;
}

/** Clocks of nodes differ by less. */
const SKEW_MS = 300_000;

/**
 * Field managers can be forged: a Secret that says of a token what is not so is an edited one, whoever seems to have
 * written it.
 */
function judged(
  world: PullWorld,
  demand: Demand | undefined,
  secret: SecretState | undefined,
  now: number,
): SecretState | undefined {
  if (!secret?.intact) return secret;
  const isTrue = (login: Login): boolean => {
    if (login.issuedAt > now + SKEW_MS) return false;
    const want = demand?.wants.find(({ id }) => id === login.id);
    const { token } = want ? world.tokens.get(want.id) : {};
    if (!want || !token) return true;
    const newest = loginOf(want, token);
    if (login.issuedAt !== newest.issuedAt) return login.issuedAt < newest.issuedAt;
    // Two of one second, as after a quick restart, are of one life.
    return Math.abs(login.expiresAt - newest.expiresAt) < SKEW_MS;
  };
  return secret.logins.every(isTrue) ? secret : { ...secret, intact: false };
}

/** A new name is no reason to be without a Secret: the old one stays until the new one is there, and is named. */
function isMoving(world: PullWorld, target: Target, secret: SecretState | undefined): boolean {
  const namespace = world.namespaces.get(target.namespace);
  if (!secret?.managed || !namespace) return false;
  for (const claim of claimsNear(world, target.namespace)) {
    const { secretName } = claim.object.spec;
    if (holderOf(claim) !== secret.holder || secretName === target.secretName) continue;
    if (!world.secretNames.includes(secretName) || !claims(claim, namespace)) return false;
    return (
      world.secret(targetKey({ ...target, secretName })) === undefined ||
      isNamedLess(world, target, claim, secretName)
    );
  }
  return false;
}

/** Whether a ServiceAccount names the old Secret only, and shall name both. */
function isNamedLess(world: PullWorld, target: Target, { object }: Claim, secretName: string): boolean {
  for (const { name, ours, pullSecrets } of world.serviceAccountsIn(target.namespace)) {
    const isWanted = isWantedBy(object.spec.serviceAccounts, name);
    if (isWanted && ours.includes(target.secretName) && !pullSecrets.includes(secretName)) return true;
  }
  return false;
}

/** Whether the object that held this target is on its way out and leaves things as they are. */
function isRetained(world: PullWorld, target: Target, secret: SecretState | undefined): boolean {
  for (const claim of claimsNear(world, target.namespace)) {
    const { metadata, spec } = claim.object;
    if (
      !metadata.deletionTimestamp ||
      spec.deletionPolicy !== 'Retain' ||
      spec.secretName !== target.secretName
    )
      continue;
    if (secret?.holder === holderOf(claim)) return true;
  }
  return false;
}

/** So long a token that is due has to be replaced everywhere before another that is newer takes its place (ms). */
const RENEWAL_MS = 60_000;

/**
 * How long until a login of the Secret gives way to a newer token that there is already, from the start (ms): its
 * successor is asked for when it comes due, but AWS may be down by then.
 */
export function givesWayAfterMs({ logins }: DeliveryInput, now: number): number | undefined {
  const times = logins.flatMap(({ token, present, isDue }) =>
    token && present && !isDue && token.issuedAt >= present.issuedAt + 1_000
      ? [present.rotateAt + RENEWAL_MS, present.expiresAt]
      : [],
  );
  const ahead = times.filter((time) => time > now);
  return ahead.length > 0 ? Math.min(...ahead) - now : undefined;
}
