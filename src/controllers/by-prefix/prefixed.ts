import type { Registry } from '../../api/registry.generated.ts';
import type { Connection } from '../../ecr/connection.ts';
import { wholeSeconds } from '../../runtime/clock.ts';
import { TerminalError } from '../../runtime/errors.ts';
import type { ObjectMetadata } from '../../runtime/resource.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import type { Lister } from '../../runtime/store.ts';
import { type Contender, holderAmong } from '../holder.ts';
import { placeNamed } from '../registry/place.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { isDeletedAtAws } from '../repository/delete.ts';

/** An object for a thing of which a Registry has one for each prefix of names: a cache rule, a creation template. */
export interface Prefixed {
  readonly metadata: ObjectMetadata;
  readonly spec: {
    readonly registryRef: { readonly name: string };
    readonly prefix?: string;
    readonly mode?: 'Enforce' | 'Observe';
    readonly suspend?: boolean;
    readonly adoption?: 'Never' | 'IfExists';
    readonly deletionPolicy?: 'Retain' | 'Delete';
  };
  readonly status?: BaseStatus & { readonly declaredHash?: string; readonly createdAt?: string };
}

/** The prefix that an object stands for; `ROOT` is every name without one of its own. */
export function prefixOf({ metadata, spec }: Pick<Prefixed, 'metadata' | 'spec'>): string {
  return spec.prefix ?? metadata.name;
}

/** Whether two objects stand for one thing, be it through two Registries. */
export function isSameThing(registries: Pick<Lister<Registry>, 'get'>, a: Prefixed, b: Prefixed): boolean {
  const [one, other] = [a, b].map(({ spec }) => placeNamed(registries, spec.registryRef.name));
  return prefixOf(a) === prefixOf(b) && one !== undefined && one === other;
}

/**
 * Whether a thing that is exactly as declared is our own (pure): nothing on it says so, and the operator may have ended
 * between making it and writing that down. Then it is younger than the object.
 */
function isYounger({ metadata }: Prefixed, live: { readonly createdAt: string }): boolean {
  return Date.parse(live.createdAt) >= Date.parse(metadata.creationTimestamp ?? '');
}

/** All objects of one kind, and the Registries that they refer to. */
export interface Rivals<T extends Prefixed> {
  readonly all: Pick<Lister<T>, 'values'>;
  readonly registries: Pick<Lister<Registry>, 'get'>;
}

/**
 * The name of the object that has the thing which this one stands for (pure). Who only observes wants nothing, and who
 * refers to a Registry that is only pulled from can never have it.
 */
export function holderOf<T extends Prefixed>(object: T, { all, registries }: Rivals<T>): string {
  const others = [...all.values()].filter(
    (other) =>
      other.metadata.name !== object.metadata.name &&
      other.spec.mode !== 'Observe' &&
      registries.get(other.spec.registryRef.name)?.spec.access !== 'PullOnly' &&
      isSameThing(registries, object, other),
  );
  return holderAmong([contender(object), ...others.map(contender)]).key;
}

/** Throws `Conflict`, which names the holder, where the thing is another object's. */
export function requireHeld<T extends Prefixed>(object: T, rivals: Rivals<T>): void {
  const holder = holderOf(object, rivals);
  if (object.spec.mode === 'Observe' || holder === object.metadata.name) return;
  const place = placeNamed(rivals.registries, object.spec.registryRef.name);
  throw new TerminalError(
    'Conflict',
    `${holder} declares the prefix ${prefixOf(object)} in ${place} too, and holds it: delete one of the two`,
  );
}

function contender({ metadata, status }: Prefixed): Contender {
  const { name: key, creationTimestamp } = metadata;
  return { key, holds: status?.declaredHash !== undefined, creationTimestamp };
}

/** The times of a thing, as a status has them; the answer to its creation does not say yet when it was changed last. */
export function timesOf({
  createdAt,
  updatedAt,
}: {
  readonly createdAt: string;
  readonly updatedAt?: string;
}): {
  readonly createdAt: string;
  readonly updatedAt?: string;
} {
  const made = wholeSeconds(createdAt);
  const changed = wholeSeconds(updatedAt ?? createdAt);
  return { createdAt: made, ...(changed === made ? {} : { updatedAt: changed }) };
}

/** We had this very thing, and not one that was made anew for its prefix. Who has only observed it had nothing. */
export function hadBefore({ status }: Prefixed, live: { readonly createdAt: string }): boolean {
  return status?.declaredHash !== undefined && status.createdAt === wholeSeconds(live.createdAt);
}

/**
 * Whether the thing is the object's own, so that it may be deleted with it: the very thing that it had, or, where its
 * status could not be written any more, a younger one that is just as declared.
 */
export function isOwn(object: Prefixed, live: { readonly createdAt: string }, isSame: boolean): boolean {
  return hadBefore(object, live) || (isSame && isYounger(object, live));
}

/**
 * The way to ECR by which the thing is to be deleted with its object, or undefined where it stays: retained, impossible
 * to have been made, or another object's by now. Throws what keeps a deletion back.
 */
export async function toDelete<T extends Prefixed>(
  object: T,
  access: RegistryAccess,
  rivals: Rivals<T>,
): Promise<Connection | undefined> {
  const { spec, status, metadata } = object;
  const { registryRef } = spec;
  const registry = rivals.registries.get(registryRef.name);
  // Without a Registry to write to nothing can have been made, unless the status says so.
  if (status?.declaredHash === undefined && (!registry || registry.spec.access === 'PullOnly'))
    return undefined;
  if (!isDeletedAtAws(spec)) return undefined;
  if (holderOf(object, rivals) !== metadata.name) return undefined;
  return access.connect(access.writable(registryRef.name));
}
