import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Connection, type Connections, createConnections } from '../../../src/ecr/connection.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { NotLeadingError } from '../../../src/runtime/fence.ts';
import { type AwsSimulator, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import { ACCOUNT, STAND_INS, specAt } from './stand-in.ts';

let aws: AwsSimulator<{ now(): Date }>;
let connections: Connections;
let connection: Connection;
/** How many attempts may still be made. */
let left = 0;
let asked: number;

beforeAll(async () => {
  aws = await startAwsSimulator({ clock: { now: () => new Date() } });
  const keys = aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/operator` });
  const fence = (): void => {
    asked += 1;
    left -= 1;
    if (left < 0) throw new NotLeadingError('closed');
  };
  connections = createConnections(async () => keys, {
    ...systemClock,
    network: { ...STAND_INS, fence },
  });
  connection = connections.to(specAt(aws));
  left = 1;
  await connection.verify();
});

beforeEach(() => {
  aws.faults.clear();
  aws.actions.clear();
  asked = 0;
  left = 0;
});

afterAll(async () => {
  connections?.close();
  await aws?.stop();
});

const CALLS: readonly [string, (on: Connection) => Promise<unknown>][] = [
  ['ecr:GetAuthorizationToken', (on) => on.ecr.getAuthorizationToken()],
  ['ecr:PutRegistryPolicy', (on) => on.settings.putPolicy('{}')],
  ['ecr-public:DescribeRepositories', (on) => on.publicRepositories.describeRepository('x')],
  ['a token for pulling', (on) => on.issueToken({ kind: 'Registry' })],
];

test.each(CALLS)('%s is not made behind a closed fence', async (_action, call) => {
  await expect(call(connection)).rejects.toThrow(/closed/);
  expect([asked, aws.actions.all()]).toEqual([1, []]);
});

test('an open fence lets calls pass, and is asked once for each', async () => {
  left = 1;
  await connection.ecr.getAuthorizationToken();
  expect([asked, aws.actions.all().map(({ action }) => action)]).toEqual([1, ['ecr:GetAuthorizationToken']]);
});

test('the fence is asked before each attempt: what closes between two ends the call', async () => {
  left = 1;
  aws.faults.add({
    match: { action: 'ecr:GetAuthorizationToken' },
    fault: { kind: 'server-error' },
  });
  await expect(connection.ecr.getAuthorizationToken()).rejects.toThrow(/closed/);
  expect(asked).toBe(2);
});
