import { OWNER_TAG } from '../../api/names.ts';
import type { Tags } from '../../ecr/ecr-api.ts';
import { ownerOf } from '../../ecr/tags.ts';
import type { TenancyWord } from '../../ecr/tenancy.ts';
import { RetryableError, TerminalError } from '../../runtime/errors.ts';
import type { DesiredRepository } from './desired.ts';

export interface AdoptionInput {
  readonly desired: Pick<DesiredRepository, 'name' | 'owner' | 'adoption'>;
  readonly observed: { readonly live?: object | undefined; readonly tags: Tags };
  /** Our own status says that this repository was ours before. */
  readonly heldBefore: boolean;
  /** What people call it; an ECR repository unless told. */
  readonly noun?: string;
}

const NOUN = 'ECR repository';

/** What is ours was made or taken over under one of the two, and either keeps it. */
export const KEEP: readonly TenancyWord[] = ['Create', 'Adopt'];

/**
 * Which tenancy words let us go on with this repository, any of them (pure): to make it, to take it over, or, for one
 * that is ours, to keep it. Throws where it is not to be touched at all.
 */
export function sufficientWords(input: AdoptionInput): readonly TenancyWord[] {
  const { desired, observed, heldBefore, noun = NOUN } = input;
  const { name, owner, adoption } = desired;
  if (!observed.live) {
    if (adoption !== 'Only') return ['Create'];
    throw new RetryableError(
      'RepositoryNotFound',
      `there is no ${noun} ${name}, and adoption: Only makes none: make it elsewhere, or choose another adoption`,
    );
  }
  const holder = ownerOf(observed.tags);
  if (holder === owner) return KEEP;
  if (holder !== undefined) return fromAnother(holder, input);
  // Somebody took the tag away: to put it back is to mend drift.
  if (heldBefore) return KEEP;
  if (adoption !== 'Never') return ['Adopt'];
  throw new TerminalError(
    'RepositoryExists',
    `${noun} ${name} exists already, and adoption: Never leaves it alone: choose IfUnowned to take it over, or another name`,
  );
}

/**
 * Which tenancy words let us look at this repository and tell what it is like, any of them (pure). What exists and is
 * not ours is shown to those only who might take it over.
 */
export function observationWords(input: AdoptionInput): readonly TenancyWord[] {
  const { desired, observed, heldBefore } = input;
  const holder = ownerOf(observed.tags);
  const isOurs = holder === desired.owner || (holder === undefined && heldBefore);
  if (!observed.live || isOurs) return KEEP;
  return holder === undefined ? ['Adopt'] : fromAnother(holder, input);
}

function fromAnother(
  holder: string,
  { desired, heldBefore, noun = NOUN }: AdoptionInput,
): readonly TenancyWord[] {
  const { name, adoption } = desired;
  // Whoever lost a repository does not take it back, or two objects would take it from each other for ever.
  if (adoption === 'IfExists' && !heldBefore) return ['Adopt'];
  const advice = heldBefore
    ? `delete the other object, or, to have it back, set the repository's tag ${OWNER_TAG} to ${desired.owner}`
    : 'delete that object, or set adoption: IfExists to take the repository over';
  throw new TerminalError(
    'OwnedByAnother',
    `${noun} ${name} belongs to ${holder} (cluster/namespace/name): ${advice}`,
  );
}
