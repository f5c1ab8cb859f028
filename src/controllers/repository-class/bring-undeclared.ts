import { CLASS_TAG } from '../../api/names.ts';
import type { Registry } from '../../api/registry.generated.ts';
import type { RepositoryStatusPreview } from '../../api/repository.generated.ts';
import type { EcrApi, LiveRepository } from '../../ecr/ecr-api.ts';
import { ownerOf } from '../../ecr/tags.ts';
import type { Clock } from '../../runtime/clock.ts';
import { TerminalError } from '../../runtime/errors.ts';
import { Waiting } from '../external-resource.ts';
import type { ImageUsage } from '../image-usage/image-usage.ts';
import { applyRepositoryAction } from '../repository/apply.ts';
import type { DesiredRepository } from '../repository/desired.ts';
import { observeRepository } from '../repository/observe.ts';
import { NOTHING_MANAGED, planRepository } from '../repository/plan.ts';
import { holdBack } from '../repository/preview.ts';

export interface BringOptions {
  /** Of lifecycle policies that are not put yet, by key. */
  readonly previews: Map<string, RepositoryStatusPreview>;
  readonly imageUsage: ImageUsage | undefined;
  readonly now: Clock['now'];
}

/** One repository that nobody declared, and what it shall be. */
export interface Undeclared {
  readonly ecr: EcrApi;
  readonly registry: Registry;
  readonly desired: DesiredRepository;
  /** As a list of the whole registry has just shown it. */
  readonly listed: LiveRepository | undefined;
  readonly key: string;
}

/**
 * Makes it so. False where it is gone, or a Repository of any cluster has it. Throws {@link Waiting} while ECR is asked
 * what a lifecycle policy would do.
 */
export async function bringUndeclared(options: BringOptions, undeclared: Undeclared): Promise<boolean> {
  const { ecr, desired, listed } = undeclared;
  let observed = await observeRepository(ecr, desired, listed);
  if (!observed.live || ownerOf(observed.tags) !== undefined) return false;
  const holder = observed.tags[CLASS_TAG];
  if (holder !== undefined && !holder.startsWith(`${desired.owner.split('/')[0]}/`)) {
    throw new TerminalError(
      'OwnedByAnother',
      `ECR repository ${desired.name} belongs to ${holder} (cluster/class): take its prefix out of one of the two classes`,
    );
  }
  const late: unknown[] = [];
  for (const action of planRepository(desired, observed, NOTHING_MANAGED)) {
    try {
      if (action.type === 'PutLifecyclePolicy') await preview(options, undeclared, action.document);
      observed = await applyRepositoryAction(ecr, desired.name, action, observed);
    } catch (error) {
      late.push(error);
    }
  }
  if (late.length > 0) throw late.find((error) => !(error instanceof Waiting)) ?? late[0];
  return true;
}

/** As for Repositories; without a status the state of previews is remembered in memory. */
async function preview(
  { previews, imageUsage, now }: BringOptions,
  { ecr, registry, desired: { name, preview: mode }, key }: Undeclared,
  document: string,
): Promise<void> {
  const { accountId, region } = registry.spec;
  const held = await holdBack({
    ecr,
    name,
    document,
    mode,
    previous: previews.get(key),
    usersOf: imageUsage && ((images) => imageUsage.usersOf({ accountId, region, name }, images)),
    now: now(),
  });
  if (held.put || !held.preview) previews.delete(key);
  else previews.set(key, held.preview);
  if (held.put) return;
  if (held.waiting) throw new Waiting(held.waiting, held.againMs ?? 5_000);
  throw held.failure;
}
