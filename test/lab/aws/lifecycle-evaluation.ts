import { isObject, wildcardMatches } from './policy-document.ts';
import type { Image, Repository } from './registry-state.ts';

/** An image that a rule takes. */
export interface LifecycleMark {
  readonly image: Image;
  readonly action: 'EXPIRE' | 'TRANSITION';
  readonly rulePriority: number;
}

/** A rule of a policy that was found valid. */
interface Rule {
  readonly rulePriority: number;
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged' | 'any';
    readonly tagPatternList?: readonly string[];
    readonly tagPrefixList?: readonly string[];
    readonly storageClass?: 'standard' | 'archive';
    readonly countType: keyof typeof AGES | 'imageCountMoreThan';
    readonly countNumber: number;
  };
  readonly action: { readonly type: 'expire' | 'transition' };
}

const DAY_MS = 86_400_000;

/** From when on each count of days counts; undefined lets an image stay. */
const AGES = {
  sinceImagePushed: (image: Image) => image.pushedAt,
  // An image that was never pulled counts from its push, and one that was restored from then (user guide).
  sinceImagePulled: (image: Image) =>
    latest([image.lastPulledAt ?? image.pushedAt, image.activatedAt ?? image.pushedAt]),
  sinceImageTransitioned: (image: Image) => image.archivedAt,
};

/**
 * The images that a policy would take, by the user guide's "Lifecycle policy evaluation rules": one rule at most takes
 * an image; what fits a rule's tags and storage class no later rule takes, though later rules still count it; an image
 * that a manifest list names stays. `text` is a valid policy with its rules in order of priority.
 */
export function evaluateLifecycle(repository: Repository, text: string, now: Date): readonly LifecycleMark[] {
  const { rules } = JSON.parse(text) as { readonly rules: readonly Rule[] };
  const images = [...repository.images.values()];
  const listed = new Set(images.flatMap(childrenOf));
  const spoken = new Set<Image>();
  return rules.flatMap((rule) => {
    const fitting = images.filter((image) => classFits(rule, image) && tagsFit(rule, image));
    const taken = surplus(rule, fitting, now).filter(
      (image) => !spoken.has(image) && !listed.has(image.digest),
    );
    for (const image of fitting) spoken.add(image);
    const action = rule.action.type === 'expire' ? ('EXPIRE' as const) : ('TRANSITION' as const);
    return taken.map((image) => ({ image, action, rulePriority: rule.rulePriority }));
  });
}

function classFits({ selection }: Rule, image: Image): boolean {
  return (selection.storageClass === 'archive') === (image.status === 'ARCHIVED');
}

/** Each entry of a list has to fit some tag of the image. */
function tagsFit({ selection }: Rule, image: Image): boolean {
  const { tagStatus, tagPatternList = [], tagPrefixList = [] } = selection;
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return image.tags.size === 0;
  const tags = [...image.tags];
  return (
    tagPatternList.every((pattern) => tags.some((tag) => wildcardMatches(pattern, tag))) &&
    tagPrefixList.every((prefix) => tags.some((tag) => tag.startsWith(prefix)))
  );
}

function surplus({ selection }: Rule, images: readonly Image[], now: Date): readonly Image[] {
  const { countType, countNumber } = selection;
  if (countType === 'imageCountMoreThan') {
    return images.toSorted((a, b) => b.pushedAt.getTime() - a.pushedAt.getTime()).slice(countNumber);
  }
  const before = now.getTime() - countNumber * DAY_MS;
  const age = AGES[countType];
  return images.filter((image) => (age(image)?.getTime() ?? before) < before);
}

function latest(dates: readonly Date[]): Date {
  return new Date(Math.max(...dates.map((date) => date.getTime())));
}

/** The digests that a manifest list names. */
function childrenOf({ manifest }: Image): readonly string[] {
  if (manifest === undefined) return [];
  const parsed: unknown = JSON.parse(manifest);
  const children = isObject(parsed) && Array.isArray(parsed['manifests']) ? parsed['manifests'] : [];
  return children.map((child: unknown) => (isObject(child) ? String(child['digest']) : ''));
}
