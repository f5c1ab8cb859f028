import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Connections, createConnections } from '../../../src/ecr/connection.ts';
import { type AwsCall, callResult } from '../../../src/ecr/observe-calls.ts';
import { RetryableError } from '../../../src/runtime/errors.ts';
import { type AwsSimulator, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import type { Fault } from '../../lab/aws/faults.ts';
import { ACCOUNT, hurriedClock, STAND_INS, specAt } from './stand-in.ts';

const REFUSED: Fault = { kind: 'error', name: 'UnrecognizedClientException', message: 'no', status: 400 };

let aws: AwsSimulator<{ now(): Date }>;
let connections: Connections;
const calls: AwsCall[] = [];

beforeAll(async () => {
  aws = await startAwsSimulator({ clock: { now: () => new Date() } });
  const keys = aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/operator` });
  const onCall = (call: AwsCall): void => void calls.push(call);
  connections = createConnections(async () => keys, { ...hurriedClock, network: STAND_INS, onCall });
});

afterEach(() => {
  aws.faults.clear();
  calls.length = 0;
});

afterAll(async () => {
  connections?.close();
  await aws?.stop();
});

/** What was told, but for how long it took. */
const told = () => calls.map(({ seconds: _, ...call }) => call);
const place = { accountId: ACCOUNT, region: 'us-east-1' };

test('each call is told with its operation, whose it was and how it ended', async () => {
  const connection = connections.to(specAt(aws));
  await connection.verify();
  await connection.ecr.describeRepository('web');
  await connection.issueToken({ kind: 'Registry' });
  expect(told()).toEqual([
    { service: 'sts', operation: 'GetCallerIdentity', result: 'ok', place: undefined },
    { service: 'ecr', operation: 'DescribeRepositories', result: 'rejected', place },
    { service: 'ecr', operation: 'GetAuthorizationToken', result: 'ok', place },
  ]);
  for (const { seconds } of calls) expect(seconds).toBeGreaterThan(0);
});

test.each<[string, Fault, AwsCall['result'], number]>([
  ['throttled, each time that the budget makes it', { kind: 'throttle' }, 'throttled', 5],
  ['denied', { kind: 'access-denied' }, 'denied', 1],
  ['refused for its keys', REFUSED, 'credentials', 1],
  ['unavailable, with what the SDK repeats', { kind: 'server-error' }, 'unavailable', 1],
  ['rejected', { kind: 'quota' }, 'rejected', 1],
])('a call is told as %s', async (_what, fault, result, times) => {
  aws.faults.add({ match: { action: 'ecr:*' }, fault });
  const { ecr } = connections.to(specAt(aws));
  await expect(ecr.createRepository({ name: 'x', tags: {} })).rejects.toThrow();
  // Who the operator is is asked anew after keys were refused.
  expect(told().filter(({ service }) => service === 'ecr')).toEqual(
    Array.from({ length: times }, () => ({ service: 'ecr', operation: 'CreateRepository', result, place })),
  );
});

test('what never came as far as AWS is told by its reason, what nobody knows as rejected', () => {
  expect(callResult(new RetryableError('CredentialsUnavailable', 'no'))).toBe('credentials');
  expect(callResult(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))).toBe('unreachable');
  expect(callResult(Object.assign(new Error('no'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }))).toBe(
    'unreachable',
  );
  expect(callResult('what')).toBe('rejected');
});
