import type { ClusterPullSecret } from '../../api/cluster-pull-secret.generated.ts';
import { OPT_OUT, OPT_OUT_LABEL } from '../../api/names.ts';
import type { PullSecret } from '../../api/pull-secret.generated.ts';
import { type Key, keyOf } from '../../runtime/key.ts';
import { matchesSelector } from '../../runtime/label-selector.ts';
import type { NamespaceState, World } from '../world.ts';

/** One object that wants a pull Secret, of either kind. */
export type Claim =
  | { readonly kind: 'PullSecret'; readonly object: PullSecret }
  | { readonly kind: 'ClusterPullSecret'; readonly object: ClusterPullSecret };

/** How a Secret names who holds it: `kind/name`; a PullSecret is always of the Secret's own namespace. */
export function holderOf({ kind, object }: Claim): string {
  return `${kind}/${object.metadata.name}`;
}

/** The kind and the key of a claim, as triggers carry them. */
export function claimKey({ kind, object }: Claim): Key {
  return `${kind}:${keyOf(object.metadata)}`;
}

/** The part of a spec that names Registries. */
interface Naming {
  readonly registries: readonly { readonly name: string }[];
  readonly public?: { readonly registryRef: { readonly name: string } };
}

/** The Registries that a pull secret names. */
export function registriesNamed(spec: Naming): string[] {
  return [...spec.registries, ...(spec.public ? [spec.public.registryRef] : [])].map(({ name }) => name);
}

/** Where a pull Secret stands, or should. */
export interface Target {
  readonly namespace: string;
  readonly secretName: string;
}

/** The key of a target in queues and caches: that of its Secret. */
export function targetKey({ namespace, secretName }: Target): Key {
  return `${namespace}/${secretName}`;
}

/** Whether a claim reaches into a namespace. What is being deleted claims nothing. */
export function claims(claim: Claim, namespace: NamespaceState): boolean {
  if (claim.object.metadata.deletionTimestamp || namespace.terminating) return false;
  if (claim.kind === 'PullSecret') return claim.object.metadata.namespace === namespace.name;
  const { namespaceSelector, excludeNamespaces = [] } = claim.object.spec;
  // A namespace's own word stands against what reaches into it from outside, not against what is in it.
  if (namespace.labels[OPT_OUT_LABEL] === OPT_OUT || excludeNamespaces.includes(namespace.name)) return false;
  return matchesSelector(namespaceSelector, namespace.labels);
}

/** The namespaces that a claim could reach into. */
export function* namespacesNear(world: World, { kind, object }: Claim): Generator<NamespaceState> {
  if (kind === 'ClusterPullSecret') yield* world.namespaces.values();
  else {
    const own = world.namespaces.get(object.metadata.namespace);
    if (own) yield own;
  }
}

/** Who wants the Secret of that name in that namespace. */
export function claimsOn(world: World, namespace: NamespaceState, secretName: string): Claim[] {
  const found: Claim[] = [];
  for (const claim of claimsNear(world, namespace.name)) {
    if (claim.object.spec.secretName === secretName && claims(claim, namespace)) found.push(claim);
  }
  return found;
}

/** The claim as it is now; undefined where it is gone. */
export function currentOf(world: World, { kind, object }: Claim): Claim | undefined {
  const key = keyOf(object.metadata);
  if (kind === 'PullSecret') {
    const found = world.pullSecrets.get(key);
    return found && { kind, object: found };
  }
  const found = world.clusterPullSecrets.get(key);
  return found && { kind, object: found };
}

/** Every object of both kinds. */
export function* allClaims(world: World): Generator<Claim> {
  for (const object of world.pullSecrets.values()) yield { kind: 'PullSecret', object };
  for (const object of world.clusterPullSecrets.values()) yield { kind: 'ClusterPullSecret', object };
}

/** Those that could reach into a namespace: its own PullSecrets, and every ClusterPullSecret. */
export function* claimsNear(world: World, namespace: string): Generator<Claim> {
  for (const object of world.pullSecretsIn(namespace)) yield { kind: 'PullSecret', object };
  for (const object of world.clusterPullSecrets.values()) yield { kind: 'ClusterPullSecret', object };
}

/**
 * Of several that want the same Secret (pure): a PullSecret before a ClusterPullSecret, then the recorded holder,
 * then the older, then the first by name.
 */
export function chooseHolder(candidates: readonly Claim[], recorded: string | undefined): Claim | undefined {
  return [...candidates].sort((a, b) => rank(a, b, recorded))[0];
}

function rank(a: Claim, b: Claim, recorded: string | undefined): number {
  if (a.kind !== b.kind) return a.kind === 'PullSecret' ? -1 : 1;
  if (holderOf(a) === recorded) return -1;
  if (holderOf(b) === recorded) return 1;
  const [older, newer] = [a.object.metadata, b.object.metadata];
  if (older.creationTimestamp !== newer.creationTimestamp)
    return older.creationTimestamp < newer.creationTimestamp ? -1 : 1;
  return older.name < newer.name ? -1 : 1;
}
