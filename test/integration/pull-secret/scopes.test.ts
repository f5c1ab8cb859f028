import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ACCOUNT, type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { naming, renewedIn, tokensFail } from './many-registries.ts';
import { narrowScene, only, opened, TEAM_REPOSITORIES } from './narrow-scenes.ts';
import {
  arrivedIn,
  condition,
  HOUR,
  marker,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  skip,
  statusOf,
} from './pull-lab.ts';
import { entriesOf, fillRegistry, loginsIn, roleFor, sessionsOf, visit } from './pull-logins.ts';
import { bytesOf, core, versionsOf } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const MINUTE = 60_000;

/** The column SCOPE of `kubectl get`. */
async function shownScope(...what: readonly string[]): Promise<string | undefined> {
  const [head = '', row = ''] = (await lab.kubectl('get', ...what)).split('\n');
  return row.slice(head.indexOf('SCOPE')).split(' ')[0];
}

describe('pullRoleArn', () => {
  test('narrows a token to pulling, as kubectl shows; without any role it may all that we may', async () => {
    const { own } = await narrowScene(lab, scene, 'pull-role');
    const namespace = await own.namespace('a');
    const object = await servedIn(lab, await own.clusterPullSecret(), 1);
    expect(object.status?.tokenScope).toBe('PullOnly');
    expect(await shownScope('ecrcps', own.name)).toBe('PullOnly');
    expect(await opened(lab, own, namespace)).toEqual(TEAM_REPOSITORIES);
    const at = visit(lab, await arrivedIn(lab, namespace), own.host);
    expect(await at.push('team-a/web')).toBe(403);

    const wide = scene('no-role');
    fillRegistry(lab, wide, 'team-a/web');
    await wide.registry();
    const other = await wide.namespace('a', {});
    await servedIn(lab, await wide.pullSecret(other), 1);
    expect(await shownScope('ecrps', '-n', other, wide.name)).toBe('Identity');
    // The simulator has no registry behind: an upload that is allowed finds nobody to take it.
    expect(await visit(lab, await arrivedIn(lab, other), wide.host).push('team-a/web')).not.toBe(403);
  });

  test('is asked for without credentials of its own, with the session name and external id of the Registry', async () => {
    const credentials = { roleArn: roleFor(lab, 'managing'), sessionName: 'cluster-1', externalId: 'shared' };
    const { own, role } = await narrowScene(lab, scene, 'external', { credentials });
    await own.namespace('a');
    await servedIn(lab, await own.clusterPullSecret(), 1);
    const asked = lab.aws.actions
      .all()
      .filter(({ resource, params }) => resource === role && params['Policy']);
    expect(asked.map(({ principalArn }) => principalArn)).toEqual([
      `arn:aws:iam::${ACCOUNT}:user/ecr-operator`,
    ]);
    expect(asked[0]?.params).toMatchObject({ RoleSessionName: 'cluster-1', ExternalId: 'shared' });
  });
});

describe('repositories', () => {
  test('F4, F7: open those and no others, by one AssumeRole and one token for all who name the same', async () => {
    const { own, role } = await narrowScene(lab, scene, 'some');
    const namespaces = await own.namespaces(5);
    const elsewhere = await own.namespace('own', {});
    const cluster = await own.clusterPullSecret(only(own, 'team-c', 'team-a/*'));
    // The same in other words.
    await own.pullSecret(elsewhere, only(own, 'team-a/web', 'team-a/*', 'team-c'));
    const object = await servedIn(lab, cluster, 5);
    await arrivedIn(lab, elsewhere);
    expect(object.status?.tokens).toMatchObject([{ registry: own.name, scope: 'Scoped', count: 1 }]);
    expect(await shownScope('ecrcps', own.name)).toBe('Scoped');
    expect(await opened(lab, own, elsewhere)).toEqual(['team-a/web', 'team-a/api', 'team-c']);
    expect(new Set((await secretsOf(lab, [...namespaces, elsewhere])).map(bytesOf)).size).toBe(1);
    expect([sessionsOf(lab, role), own.calls()]).toEqual([[1], 1]);
  });

  test('a repository policy that names our very session does not open more', async () => {
    const { own, role } = await narrowScene(lab, scene, 'named');
    const namespace = await own.namespace('a');
    const session = `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/ecr-operator`;
    const Statement = [{ Effect: 'Allow', Principal: { AWS: session }, Action: 'ecr:BatchGetImage' }];
    lab.aws.as(ACCOUNT, own.region).call('SetRepositoryPolicy', {
      repositoryName: 'team-b/web',
      policyText: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
    await servedIn(lab, await own.clusterPullSecret(only(own, 'team-a/web')), 1);
    expect(await opened(lab, own, namespace)).toEqual(['team-a/web']);
  });

  test('others than before: the Secret keeps its entry until the other token is there, whatever else is written', async () => {
    const { own } = await narrowScene(lab, scene, 'moved');
    const beside = scene('moved-beside');
    await beside.registry();
    const namespace = await own.namespace('a');
    await servedIn(lab, await own.clusterPullSecret(only(own, 'team-a/*')), 1);
    const before = await arrivedIn(lab, namespace);
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    const slow = tokensFail(lab, own, { kind: 'slow', until });
    const registries = [...only(own, 'team-b/*').registries, ...naming(beside).registries];
    const object = await own.clusterPullSecret({ registries });
    // The other login waits a moment for the one that is to come, and is written then.
    await waitFor(() => slow.hits() === 1 && beside.calls() === 1, { what: 'both tokens to be asked for' });
    await lab.advance(2_000);
    const now = await renewedIn(lab, namespace, {}, beside.host);
    expect(now[own.host]).toBe(entriesOf(before)[own.host]);
    expect(await opened(lab, own, namespace)).toEqual(['team-a/web', 'team-a/api']);
    const told = await statusOf(lab, object, ({ namespaces }) => namespaces?.ready === 0, 'see the change');
    expect(condition(told.status, 'Ready')?.status).toBe('Unknown');
    answer();
    slow.remove();
    await servedIn(lab, object, 1);
    expect(await opened(lab, own, namespace)).toEqual(['team-b/web']);
    expect((await arrivedIn(lab, namespace)).metadata.uid).toBe(before.metadata.uid);
  });
});

describe('tenancy', () => {
  const rule = (team: string) => ({
    namespaceSelector: { matchLabels: { team } },
    repositoryPrefixes: [`team-${team}`],
    allow: ['Pull' as const],
  });

  test('F4: prefixes narrow by themselves; namespaces with the same share a token, others have their own', async () => {
    const { own, role } = await narrowScene(lab, scene, 'tenants', {
      tenancy: { rules: [rule('a'), rule('b')] },
    });
    const [a, twin, b] = (await Promise.all(
      ['a', 'a', 'b'].map((team, index) => own.namespace(index, { ...own.labels, team })),
    )) as [string, string, string];
    const object = await servedIn(lab, await own.clusterPullSecret(), 3);
    expect(object.status?.tokens).toMatchObject([{ registry: own.name, scope: 'Scoped', count: 2 }]);
    expect(await opened(lab, own, a)).toEqual(['team-a/web', 'team-a/api']);
    expect(await opened(lab, own, b)).toEqual(['team-b/web']);
    const [first, second] = await secretsOf(lab, [a, twin]);
    expect(bytesOf(second)).toBe(bytesOf(first));
    expect([sessionsOf(lab, role), own.calls()]).toEqual([[1, 1], 2]);

    // A namespace that changes hands changes tokens, without a call: the other one is there.
    await lab.admin.patch(core('Namespace', twin), { metadata: { labels: { team: 'b' } } });
    await renewedIn(lab, twin, entriesOf(second), own.host);
    expect(await opened(lab, own, twin)).toEqual(['team-b/web']);
    expect([(await secretIn(lab, twin))?.metadata.uid, own.calls()]).toEqual([second?.metadata.uid, 2]);
    await servedIn(lab, object, 3);
  });

  test('repositories within the prefixes are narrowed further', async () => {
    const { own } = await narrowScene(lab, scene, 'within', { tenancy: { rules: [rule('a')] } });
    const namespace = await own.namespace('x', { ...own.labels, team: 'a' });
    await servedIn(lab, await own.clusterPullSecret(only(own, 'team-a/api')), 1);
    expect(await opened(lab, own, namespace)).toEqual(['team-a/api']);
  });
});

test('the session’s hour counts: rotated after about half of it, while a token of twelve hours stays', async () => {
  const { own } = await narrowScene(lab, scene, 'hour');
  const long = scene('hour-long');
  await long.registry();
  const namespace = await own.namespace('a');
  const object = await servedIn(lab, await own.clusterPullSecret(naming(own, long)), 1);
  const [token] = object.status?.tokens ?? [];
  const [issued, next, end] = [token?.issuedAt, token?.nextRotation, token?.expiresAt].map((time) =>
    Date.parse(time ?? ''),
  ) as [number, number, number];
  expect((end - issued) / MINUTE).toBeGreaterThan(59);
  expect((end - issued) / MINUTE).toBeLessThanOrEqual(60);
  expect((next - issued) / MINUTE).toBeGreaterThan(26);
  expect((next - issued) / MINUTE).toBeLessThanOrEqual(30);
  const before = await arrivedIn(lab, namespace);
  await skip(lab, 25 * MINUTE);
  await marker(lab, own, 'marker');
  expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
  await skip(lab, 6 * MINUTE);
  const now = await renewedIn(lab, namespace, entriesOf(before), own.host);
  expect(now).toEqual({ ...entriesOf(before), [own.host]: now[own.host] });
  expect([own.calls(), long.calls()]).toEqual([2, 1]);
  const logins = loginsIn(await arrivedIn(lab, namespace));
  expect(Date.parse(logins[0]?.expiresAt ?? '')).toBeLessThan(
    Date.parse(logins[1]?.expiresAt ?? '') - 9 * HOUR,
  );
  const told = await statusOf(lab, object, ({ tokens }) => tokens?.[0]?.issuedAt !== token?.issuedAt, 'tell');
  expect(condition(told.status, 'TokenValid')?.message).toContain(logins[0]?.expiresAt);
});
