import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { naming, renewedIn, saying, serveAll, threeScenes, tokensFail } from './many-registries.ts';
import {
  arrivedIn,
  condition,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  servedIn,
  settledAs,
  withdrawnFrom,
} from './pull-lab.ts';
import { entriesOf, fillRegistry, loginsIn, roleFor, sessionsOf, visit } from './pull-logins.ts';
import type { PullObject } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let operator: OperatorProcess;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  operator = await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

async function restart(): Promise<void> {
  await operator.stop();
  operator = await lab.startOperator();
}

const only = ({ name }: Scene, ...repositories: readonly string[]) => ({ name, repositories });

/** Names that no prefix holds together and that do not pack well. */
const names = (count: number) =>
  Array.from({ length: count }, (_, index) => createHash('sha256').update(`${index}`).digest('hex'));

const messageOf = (object: PullObject, type: string) => condition(object.status, type)?.message ?? '';

describe('a scope that cannot be had', () => {
  test('without a role to assume: says what to set, asks AWS for nothing, and works once it is set', async () => {
    const needs = scene('needs-role');
    const beside = scene('needs-role-beside');
    const namespace = await needs.namespace('a');
    await needs.registry();
    await beside.registry();
    const registries = [only(needs, 'team-a/*'), { name: beside.name }];
    const object = await needs.clusterPullSecret({ registries });
    const told = await saying(
      lab,
      object,
      'TokenValid',
      /^needs-role: a token for some .*set spec\.pullRoleArn of the Registry .*IRSA.*pulls from needs-role-beside work/,
    );
    expect(condition(told.status, 'Ready')?.reason).toBe('ScopeNeedsRole');
    const before = entriesOf(await arrivedIn(lab, namespace));
    expect(Object.keys(before)).toEqual([beside.host]);
    expect(needs.calls()).toBe(0);

    await needs.registry({ pullRoleArn: roleFor(lab, 'needed') });
    const after = await renewedIn(lab, namespace, {}, needs.host);
    expect(after).toEqual({ ...before, [needs.host]: after[needs.host] });
    const { status } = await servedIn(lab, object, 1);
    // The widest of what stands in the Secret.
    expect(status?.tokenScope).toBe('Identity');
    expect(status?.tokens?.map(({ scope }) => scope)).toEqual(['Scoped', 'Identity']);
  });

  test.each([
    ['in plain text', 'plain', names(40), /has \d{4} characters, and STS takes 2048/],
    ['when it is packed', 'packed', names(12), /PackedPolicyTooLargeException: Packed policy consumes \d+%/],
  ])(
    'because it is too large %s: says how to make it smaller, and works then',
    async (_, name, repositories, words) => {
      const large = scene(name);
      const role = roleFor(lab, name);
      const [namespace = ''] = await large.namespaces(10);
      fillRegistry(lab, large, 'team-a/web');
      await large.registry({ pullRoleArn: role });
      const tooLarge = { registries: [only(large, ...repositories)] };
      const object = await settledAs(lab, await large.clusterPullSecret(tooLarge), 'ScopeTooLarge');
      expect(messageOf(object, 'TokenValid')).toMatch(words);
      expect(messageOf(object, 'TokenValid')).toContain('name a prefix such as team-a/*');
      expect(await secretIn(lab, namespace)).toBeUndefined();
      expect(await pullNames(lab, namespace)).toEqual([]);
      // Whatever else changes meanwhile asks STS no more, and another scope of the Registry is not held up.
      await large.clusterPullSecret({ ...tooLarge, excludeNamespaces: ['somewhere'] });
      const other = await large.namespace('other', {});
      await servedIn(lab, await large.pullSecret(other), 1);
      expect(sessionsOf(lab, role).filter((calls) => calls > 1)).toEqual([]);

      const mended = await large.clusterPullSecret({ registries: [only(large, 'team-a/*')] });
      await servedIn(lab, mended, 10);
      expect(await visit(lab, await arrivedIn(lab, namespace), large.host).pull('team-a/web')).toBe(200);
    },
  );

  test('because the role may not be assumed: says which, and works by itself once it may', async () => {
    const distrusted = scene('distrusted');
    const pullRoleArn = roleFor(lab, 'distrusted');
    lab.aws.changeRole(pullRoleArn, { trusts: [] });
    const namespace = await distrusted.namespace('a');
    await distrusted.registry({ pullRoleArn });
    const object = await settledAs(lab, await distrusted.clusterPullSecret(), 'AccessDenied');
    expect(messageOf(object, 'TokenValid')).toMatch(
      new RegExp(`sts:AssumeRole on ${pullRoleArn}: AccessDenied`),
    );
    roleFor(lab, 'distrusted');
    await lab.advance(61_000);
    await servedIn(lab, object, 1);
    expect(loginsIn(await arrivedIn(lab, namespace))).toMatchObject([{ scope: 'PullOnly' }]);
  });
});

describe('tenancy', () => {
  const pull = (prefix: string): Partial<RegistrySpec> => ({
    tenancy: { rules: [{ repositoryPrefixes: [prefix], allow: ['Pull'] }] },
  });

  test('that does not hold a repository: names it and the owner, and grants nothing of that Registry', async () => {
    const outside = scene('outside');
    const beside = scene('outside-beside');
    const pullRoleArn = roleFor(lab, 'outside');
    const namespace = await outside.namespace('a');
    await outside.registry({ pullRoleArn, ...pull('team-a') });
    await beside.registry();
    const registries = [only(outside, 'team-a/web', 'team-ab/web', 'team-b/*'), { name: beside.name }];
    const object = await settledAs(lab, await outside.clusterPullSecret({ registries }), 'TenancyDenied');
    expect(object.status?.failures).toEqual([
      {
        namespace,
        reason: 'TenancyDenied',
        message: expect.stringMatching(
          /namespace outside-a lacks the word Pull for team-ab\/web, team-b\/\*: .*Registry outside .*spec\.tenancy\.rules/,
        ),
      },
    ]);
    expect(Object.keys(entriesOf(await arrivedIn(lab, namespace)))).toEqual([beside.host]);
    expect(outside.calls()).toBe(0);
    const { tenancy } = pull('team-a');
    const wider = [
      ...(tenancy?.rules ?? []),
      ...['team-ab', 'team-b'].flatMap((one) => pull(one).tenancy?.rules ?? []),
    ];
    await outside.registry({ pullRoleArn, tenancy: { rules: wider } });
    await servedIn(lab, object, 1);
  });

  test.each([
    ['while AWS is away', 'away', async () => {}],
    ['while AWS is away, after a restart', 'away-anew', restart],
  ])('withdrawn %s: the entry goes at once, and the others stay byte for byte', async (_, name, happens) => {
    const all = threeScenes(scene, name);
    const [a, b, c] = all;
    const namespace = await a.namespace('a');
    const last = await c.namespace('last');
    const object = await serveAll(lab, all, 1);
    await servedIn(lab, await c.clusterPullSecret(naming(c)), 1);
    const before = await arrivedIn(lab, namespace);
    const faults = all.map((one) => tokensFail(lab, one));
    await happens();
    await c.registry({ tenancy: { rules: [{ allow: ['Create'] }] } });
    // Of a Secret with nothing else in it nothing is left.
    await withdrawnFrom(lab, last);
    await waitFor(async () => (await pullNames(lab, last)).length === 0, { what: 'the entry to go' });
    const told = await settledAs(lab, object, 'TenancyDenied', 'Delivered');
    expect(told.status?.failures?.[0]?.message).toContain(`Registry ${c.name}`);
    const after = await arrivedIn(lab, namespace);
    const old = entriesOf(before);
    expect(entriesOf(after)).toEqual({ [a.host]: old[a.host], [b.host]: old[b.host] });
    expect(after.metadata.uid).toBe(before.metadata.uid);
    for (const fault of faults) fault.remove();
  });
});
