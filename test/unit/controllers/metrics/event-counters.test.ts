import { expect, test } from '@jest/globals';
import { REPOSITORIES } from '../../../../src/api/names.ts';
import type { AwsCall } from '../../../../src/ecr/observe-calls.ts';
import type { Happening } from '../../../../src/runtime/outcome.ts';
import { registry, repository } from '../objects.ts';
import { samplesOf, shownOf } from './shown.ts';

const CALL: AwsCall = {
  service: 'ecr',
  operation: 'DescribeRepositories',
  result: 'ok',
  seconds: 0.2,
  place: { accountId: '123456789012', region: 'us-east-1' },
};

test('calls are counted by operation and result, and by account with zeros for all other results', async () => {
  const one = shownOf({ registries: [registry()] });
  one.counters.awsCall(CALL);
  one.counters.awsCall({ ...CALL, result: 'throttled' });
  one.counters.awsCall({ ...CALL, service: 'sts', operation: 'AssumeRole', place: undefined });
  expect(await samplesOf(one, 'ecr_operator_aws_calls_total')).toEqual([
    '{api="ecr",operation="DescribeRepositories",result="ok"} 1',
    '{api="ecr",operation="DescribeRepositories",result="throttled"} 1',
    '{api="sts",operation="AssumeRole",result="ok"} 1',
  ]);
  const place = 'account="123456789012",region="us-east-1"';
  expect(await samplesOf(one, 'ecr_operator_aws_account_calls_total')).toEqual([
    `{${place},result="credentials"} 0`,
    `{${place},result="denied"} 0`,
    `{${place},result="ok"} 1`,
    `{${place},result="rejected"} 0`,
    `{${place},result="throttled"} 1`,
    `{${place},result="unavailable"} 0`,
    `{${place},result="unreachable"} 0`,
  ]);
  expect(await samplesOf(one, 'ecr_operator_aws_call_duration_seconds_sum')).toEqual([
    '{api="ecr",operation="DescribeRepositories"} 0.4',
    '{api="sts",operation="AssumeRole"} 0.2',
  ]);
});

test('drift is counted where it is told as an Event, which is written all the same', async () => {
  const one = shownOf();
  const told: string[] = [];
  const events = one.counters.counting({
    record: (_, __, { reason }) => void told.push(reason),
    flush: async () => void told.push('flush'),
  });
  for (const reason of ['DriftMended', 'DriftObserved', 'Updated']) {
    const happening: Happening = { type: 'Normal', reason, message: '' };
    events.record(REPOSITORIES, repository() as never, happening);
  }
  await events.flush();
  expect(told).toEqual(['DriftMended', 'DriftObserved', 'Updated', 'flush']);
  const others = ['PublicRepository', 'PullThroughCacheRule', 'Registry'].map((kind) => `{kind="${kind}"} 0`);
  const last = '{kind="RepositoryCreationTemplate"} 0';
  const counted = (count: number) => [...others, `{kind="Repository"} ${count}`, last];
  expect(await samplesOf(one, 'ecr_operator_drift_found_total')).toEqual(counted(2));
  expect(await samplesOf(one, 'ecr_operator_drift_mended_total')).toEqual(counted(1));
});

test('tokens and Secrets are counted; names without a Registry are one', async () => {
  const one = shownOf({ registries: [registry()] });
  one.counters.issued('default');
  one.counters.notIssued('default', 'AccessDenied');
  one.counters.notIssued('x', 'RegistryNotFound');
  one.counters.notIssued('y', 'RegistryNotFound');
  one.counters.secretWritten('Missing');
  expect(await samplesOf(one, 'ecr_operator_tokens_issued_total')).toEqual(['{registry="default"} 1']);
  expect(await samplesOf(one, 'ecr_operator_token_failures_total')).toEqual([
    '{registry="(none)",reason="RegistryNotFound"} 2',
    '{registry="default",reason="AccessDenied"} 1',
  ]);
  expect(await samplesOf(one, 'ecr_operator_secrets_written_total')).toEqual(['{why="Missing"} 1']);
});
