import { pullHosts } from '../../ecr/partition.ts';
import type { Failure } from '../../runtime/errors.ts';
import { claimsNear, holderOf, type Target, targetKey } from './claims.ts';
import type { Demand } from './demand.ts';
import { dueRules } from './due.ts';
import type { Login } from './logins.ts';
import type { PullWorld } from './pull-world.ts';
import { isDue } from './rotation.ts';
import type { SecretState } from './secret-state.ts';
import type { RegistryToken } from './token-store.ts';
import { sameHosts } from './tokens.ts';
import type { TokenWant } from './wants.ts';

/** One login that the Secret shall have, and what there is for it. */
export interface LoginInput {
  readonly want: TokenWant;
  /** In memory, good now, and of the registry as it is declared now. */
  readonly token: RegistryToken | undefined;
  /** What the Secret has under that name, good now. */
  readonly present: Login | undefined;
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
  readonly secret: SecretState | undefined;
  readonly logins: readonly LoginInput[];
}

/** Gathers all that the decision about a target needs. */
export function inputOf(world: PullWorld, target: Target, now: number): DeliveryInput {
  const key = targetKey(target);
  const [demand, secret] = [world.demand.get(key), world.secret(key)];
  const rules = dueRules(world, demand?.holder);
  const logins = (demand?.wants ?? []).map((want): LoginInput => {
    const state = world.tokens.get(want.id);
    const found = secret?.logins.find(({ login }) => login === want.login);
    const present = found && found.expiresAt > now ? found : undefined;
    // One that is due itself would be replaced again in a moment.
    const isLasting = state.token !== undefined && state.token.rotateAt > now;
    return {
      want,
      token: usable(world, want, state.token, now),
      present,
      isDue:
        state.token?.replacesAll === true ||
        (isLasting && present !== undefined && isDue(present, { now, ...rules })),
      failure: state.failure,
    };
  });
  return { demand, retained: isRetained(world, target, secret), secret, logins };
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
