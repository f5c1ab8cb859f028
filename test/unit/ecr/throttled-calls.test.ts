import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Connection, type Connections, createConnections } from '../../../src/ecr/connection.ts';
import { failureOf } from '../../../src/runtime/errors.ts';
import { type AwsSimulator, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import type { Fault } from '../../lab/aws/faults.ts';
import { ACCOUNT, hurriedClock, STAND_INS, specAt } from './stand-in.ts';

let aws: AwsSimulator<{ now(): Date }>;
let connections: Connections;
let connection: Connection;

beforeAll(async () => {
  aws = await startAwsSimulator({ clock: { now: () => new Date() } });
  const keys = aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/operator` });
  // The budget itself is tested on a clock that stands still.
  connections = createConnections(async () => keys, { ...hurriedClock, network: STAND_INS });
  connection = connections.to(specAt(aws));
  await connection.verify();
  aws.actions.clear();
});

afterEach(() => {
  aws.faults.clear();
  aws.actions.clear();
});

afterAll(async () => {
  connections?.close();
  await aws?.stop();
});

/** How a call fails, and how often ECR was asked. */
async function failing(fault: Fault, call: (on: Connection) => Promise<unknown>): Promise<unknown> {
  aws.faults.add({ match: { action: 'ecr:*' }, fault });
  const { reason } = failureOf(await call(connection).catch((error: unknown) => error));
  return [reason, aws.actions.all().length];
}

describe('a call of ECR', () => {
  test.each<[string, Fault, string, number]>([
    ['over a quota is made once', { kind: 'quota' }, 'QuotaExceeded', 1],
    ['that is refused is made once', { kind: 'access-denied' }, 'AccessDenied', 1],
    ['that fails at AWS is repeated by the SDK', { kind: 'server-error' }, 'AWSUnavailable', 3],
    ['whose connection is reset is repeated by the SDK', { kind: 'reset' }, 'AWS\\w+', 3],
    ['that is throttled is repeated by the budget', { kind: 'throttle' }, 'Throttled', 5],
  ])('%s', async (_what, fault, reason, calls) => {
    const create = ({ ecr }: Connection) => ecr.createRepository({ name: 'x', tags: {} });
    expect(await failing(fault, create)).toEqual([expect.stringMatching(`^${reason}$`), calls]);
  });

  test('comes through when the throttling is over', async () => {
    aws.faults.add({ match: { action: 'ecr:*' }, fault: { kind: 'throttle' }, times: 3 });
    expect(await connection.lane('sweep').describeRepository('nothing')).toBeUndefined();
    expect(aws.actions.all().map(({ result }) => result)).toEqual([
      'ThrottlingException',
      'ThrottlingException',
      'ThrottlingException',
      'RepositoryNotFoundException',
    ]);
  });
});

describe('the budget', () => {
  const few = {
    network: STAND_INS,
    now: () => 0,
    after: () => ({ cancel: () => undefined }),
    rates: { ceiling: 2, burst: 2 },
  };

  test('is one for all connections to an account and region, and counts each page of a list', async () => {
    const some = createConnections(async () => aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/few` }), few);
    const registry = aws.as(ACCOUNT, 'eu-west-1');
    for (let index = 0; index < 1_001; index += 1) registry.addRepository(`r-${index}`);
    const here = { region: 'eu-west-1' };
    const pages = some.to(specAt(aws, here)).ecr.listRepositories();
    let found = 0;
    for await (const page of pages) found += page.length;
    expect(found).toBe(1_001);
    // Nothing is left for another connection to the same, and all of another region's.
    const other = { ...here, credentials: { secretRef: { name: 'others' } } };
    const waiting = some.to(specAt(aws, other)).ecr.describeRepository('r-1');
    let answered = false;
    waiting.then(
      () => {
        answered = true;
      },
      () => undefined,
    );
    await some.to(specAt(aws, { region: 'eu-west-2' })).ecr.describeRepository('r-1');
    expect(answered).toBe(false);
    some.close();
    await expect(waiting).rejects.toThrow('closed while the call waited');
  });

  test('is not asked for tokens', async () => {
    const user = aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/tokens` });
    const some = createConnections(async () => user, { ...few, rates: { ceiling: 2, burst: 1 } });
    const to = some.to(specAt(aws, { region: 'eu-west-3' }));
    await to.ecr.describeRepository('r-1');
    const token = await to.issueToken({ kind: 'Registry' } as never);
    expect(token.password.length).toBeGreaterThan(0);
    some.close();
  });
});
