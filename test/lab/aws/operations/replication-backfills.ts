import { AwsError, invalidParameter, limitExceeded } from '../aws-error.ts';
import { arrive, backfillImages, isOver, progressOf, statusOf } from '../backfill-progress.ts';
import { cutPage } from '../paging.ts';
import { type Input, maxResults, type Output, optionalString, requiredString } from '../parameters.ts';
import type { Registry } from '../registry-state.ts';
import type { Backfill } from '../registry-wide.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { destinationOf } from './registry-rules.ts';

/**
 * Operations on replication backfills. Their rules are those of the API reference; AWS's own words for refusals were
 * not found, so they are the descriptions of the errors there.
 */
export const replicationBackfillOperations = {
  StartReplicationBackfill: startReplicationBackfill,
  StopReplicationBackfill: stopReplicationBackfill,
  ListReplicationBackfills: listReplicationBackfills,
  DescribeReplicationBackfillResults: describeReplicationBackfillResults,
} satisfies OperationTable;

const MOST_RUNNING = 10;

function startReplicationBackfill({ world, registry }: OperationContext, input: Input): Output {
  const destination = destinationOf(input['destination'], registry);
  const { backfills, backfillPlan, replication } = registry.wide;
  const isDeclared = replication
    .flatMap(({ destinations }) => destinations)
    .some(({ region, registryId }) => region === destination.region && registryId === destination.registryId);
  if (!isDeclared) {
    throw invalidParameter('destination', 'Destination is not in the replication configuration');
  }
  const startedAt = world.clock.now();
  const running = backfills.filter((one) => !isOver(one, startedAt));
  if (running.some((one) => one.destination.region === destination.region)) {
    throw new AwsError(
      'ReplicationBackfillInProgressException',
      'A replication backfill is already in progress for the specified destination Region.',
    );
  }
  if (running.length >= MOST_RUNNING) throw limitExceeded();
  const sequence = backfills.length + 1;
  const preparedAt = new Date(startedAt.getTime() + backfillPlan.preparingMs);
  const made: Backfill = {
    sequence,
    id: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
    destination,
    startedAt,
    preparedAt,
    endsAt: new Date(preparedAt.getTime() + backfillPlan.copyingMs),
    images: backfillImages(registry, destination),
    failureCode: backfillPlan.failureCode,
  };
  backfills.push(made);
  const { replicationBackfillId, status } = summaryOf(made, startedAt);
  return { replicationBackfillId, registryId: registry.accountId, destination, status, startedAt };
}

function stopReplicationBackfill({ world, registry }: OperationContext, input: Input): Output {
  const found = foundBackfill(registry, input);
  const now = world.clock.now();
  if (isOver(found, now)) {
    throw new AwsError(
      'ReplicationBackfillInvalidStatusException',
      'The replication backfill is not in a status that can be stopped.',
    );
  }
  found.stoppedAt = now;
  const { replicationBackfillId, destination, status, startedAt } = summaryOf(found, now);
  return { registryId: registry.accountId, replicationBackfillId, destination, status, startedAt };
}

function listReplicationBackfills({ world, registry }: OperationContext, input: Input): Output {
  const now = world.clock.now();
  for (const one of registry.wide.backfills) arrive(world, registry, one);
  const newestFirst = [...registry.wide.backfills].reverse();
  const size = maxResults(input, 50) ?? 25;
  const page = cutPage(newestFirst, (one) => -one.sequence, size, optionalString(input, 'nextToken'));
  return {
    registryId: registry.accountId,
    backfills: page.items.map((one) => summaryOf(one, now)),
    nextToken: page.nextToken,
  };
}

function describeReplicationBackfillResults({ world, registry }: OperationContext, input: Input): Output {
  const found = foundBackfill(registry, input);
  const now = world.clock.now();
  arrive(world, registry, found);
  const filter = optionalString(input, 'resultStatusFilter');
  const all = isOver(found, now)
    ? found.images.map((image, position) => ({
        image,
        position,
        status: image.failureCode ? 'FAILED' : 'COMPLETE',
      }))
    : [];
  const wanted = all.filter(({ status }) => filter === undefined || status === filter);
  const size = maxResults(input) ?? 100;
  const page = cutPage(wanted, ({ position }) => position, size, optionalString(input, 'nextToken'));
  return {
    registryId: registry.accountId,
    ...summaryOf(found, now),
    results: page.items.map(({ image, status }) => ({
      repositoryName: image.repositoryName,
      imageId: { imageDigest: image.imageDigest, imageTag: image.imageTag },
      status,
      failureCode: image.failureCode,
    })),
    nextToken: page.nextToken,
  };
}

function summaryOf(one: Backfill, now: Date) {
  const over = isOver(one, now);
  const { id: replicationBackfillId, destination, startedAt, endsAt, stoppedAt, failureCode } = one;
  return {
    replicationBackfillId,
    destination,
    status: statusOf(one, now),
    failureCode: over ? failureCode : undefined,
    progress: progressOf(one, now),
    startedAt,
    endedAt: over ? (stoppedAt ?? endsAt) : undefined,
  };
}

function foundBackfill({ wide }: Registry, input: Input): Backfill {
  const id = requiredString(input, 'replicationBackfillId');
  const found = wide.backfills.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new AwsError(
    'ReplicationBackfillNotFoundException',
    'The specified replication backfill could not be found.',
  );
}
