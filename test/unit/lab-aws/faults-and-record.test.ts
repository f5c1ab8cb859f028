import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../lab/aws/faults.ts';
import { ACCOUNT, failureOf, OPERATOR, REGION, simulate } from './simulated-clients.ts';

const NAME = 'team/app';
const ARN = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${NAME}`;
const create = (repositoryName = NAME) => new CreateRepositoryCommand({ repositoryName });

describe('faults', () => {
  test.each<[string, Fault, string]>([
    ['throttling', { kind: 'throttle' }, 'ThrottlingException'],
    ['a server error', { kind: 'server-error' }, 'ServerException'],
    ['a reset connection', { kind: 'reset' }, 'Error'],
    ['denied access', { kind: 'access-denied' }, 'AccessDeniedException'],
    ['the quota', { kind: 'quota' }, 'LimitExceededException'],
    ['any error', { kind: 'error', name: 'KmsException', message: 'no key' }, 'KmsException'],
  ])('%s strikes once when told, and changes nothing', async (_what, fault, name) => {
    await using lab = await simulate();
    const active = lab.aws.faults.add({ match: { action: 'ecr:CreateRepository' }, fault, times: 1 });
    expect((await failureOf(lab.ecr.send(create()))).name).toBe(name);
    expect(active.hits()).toBe(1);
    expect(lab.aws.as(ACCOUNT, REGION).repositories()).toEqual([]);
    await lab.ecr.send(create());
  });

  test('denied access has AWS’s wording', async () => {
    await using lab = await simulate();
    lab.aws.faults.add({ match: { resource: '*:repository/team/*' }, fault: { kind: 'access-denied' } });
    expect((await failureOf(lab.ecr.send(create()))).message).toBe(
      `User: ${OPERATOR} is not authorized to perform: ecr:CreateRepository on resource: ${ARN} because no identity-based policy allows the ecr:CreateRepository action`,
    );
    await lab.ecr.send(create('other'));
  });

  test('match by region, let the first calls pass, and can be taken away', async () => {
    await using lab = await simulate();
    lab.aws.faults.add({ match: { region: 'eu-*' }, fault: { kind: 'throttle' } });
    const later = lab.aws.faults.add({
      match: { action: 'ecr:Describe*' },
      fault: { kind: 'throttle' },
      after: 1,
    });
    const list = () => lab.ecr.send(new DescribeRepositoriesCommand({}));
    await list();
    await failureOf(list());
    later.remove();
    await list();
  });

  test.each(['reset', 'server-error'] as const)('%s after the change loses only the answer', async (kind) => {
    await using lab = await simulate();
    lab.aws.faults.add({ match: {}, fault: { kind, when: 'after' }, times: 1 });
    await failureOf(lab.ecr.send(create()));
    expect(lab.aws.as(ACCOUNT, REGION).repository(NAME)).toBeDefined();
    expect(lab.aws.actions.all().map((one) => one.result)).toEqual(['lost']);
    expect((await failureOf(lab.ecr.send(create()))).name).toBe('RepositoryAlreadyExistsException');
  });

  test('a slow answer waits for the test, one that never comes for the client', async () => {
    await using lab = await simulate();
    const gate = Promise.withResolvers<void>();
    lab.aws.faults.add({ match: {}, fault: { kind: 'slow', until: gate.promise }, times: 1 });
    const slow = lab.ecr.send(create());
    gate.resolve();
    await slow;
    lab.aws.faults.add({ match: {}, fault: { kind: 'never' } });
    const patience = new AbortController();
    const never = failureOf(lab.ecr.send(create('other'), { abortSignal: patience.signal }));
    const stop = lab.aws.actions.onAction(() => patience.abort());
    expect((await never).name).toBe('AbortError');
    stop();
  });

  test.each([
    [
      'expired',
      (data: unknown) => expect(data).toMatchObject([{ expiresAt: new Date('2025-12-31T23:59:59Z') }]),
    ],
    ['no-expiry', (data: unknown) => expect(data).not.toMatchObject([{ expiresAt: expect.anything() }])],
    [
      'garbage',
      (data: unknown) => expect(data).toMatchObject([{ authorizationToken: '%%% not base64 %%%' }]),
    ],
    ['empty-data', (data: unknown) => expect(data).toEqual([])],
    ['no-data', (data: unknown) => expect(data).toBeUndefined()],
  ] as const)('a token answer may be unusable: %s', async (shape, check) => {
    await using lab = await simulate();
    lab.aws.faults.add({ match: {}, fault: { kind: 'bad-token', shape } });
    check((await lab.ecr.send(new GetAuthorizationTokenCommand({}))).authorizationData);
  });
});

describe('eventual consistency', () => {
  test('hides what was created for so many calls, or for so long', async () => {
    await using lab = await simulate();
    const { registry } = lab.aws.as(ACCOUNT, REGION);
    const describe_ = (name: string) =>
      lab.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }));
    registry.createLag = { calls: 1 };
    await lab.ecr.send(create());
    expect((await failureOf(describe_(NAME))).name).toBe('RepositoryNotFoundException');
    await describe_(NAME);
    registry.createLag = { milliseconds: 1000 };
    await lab.ecr.send(create('other'));
    const set = new SetRepositoryPolicyCommand({ repositoryName: 'other', policyText: '{}' });
    expect((await failureOf(lab.ecr.send(set))).name).toBe('RepositoryNotFoundException');
    expect((await failureOf(lab.ecr.send(create('other')))).name).toBe('RepositoryAlreadyExistsException');
    lab.aws.clock.advance(1000);
    await describe_('other');
  });

  test('shows what was deleted for a while longer, to reads alone', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    handle.addRepository(NAME);
    handle.registry.deleteLag = { milliseconds: 1000 };
    const remove = () => lab.ecr.send(new DeleteRepositoryCommand({ repositoryName: NAME }));
    await remove();
    const list = async () => (await lab.ecr.send(new DescribeRepositoriesCommand({}))).repositories?.length;
    expect(await list()).toBe(1);
    expect((await failureOf(remove())).name).toBe('RepositoryNotFoundException');
    lab.aws.clock.advance(1000);
    expect(await list()).toBe(0);
  });
});

describe('the record', () => {
  test('holds every call with who, what and what came of it', async () => {
    await using lab = await simulate();
    await lab.ecr.send(create());
    await failureOf(lab.ecr.send(create()));
    await lab.ecr.send(new DescribeRepositoriesCommand({}));
    const { actions } = lab.aws;
    expect(actions.all()[0]).toEqual({
      time: lab.aws.clock.now(),
      accountId: ACCOUNT,
      region: REGION,
      principalArn: OPERATOR,
      action: 'ecr:CreateRepository',
      resource: ARN,
      resources: [ARN],
      params: { repositoryName: NAME },
      result: 'ok',
    });
    expect(actions.writes().map((one) => one.result)).toEqual(['ok', 'RepositoryAlreadyExistsException']);
    expect(actions.count('ecr:DescribeRepositories')).toBe(1);
    lab.aws.as(ACCOUNT, REGION).call('DeleteRepository', { repositoryName: NAME });
    expect(actions.all()).toHaveLength(3);
    actions.clear();
    expect(actions.all()).toEqual([]);
  });

  test('runs its listeners after the change and before the answer', async () => {
    await using lab = await simulate();
    const order: string[] = [];
    lab.aws.actions.onAction(async () => {
      await Promise.resolve();
      order.push(lab.aws.as(ACCOUNT, REGION).repository(NAME) ? 'changed' : 'unchanged');
    });
    await lab.ecr.send(create());
    order.push('answered');
    expect(order).toEqual(['changed', 'answered']);
  });
});
