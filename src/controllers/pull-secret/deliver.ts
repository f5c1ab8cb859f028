import type { Clock } from '../../runtime/clock.ts';
import { timestamp } from '../../runtime/clock.ts';
import type { Next } from '../../runtime/controller.ts';
import { type Failure, failureOf, RetryableError } from '../../runtime/errors.ts';
import { type Key, splitKey } from '../../runtime/key.ts';
import type { KubeClient } from '../../runtime/kube-client.ts';
import { isConflict, isInvalid, isNamespaceTerminating } from '../../runtime/kube-errors.ts';
import { createContests } from '../contests.ts';
import type { PullSecretCounters } from '../metrics/event-counters.ts';
import { type AttachmentResult, attach } from './attach.ts';
import { type Target, targetKey } from './claims.ts';
import { type Decision, decide } from './decide.ts';
import { type DeliveryInput, givesWayAfterMs, inputOf } from './delivery-input.ts';
import type { PullWorld } from './pull-world.ts';
import { writeSecret } from './write-secret.ts';
import { createWrittenVersions } from './written-versions.ts';

export interface DeliveryOptions {
  readonly world: PullWorld;
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Called when a target fails, recovers, or fails otherwise. */
  readonly onResult: (target: Target) => void;
  readonly counters?: Pick<PullSecretCounters, 'secretWritten'> | undefined;
}

/** So often a write may meet a newer version before it is worth a word: the watch brings the news in a moment. */
const QUIET_CONFLICTS = 3;

/** One pass over one target: the Secret of one name in one namespace, and the ServiceAccounts beside it. */
export function deliveryReconciler(options: DeliveryOptions): (key: Key) => Promise<Next> {
  const { world, client, clock } = options;
  const contests = createContests(clock);
  const conflicts = new Map<Key, number>();
  const written = createWrittenVersions(clock);

  async function deliver(target: Target): Promise<AttachmentResult> {
    const input = inputOf(world, target, clock.now());
    const decision = decide(input);
    const fight = fightOver(target, input, decision);
    const kept = fight ? { ...decision, secret: { type: 'keep' as const } } : decision;
    const attachments = {
      target,
      holder: input.demand?.holder,
      action: decision.attachment,
      accounts: world.serviceAccountsIn(target.namespace),
      configured: world.secretNames,
    };
    // What is retained says so in the Secret, which is released last: without that, its entry would count as left over.
    const secretFirst = decision.attachment !== 'release';
    if (secretFirst) await write(target, input, kept);
    const attached = await attach(client, clock, contests, attachments);
    if (!secretFirst) await write(target, input, kept);
    const failure = fight?.failure ?? decision.failure ?? attached.failure;
    const moved = input.moving ? MOVED_MS : undefined;
    const waits = [fight?.againMs, attached.againMs, moved, givesWayAfterMs(input, clock.now())];
    const known = waits.filter((ms) => ms !== undefined);
    return {
      ...(failure ? { failure } : {}),
      ...(known.length > 0 ? { againMs: Math.min(...known) } : {}),
    };
  }

  async function write(
    target: Target,
    { demand, secret }: DeliveryInput,
    { secret: action }: Decision,
  ): Promise<void> {
    const { changed, resourceVersion } = await writeSecret(client, {
      target,
      holder: demand?.holder,
      secret,
      action,
    });
    if (changed && action.type !== 'keep')
      options.counters?.secretWritten(action.type === 'apply' ? action.why : WORDS[action.type]);
    if (resourceVersion) written.remember(targetKey(target), resourceVersion);
    if (changed && action.type === 'apply' && RESTORES.has(action.why)) contests.restored(targetKey(target));
    // What we took away ourselves is nobody's fight.
    if (action.type === 'delete') contests.forget(targetKey(target));
  }

  /** Somebody keeps undoing the Secret: it is written less and less often. */
  function fightOver(
    target: Target,
    { secret }: DeliveryInput,
    { secret: action }: Decision,
  ): AttachmentResult | undefined {
    if (action.type !== 'apply' || !RESTORES.has(action.why)) return undefined;
    const waitMs = contests.wait(targetKey(target));
    if (waitMs === 0) return undefined;
    const count = contests.count(targetKey(target)) - 1;
    const what = secret ? 'changing' : 'deleting';
    return {
      againMs: waitMs,
      failure: {
        reason: 'SecretContested',
        message: `somebody keeps ${what} Secret ${target.secretName}, which was put right ${count} times: tried again at ${timestamp(clock.now() + waitMs)}; find who writes to it, or choose another secretName`,
      },
    };
  }

  function forget(key: Key): void {
    contests.forget(key);
    conflicts.delete(key);
    written.forget(key);
  }

  /** A conflict is what the watch is about to tell of, unless it comes again and again. */
  function isQuiet(key: Key, error: unknown): boolean {
    if (!isConflict(error) && (error as Partial<RetryableError>).reason !== 'Conflict') return false;
    const count = (conflicts.get(key) ?? 0) + 1;
    conflicts.set(key, count);
    return count <= QUIET_CONFLICTS;
  }

  return async (key) => {
    const target = splitTarget(key);
    const namespace = world.namespaces.get(target.namespace);
    const report = (failure: Failure | undefined): void => {
      if (world.results.set(key, failure)) options.onResult(target);
    };
    // Who wants it is looked at first, and wakes this again; nobody looks at names that are not configured.
    if (namespace && world.secretNames.includes(target.secretName) && !world.demand.isKnown(key)) return {};
    if (!namespace || namespace.terminating) {
      forget(key);
      report(undefined);
      return {};
    }
    // What the watch has not shown yet would be written again.
    const staleMs = written.staleMs(key, world.secret(key)?.resourceVersion);
    if (staleMs > 0) return { requeueAfterMs: staleMs };
    try {
      const { failure, againMs } = await deliver(target);
      conflicts.delete(key);
      report(failure);
      return againMs === undefined ? {} : { requeueAfterMs: againMs };
    } catch (error) {
      if (isNamespaceTerminating(error)) return {};
      if (!isQuiet(key, error)) report(failureOf(explained(error, target)));
      return { retry: { kind: 'backoff' } };
    }
  };
}

/** How soon a Secret under an old name is looked at again, while the new one is on its way. */
const MOVED_MS = 5_000;

/** As a metric tells of writes that have no reason of their own. */
const WORDS = { delete: 'Deleted', release: 'Released' } as const;

/** Writes that put something right, as against new tokens. */
const RESTORES: ReadonlySet<string> = new Set(['Missing', 'Edited']);

function splitTarget(key: Key): Target {
  const { namespace, name } = splitKey(key);
  return { namespace, secretName: name };
}

function explained(error: unknown, { secretName }: Target): unknown {
  if (isConflict(error))
    return new RetryableError('Conflict', `Secret ${secretName} changed meanwhile, trying again`, {
      cause: error,
    });
  if (isInvalid(error)) {
    // Type and `immutable` cannot be changed: a Secret that was handed over may have others than ours.
    return new RetryableError(
      'SecretInvalid',
      `the API server does not take Secret ${secretName}: ${(error as Error).message}; delete it, and it is made anew`,
      { cause: error },
    );
  }
  return error;
}
