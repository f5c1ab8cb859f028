import {
  DescribeReplicationBackfillResultsCommand,
  ListReplicationBackfillsCommand,
  type ReplicationBackfillProgress,
  type ReplicationBackfillSummary,
  StartReplicationBackfillCommand,
  StopReplicationBackfillCommand,
} from '@aws-sdk/client-ecr';
import { timestamp } from '../runtime/clock.ts';
import type { BackfillProgress, RegistrySettingsApi, ReplicationBackfill } from './registry-settings-api.ts';
import { ALL, paged, type SdkCalls } from './sdk-calls.ts';

type BackfillCalls = Pick<
  RegistrySettingsApi,
  'startBackfill' | 'stopBackfill' | 'runningBackfills' | 'backfill' | 'backfillFailures'
>;

const UNKNOWN = ['ReplicationBackfillNotFoundException'];
const OVER = [...UNKNOWN, 'ReplicationBackfillInvalidStatusException'];

/** The calls on replication backfills. */
export function backfillCalls(calls: SdkCalls): BackfillCalls {
  const { client, registryId, call, find } = calls;
  return {
    startBackfill: ({ region, accountId }) =>
      call('StartReplicationBackfill', ALL, async () => {
        const destination = { region, registryId: accountId };
        return backfillOf(
          await client.send(new StartReplicationBackfillCommand({ registryId, destination })),
        );
      }),

    stopBackfill: async (replicationBackfillId) => {
      await find('StopReplicationBackfill', ALL, OVER, () =>
        client.send(new StopReplicationBackfillCommand({ registryId, replicationBackfillId })),
      );
    },

    ...backfillReads(calls),
  };
}

function backfillReads({
  client,
  registryId,
  call,
  find,
}: SdkCalls): Pick<BackfillCalls, 'runningBackfills' | 'backfill' | 'backfillFailures'> {
  return {
    runningBackfills: async () => {
      const pages = paged((nextToken) =>
        call('ListReplicationBackfills', ALL, async () => {
          const input = { registryId, maxResults: 50, ...(nextToken ? { nextToken } : {}) };
          const answer = await client.send(new ListReplicationBackfillsCommand(input));
          return { items: (answer.backfills ?? []).map(backfillOf), nextToken: answer.nextToken };
        }),
      );
      const found: ReplicationBackfill[] = [];
      for await (const page of pages) found.push(...page.filter(({ endedAt }) => endedAt === undefined));
      return found;
    },

    backfill: (replicationBackfillId) =>
      find('DescribeReplicationBackfillResults', ALL, UNKNOWN, async () => {
        const input = { registryId, replicationBackfillId, maxResults: 1 };
        return backfillOf(await client.send(new DescribeReplicationBackfillResultsCommand(input)));
      }),

    backfillFailures: (replicationBackfillId, most) =>
      call('DescribeReplicationBackfillResults', ALL, async () => {
        const input = {
          registryId,
          replicationBackfillId,
          resultStatusFilter: 'FAILED' as const,
          maxResults: most,
        };
        const { results = [] } = await client.send(new DescribeReplicationBackfillResultsCommand(input));
        return results.map(({ repositoryName = '', imageId, failureCode, subImageFailureCodes }) => ({
          repository: repositoryName,
          image: imageId?.imageTag ?? imageId?.imageDigest ?? '',
          code: failureCode ?? subImageFailureCodes?.join(', ') ?? 'no code was given',
        }));
      }),
  };
}

function backfillOf(answer: Partial<ReplicationBackfillSummary>): ReplicationBackfill {
  const { replicationBackfillId: id = '', destination, status = 'PREPARING', failureCode } = answer;
  const { progress, startedAt, endedAt } = answer;
  return {
    id,
    destination: { region: destination?.region ?? '', accountId: destination?.registryId ?? '' },
    status,
    ...(failureCode === undefined ? {} : { failureCode }),
    ...(progress ? { progress: progressOf(progress) } : {}),
    ...(startedAt ? { startedAt: timestamp(startedAt.getTime()) } : {}),
    ...(endedAt ? { endedAt: timestamp(endedAt.getTime()) } : {}),
  };
}

function progressOf(progress: ReplicationBackfillProgress): BackfillProgress {
  const { totalReplicationCount, completedReplicationCount, failedReplicationCount } = progress;
  return {
    total: totalReplicationCount ?? 0,
    completed: completedReplicationCount ?? 0,
    failed: failedReplicationCount ?? 0,
  };
}
