import type { Failure } from '../../runtime/errors.ts';
import type { Key } from '../../runtime/key.ts';
import { type Claim, chooseHolder, claimsOn, type Target, targetKey } from './claims.ts';
import type { PullWorld } from './pull-world.ts';
import { type Refusal, type TokenWant, wantsOf } from './wants.ts';

/** What a target shall hold. Targets that nobody wants have none. */
export interface Demand {
  /** Who gets to say what the Secret holds; absent where nobody is allowed to. */
  readonly holder: Claim | undefined;
  /** Why `holder` is absent although somebody wants the Secret. */
  readonly refused: Failure | undefined;
  readonly wants: readonly TokenWant[];
  /** What of the holder's declaration this namespace may not have. */
  readonly refusals: readonly Refusal[];
}

/** What a target shall hold, by the claims, the namespace and the tenancy of Registries as they are now. */
export function demandOf(world: PullWorld, target: Target): Demand | undefined {
  const namespace = world.namespaces.get(target.namespace);
  if (!namespace || namespace.terminating || !world.secretNames.includes(target.secretName)) return undefined;
  const candidates = claimsOn(world, namespace, target.secretName).map((claim) => ({
    claim,
    ...wantsOf(world.registries, claim, namespace),
  }));
  if (candidates.length === 0) return undefined;
  // Whoever may put nothing into it does not hold it against somebody who may.
  const allowed = candidates.filter(({ wants }) => wants.length > 0).map(({ claim }) => claim);
  const secret = world.secret(targetKey(target));
  // What a Secret of somebody else says of its holder, anybody can have written.
  const holder = chooseHolder(allowed, secret?.managed ? secret.holder : undefined);
  const chosen = candidates.find(({ claim }) => claim === holder);
  if (chosen) {
    const { wants, refusals } = chosen;
    return { holder, refused: undefined, wants, refusals };
  }
  const [refused] = candidates.flatMap(({ refusals }) => refusals);
  return { holder: undefined, refused, wants: [], refusals: [] };
}

/** The demand of every target, and which targets want which token. */
export interface DemandStore {
  get(target: Key): Demand | undefined;
  /** Whether it was looked at: what is not known yet is not unwanted. */
  isKnown(target: Key): boolean;
  /** Returns the ids of tokens that are wanted for the first time, or no more. */
  set(target: Key, demand: Demand | undefined): readonly string[];
  /** The target is no more. Returns the ids of tokens that nobody wants any more. */
  forget(target: Key): readonly string[];
  /** The token of that id, while somebody wants it. */
  want(id: string): TokenWant | undefined;
  targetsOf(id: string): Iterable<Key>;
  ids(): Iterable<string>;
}

/** An empty {@link DemandStore}. */
export function createDemandStore(): DemandStore {
  const demands = new Map<Key, Demand | undefined>();
  const wanted = new Map<string, { readonly want: TokenWant; readonly targets: Set<Key> }>();

  function add(target: Key, want: TokenWant): boolean {
    const found = wanted.get(want.id);
    if (!found) wanted.set(want.id, { want, targets: new Set([target]) });
    else found.targets.add(target);
    return !found;
  }

  function remove(target: Key, { id }: TokenWant): boolean {
    const found = wanted.get(id);
    found?.targets.delete(target);
    return found?.targets.size === 0 && wanted.delete(id);
  }

  function change(target: Key, demand: Demand | undefined): readonly string[] {
    const before = demands.get(target)?.wants ?? [];
    const now = demand?.wants ?? [];
    const ids = new Set(now.map(({ id }) => id));
    const gone = before.filter((want) => !ids.has(want.id) && remove(target, want));
    const fresh = now.filter((want) => add(target, want));
    // Thousands of targets want the same few tokens: each is kept once.
    const wants = now.map((want) => wanted.get(want.id)?.want ?? want);
    demands.set(target, demand && { ...demand, wants });
    return [...gone, ...fresh].map(({ id }) => id);
  }

  return {
    get: (target) => demands.get(target),
    isKnown: (target) => demands.has(target),
    set: change,
    forget(target) {
      const gone = change(target, undefined);
      demands.delete(target);
      return gone;
    },
    want: (id) => wanted.get(id)?.want,
    targetsOf: (id) => wanted.get(id)?.targets ?? [],
    ids: () => wanted.keys(),
  };
}
