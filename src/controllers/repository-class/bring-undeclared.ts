import { CLASS_TAG } from '../../api/names.ts';
import type { Registry } from '../../api/registry.generated.ts';
import type {
  RepositoryStatusPreview,
  RepositoryStatusRefusedPolicy,
} from '../../api/repository.generated.ts';
import type { EcrApi, LiveRepository } from '../../ecr/ecr-api.ts';
import { vanishedForeignPrincipals } from '../../ecr/policy-statements.ts';
import { ownerOf } from '../../ecr/tags.ts';
import type { Clock } from '../../runtime/clock.ts';
import { TerminalError } from '../../runtime/errors.ts';
import { worstOf } from '../external-resource.ts';
import type { ImageUsage } from '../image-usage/image-usage.ts';
import { applyRepositoryAction } from '../repository/apply.ts';
import type { DesiredRepository } from '../repository/desired.ts';
import { type ObservedRepository, observeRepository } from '../repository/observe.ts';
import { NOTHING_MANAGED, planRepository } from '../repository/plan.ts';
import { holdBack, requirePut } from '../repository/preview.ts';
import { policyFailure } from '../repository/principals.ts';

/** Without a status, what has to be known of a repository at the next pass is remembered here, by key. */
export interface BringOptions {
  /** Of lifecycle policies that are not put yet. */
  readonly previews: Map<string, RepositoryStatusPreview>;
  /** Policies that AWS does not take, since it knows nothing of a principal in them. */
  readonly refusals: Map<string, RepositoryStatusRefusedPolicy>;
  /** Keys whose policy holds no grant, nor is there one in their class: there is no need to look again. */
  readonly grantless: Set<string>;
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
 * Makes it so. False where it is gone, or a Repository of any cluster has it. Throws `Waiting` while ECR is asked what a
 * lifecycle policy would do.
 */
export async function bringUndeclared(options: BringOptions, undeclared: Undeclared): Promise<boolean> {
  const { ecr, desired, listed, key } = undeclared;
  const observed = await observeRepository(ecr, desired, listed);
  if (!observed.live || ownerOf(observed.tags) !== undefined) return false;
  refuseOtherCluster(desired, observed.tags[CLASS_TAG]);
  if (desired.statements && desired.statements.length > 0) options.grantless.delete(key);
  const refused = options.refusals.get(key);
  options.refusals.delete(key);
  const late: unknown[] = [];
  for (const action of planRepository(desired, observed, NOTHING_MANAGED)) {
    try {
      if (action.type === 'PutLifecyclePolicy') await preview(options, undeclared, action.document);
      await applyRepositoryAction(ecr, desired.name, action, observed);
    } catch (error) {
      const policy =
        action.type === 'SetRepositoryPolicy' ? { document: action.document, observed, refused } : undefined;
      late.push(policy ? whyRefused(options, undeclared, { ...policy, error }) : error);
    }
  }
  if (late.length > 0) throw worstOf(late);
  if (desired.statements?.length === 0) options.grantless.add(key);
  return true;
}

function refuseOtherCluster({ name, owner }: DesiredRepository, holder: string | undefined): void {
  if (holder === undefined || clusterOf(holder) === clusterOf(owner)) return;
  throw new TerminalError(
    'OwnedByAnother',
    `ECR repository ${name} belongs to ${holder} (cluster/class): take its prefix out of one of the two classes`,
  );
}

/** Of `cluster/class`: all before the last slash, since a class has none in its name. */
function clusterOf(holder: string): string | undefined {
  const slash = holder.lastIndexOf('/');
  return slash < 0 ? undefined : holder.slice(0, slash);
}

interface PolicyRefusal {
  readonly error: unknown;
  readonly document: string;
  readonly observed: ObservedRepository;
  /** As the last pass left it. */
  readonly refused: RepositoryStatusRefusedPolicy | undefined;
}

/** As for Repositories: who may be meant, and no longer waited for than a new principal takes. */
function whyRefused(
  { refusals, now }: BringOptions,
  { desired, key }: Undeclared,
  { error, document, observed, refused }: PolicyRefusal,
): unknown {
  const { policy: live } = observed;
  const foreign = live === undefined ? [] : vanishedForeignPrincipals(live, desired.statements ?? [], []);
  const why = policyFailure({ error, document, live, foreign, previous: refused, now: now() });
  if (why.refusedPolicy) refusals.set(key, why.refusedPolicy);
  return why.failure;
}

/** As for Repositories. */
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
    usersOf: imageUsage && ((pages) => imageUsage.usersOf({ accountId, region, name }, pages)),
    now: now(),
  });
  if (held.put || !held.preview) previews.delete(key);
  else previews.set(key, held.preview);
  requirePut(held);
}
