import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  GetRepositoryPolicyCommand,
  paginateDescribeRepositories,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { createActionLog, type RecordedAction } from '../../lab/aws/action-record.ts';
import { ACCOUNT, failureOf, REGION, simulate } from './simulated-clients.ts';

const arn = (name: string) => `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;

describe('faults by chance', () => {
  test('hit their share of the calls named, the same ones for the same seed', async () => {
    async function struck(seed: number): Promise<string> {
      await using lab = await simulate();
      lab.aws.faults.add({
        match: { action: ['ecr:Describe*', 'ecr:Get*'] },
        fault: { kind: 'throttle' },
        rate: 0.5,
        seed,
      });
      lab.aws.as(ACCOUNT, REGION).addRepository('aa');
      let pattern = '';
      for (let at = 0; at < 60; at += 1) {
        const call = lab.ecr.send(new DescribeRepositoriesCommand({})).then(() => 'ok');
        pattern += (await call.catch((error: Error) => error.name)) === 'ok' ? '.' : 'x';
      }
      await lab.ecr.send(new CreateRepositoryCommand({ repositoryName: 'bb' }));
      return pattern;
    }
    const [one, same, other] = [await struck(1), await struck(1), await struck(2)];
    expect(one).toBe(same);
    expect(one).not.toBe(other);
    const hits = one.split('x').length - 1;
    expect(hits).toBeGreaterThan(18);
    expect(hits).toBeLessThan(42);
  });
});

describe('the pace of the API', () => {
  test('is a latency of every answer, failures too', async () => {
    await using lab = await simulate();
    lab.aws.latencyMs = 60;
    const begin = performance.now();
    await Promise.all([
      lab.ecr.send(new DescribeRepositoriesCommand({})),
      failureOf(lab.ecr.send(new GetRepositoryPolicyCommand({ repositoryName: 'missing' }))),
    ]);
    // A timer may go off a millisecond early.
    expect(performance.now() - begin).toBeGreaterThanOrEqual(59);
    expect(lab.aws.latencyMs).toBe(60);
  });

  test('lists 10,000 repositories in ten pages without a long wait', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    for (let at = 0; at < 10_000; at += 1) handle.addRepository(`team/app-${at}`);
    const begin = performance.now();
    let count = 0;
    const pages = paginateDescribeRepositories({ client: lab.ecr, pageSize: 1000 }, {});
    for await (const page of pages) count += page.repositories?.length ?? 0;
    expect(count).toBe(10_000);
    expect(lab.aws.actions.counts()).toEqual({ 'ecr:DescribeRepositories': 10 });
    // Half a second where nothing else runs; a quadratic listing takes minutes.
    expect(performance.now() - begin).toBeLessThan(20_000);
  }, 60_000);
});

describe('counts of calls', () => {
  test('are by action, of all and of one repository', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository('aa');
    await lab.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['aa'] }));
    await lab.ecr.send(new DescribeRepositoriesCommand({}));
    await failureOf(lab.ecr.send(new GetRepositoryPolicyCommand({ repositoryName: 'aa' })));
    const { actions } = lab.aws;
    expect(actions.counts()).toEqual({ 'ecr:DescribeRepositories': 2, 'ecr:GetRepositoryPolicy': 1 });
    expect(actions.counts(arn('aa'))).toEqual({
      'ecr:DescribeRepositories': 1,
      'ecr:GetRepositoryPolicy': 1,
    });
    expect(actions.counts(arn('bb'))).toEqual({});
    actions.clear();
    expect([actions.counts(), actions.counts(arn('aa'))]).toEqual([{}, {}]);
  });

  test('stay whole and cheap where single calls are no longer kept', async () => {
    const log = createActionLog();
    log.keep(10);
    const call = (at: number) =>
      ({
        action: 'ecr:ListTagsForResource',
        resources: [arn(`r${at % 1000}`)],
        at,
      }) as unknown as RecordedAction;
    for (let at = 0; at < 100_000; at += 1) await log.append(call(at));
    expect(log.counts(arn('r7'))).toEqual({ 'ecr:ListTagsForResource': 100 });
    const begin = performance.now();
    for (let at = 0; at < 10_000; at += 1) log.count('ecr:ListTagsForResource');
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(log.count('ecr:ListTagsForResource')).toBe(100_000);
    expect(log.all().length).toBeLessThanOrEqual(120);
    expect(log.all().at(-1)).toMatchObject({ at: 99_999 });
  });
});
