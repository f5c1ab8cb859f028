import type {
  Registry,
  RegistryStatusReplication,
  RegistryStatusReplicationBackfill,
} from '../../api/registry.generated.ts';
import { placeKey } from '../../ecr/partition.ts';
import type { RegistrySettingsApi, ReplicationBackfill } from '../../ecr/registry-settings-api.ts';
import { cutText } from '../../runtime/cut-text.ts';
import { failureOf, messageOf, TerminalError } from '../../runtime/errors.ts';
import type { Happening } from '../../runtime/outcome.ts';
import { requestsOf } from './backfill-requests.ts';
import { backfillBegun, backfillEnd, isOver } from './backfill-words.ts';

type Backfill = RegistryStatusReplicationBackfill;

/** What the backfills of a Registry are after a pass. */
export interface Backfilled {
  readonly replication: RegistryStatusReplication;
  readonly happenings: readonly Happening[];
  /** Something is under way, or waits. */
  readonly goesOn: boolean;
}

/** The way to ECR, and whether anything may be written there. */
export interface BackfillAccess {
  readonly api: RegistrySettingsApi;
  readonly mayWrite: boolean;
}

/** How often backfills that are under way are looked at (ms): they take minutes to days. */
export const BACKFILL_POLL_MS = 30_000;

const MOST_RUNNING = 10;
const MOST_TOLD = 100;
const FAILURES_TOLD = 5;
const LONGEST_MESSAGE = 1_024;

/**
 * One step of the backfills that were asked for by annotation: begins those that may begin, reads those under way, and
 * stops them where that was asked for. One that runs already, since an operator before us began it, is taken for ours.
 * Where nothing may be written, they are read.
 */
export async function stepBackfills(
  registry: Registry,
  known: RegistryStatusReplication,
  { api, mayWrite }: BackfillAccess,
): Promise<Backfilled> {
  const requests = requestsOf(registry);
  const start = mayWrite ? requests.start : known.backfillRequest;
  const stop = mayWrite ? requests.stop : known.backfillStopRequest;
  const isNew = start !== undefined && start !== known.backfillRequest;
  const before = isNew ? await asked(registry, api) : (known.backfills ?? []);
  const stops = stop !== undefined && stop !== known.backfillStopRequest;
  const stopped = stops ? await stopAll(before, api) : before;
  const read = await Promise.all(stopped.map((one) => readOne(one, api)));
  const backfills = mayWrite ? await startWaiting(read, api) : read;
  return {
    replication: {
      ...(start === undefined ? {} : { backfillRequest: start }),
      ...(stop === undefined ? {} : { backfillStopRequest: stop }),
      backfills,
    },
    happenings: [...(isNew ? [backfillBegun(backfills)] : []), ...backfillEnd(before, backfills)],
    goesOn: backfills.some(({ state }) => !isOver({ state }) && (mayWrite || state !== 'WAITING')),
  };
}

/** Each destination once, as far as a status can tell of them. */
async function asked({ spec }: Registry, api: RegistrySettingsApi): Promise<readonly Backfill[]> {
  const running = await api.runningBackfills();
  const found = new Map<string, Backfill>();
  for (const destination of (spec.replication?.rules ?? []).flatMap((rule) => rule.destinations)) {
    const { region, accountId } = destination;
    const key = placeKey(destination);
    const one: Backfill = { region, accountId, state: 'WAITING' };
    if (found.size < MOST_TOLD || found.has(key)) found.set(key, runningAs(one, running) ?? one);
  }
  return [...found.values()];
}

/** The one that runs to there, if there is one that is not being stopped. */
function runningAs(
  { region, accountId }: Backfill,
  running: readonly ReplicationBackfill[],
): Backfill | undefined {
  const found = running.find(
    ({ destination, status }) =>
      destination.region === region && destination.accountId === accountId && status !== 'STOPPING',
  );
  return found && told(found);
}

async function stopAll(backfills: readonly Backfill[], api: RegistrySettingsApi): Promise<Backfill[]> {
  return Promise.all(
    backfills.map(async (one): Promise<Backfill> => {
      if (one.state === 'WAITING') return { ...withoutMessage(one), state: 'STOPPED' };
      if (one.id !== undefined && !isOver(one)) await api.stopBackfill(one.id);
      return one;
    }),
  );
}

async function readOne(one: Backfill, api: RegistrySettingsApi): Promise<Backfill> {
  if (one.id === undefined || isOver(one)) return one;
  const found = await api.backfill(one.id);
  if (!found) return { ...one, state: 'FAILED', message: 'ECR does not know this backfill any more' };
  const now = told(found);
  if (!isOver(now) || !now.failed) return now;
  const failures = await api.backfillFailures(one.id, FAILURES_TOLD);
  const words = failures.map(({ repository, image, code }) => `${repository} ${image}: ${code}`);
  return { ...now, message: short([...(now.message ? [now.message] : []), ...words].join('; ')) };
}

async function startWaiting(backfills: readonly Backfill[], api: RegistrySettingsApi): Promise<Backfill[]> {
  const result = [...backfills];
  const running = result.filter(({ state }) => state !== 'WAITING' && !isOver({ state }));
  const busy = new Set(running.map(({ region }) => region));
  for (const [index, one] of result.entries()) {
    if (one.state !== 'WAITING' || busy.has(one.region) || busy.size >= MOST_RUNNING) continue;
    const now = await startOne(one, api);
    result[index] = now;
    if (!isOver(now)) busy.add(one.region);
  }
  return result;
}

/** What is in the way elsewhere is waited for; what ECR refuses is told. Other failures are the whole pass's. */
async function startOne(one: Backfill, api: RegistrySettingsApi): Promise<Backfill> {
  try {
    const { region, accountId } = one;
    return told(await api.startBackfill({ region, accountId }));
  } catch (error) {
    const { reason } = failureOf(error);
    const message = short(messageOf(error));
    // Begun, it may be, by a pass that could not tell of it.
    if (reason === 'BackfillInProgress')
      return runningAs(one, await api.runningBackfills()) ?? { ...one, message };
    if (reason === 'QuotaExceeded') return { ...one, message };
    if (error instanceof TerminalError) return { ...one, state: 'REFUSED', message };
    throw error;
  }
}

function told({
  id,
  destination,
  status,
  failureCode,
  progress,
  startedAt,
  endedAt,
}: ReplicationBackfill): Backfill {
  return {
    ...destination,
    state: status,
    id,
    ...progress,
    ...(failureCode === undefined ? {} : { message: short(failureCode) }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

function withoutMessage({ message: _, ...rest }: Backfill): Omit<Backfill, 'message'> {
  return rest;
}

function short(text: string): string {
  return cutText(text, LONGEST_MESSAGE);
}
