import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { KubeRef } from '../../lab/kube-client.ts';
import { repositoryManifest } from '../repository/ecr-lab.ts';
import { ATTACKER, refusal, startTenantLab, TARGET, type TenantLab } from './tenant-lab.ts';

jest.setTimeout(60_000);

let lab: TenantLab;

beforeAll(async () => {
  lab = await startTenantLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const API_VERSION = 'ecr-operator.io/v1alpha1';
const OTHER = '111122223333';
const custom = (kind: string, name: string, spec: object, namespace?: string): KubeRef =>
  ({ apiVersion: API_VERSION, kind, metadata: { name, namespace }, spec }) as KubeRef;
const dryRun = async (object: KubeRef) => {
  const path = await lab.attacker.path(object);
  const [collection = ''] = path.split(/\/[^/]+$/);
  const request = { method: 'POST', path: collection, query: { dryRun: 'All' }, body: object } as const;
  const { status, body } = await lab.attacker.raw(request);
  return { status, words: (body as { message?: string }).message ?? '' };
};

describe('the API server refuses a Repository', () => {
  test.each([
    'team-b/../team-a/web',
    './team-a/web',
    'team-b/%2e%2e/team-a/web',
    'Team-A/web',
    'team-a/web/',
    '/team-a/web',
    'team-a//web',
    'team-a/*',
    '*',
    'team-?/web',
    'team-a/web:v1',
    'team-a/web@sha256:0',
    'team-b/x\nteam-a/web',
    'team-a/web\n',
    ' team-a/web',
    'team-а/web',
    'team-a\u200b/web',
    'team-b/$' + '{aws:PrincipalTag/team}',
    'arn:aws:ecr:us-east-1:123456789012:repository/team-a/web',
    'team-b/x,team-a/web',
    'team-b/x team-a/web',
  ])('with the name %j', async (name) => {
    const { status, words } = await dryRun(repositoryManifest(ATTACKER, 'odd', { name }));
    expect([status, words]).toEqual([422, expect.stringContaining('write a name such as team-a/web_app')]);
  });

  const grant = (to: object) => ({ grants: [{ name: 'x', access: 'Pull', to }] });
  test.each<[string, object, string]>([
    [
      'a Registry by another form of its name',
      { registryRef: { name: 'Default' } },
      'write the metadata.name of a Registry',
    ],
    [
      'a Registry with a path in its name',
      { registryRef: { name: '../default' } },
      'write the metadata.name of a Registry',
    ],
    ['a class by a pattern', { className: '*' }, 'write the metadata.name of a RepositoryClass'],
    [
      'the owner tag of another',
      { tags: { 'ecr-operator.io/owner': 'x/team-a/web' } },
      'belong to the operator',
    ],
    ['the tag of a class', { tags: { 'ecr-operator.io/class': 'x/y' } }, 'belong to the operator'],
    ['a tag of AWS', { tags: { 'AWS:cloudformation:stack-name': 'x' } }, 'belong to AWS'],
    ['a grant to every account', grant({ accounts: ['*'] }), '12 digits'],
    ['a grant to accounts by a pattern', grant({ accounts: ['1111*'] }), '12 digits'],
    ['a grant to a policy variable', grant({ accounts: ['$' + '{aws:PrincipalAccount}'] }), 'Too long'],
    [
      'a grant to roles by a pattern',
      grant({ roles: [`arn:aws:iam::${OTHER}:role/*`] }),
      'without wildcards',
    ],
    [
      'a grant to roles by a pattern in their path',
      grant({ roles: [`arn:aws:iam::${OTHER}:role/*/x`] }),
      'without wildcards',
    ],
    [
      'a grant to a role of every account',
      grant({ roles: ['arn:aws:iam::*:role/x'] }),
      'write the ARN of a role',
    ],
    ['a grant to everybody as a role', grant({ roles: ['*'] }), 'write the ARN of a role'],
    [
      'a grant to a root as a role',
      grant({ roles: [`arn:aws:iam::${OTHER}:root`] }),
      'write the ARN of a role',
    ],
    ['a grant to a session', grant({ roles: [`arn:aws:sts::${OTHER}:assumed-role/x/y`] }), 'its role can'],
    ['a grant to every organization', grant({ organization: '*' }), 'write the ID of an organization'],
    ['a grant to any service', grant({ service: 's3', sourceAccounts: [OTHER] }), 'supported values'],
    ['a grant to a service for everybody', grant({ service: 'lambda' }), "anybody's function could pull"],
    [
      'a grant to a service for functions of every account',
      grant({ service: 'lambda', sourceArns: ['arn:aws:lambda:us-east-1:*:function:*'] }),
      'with its region and account',
    ],
    [
      'a grant to a service with a pattern that swallows the account',
      grant({ service: 'lambda', sourceArns: ['arn:aws:lambda:*'] }),
      'with its region and account',
    ],
    [
      'a grant to a service for ARNs of another one',
      grant({ service: 'lambda', sourceArns: [`arn:aws:codebuild:us-east-1:${OTHER}:project/x`] }),
      'ARNs of the service itself',
    ],
    [
      'a grant with two kinds of grantee',
      grant({ roles: ['arn:aws:iam::123456789012:role/x'], organization: 'o-a1b2c3d4e5' }),
      'exactly one of',
    ],
    ['a policy that is a list', { policy: { document: '[{"Effect":"Allow"}]' } }, 'begins with {'],
  ])('with %s', async (_what, spec, words) => {
    const answer = await dryRun(repositoryManifest(ATTACKER, 'odd', spec));
    expect(answer).toEqual({ status: 422, words: expect.stringContaining(words) });
  });

  test('that is to have another name, or another Registry, than it was made with', async () => {
    const object = repositoryManifest(ATTACKER, 'renamed', { name: 'team-b/renamed' });
    await lab.attacker.apply(object);
    const change = (spec: object | null) => refusal(lab.attacker.patch(object, { spec }));
    expect(await change({ name: TARGET })).toContain('name cannot be changed');
    expect(await change({ name: null })).toContain('name cannot be changed, added or removed');
    expect(await change({ registryRef: { name: 'other' } })).toContain('registryRef cannot be changed');
    expect(await change(null)).toContain('name cannot be changed, added or removed');
    const unnamed = repositoryManifest(ATTACKER, 'unnamed');
    await lab.attacker.apply(unnamed);
    expect(await refusal(lab.attacker.patch(unnamed, { spec: { name: TARGET } }))).toContain(
      'name cannot be changed, added or removed',
    );
  });
});

describe('the API server refuses a PullSecret', () => {
  const only = (...repositories: string[]) => ({ registries: [{ name: 'default', repositories }] });
  test.each<[string, object, string]>([
    ['for every repository', only('*'), 'write the name of a repository'],
    ['for the beginning of a segment', only('team-*'), 'write the name of a repository'],
    ['for another team by a pattern in the middle', only('team-*/web'), 'write the name of a repository'],
    ['for a pattern within a prefix', only('team-b/*/web'), 'write the name of a repository'],
    ['for two stars', only('team-b/**'), 'write the name of a repository'],
    ['for a question mark', only('team-?/web'), 'write the name of a repository'],
    ['for a way back', only('team-b/../team-a/*'), 'write the name of a repository'],
    ['for two in one text', only('team-b/*,team-a/*'), 'write the name of a repository'],
    [
      'for an ARN',
      only('arn:aws:ecr:us-east-1:123456789012:repository/team-a/*'),
      'write the name of a repository',
    ],
    ['for a policy variable', only('team-b/$' + '{aws:username}'), 'write the name of a repository'],
    [
      'for a quote that ends the policy’s text',
      only('team-b/x"],"NotAction":"*'),
      'write the name of a repository',
    ],
    ['with a path to a Secret', { secretName: '../team-a/ecr-pull' }, 'write the name alone of a Secret'],
    [
      'for a ServiceAccount of another namespace',
      { serviceAccounts: { mode: 'Named', names: ['team-a/default'] } },
      'write the whole name of a ServiceAccount',
    ],
    [
      'for a Registry by its host name',
      { registries: [{ name: '123456789012.dkr.ecr.us-east-1.amazonaws.com/x' }] },
      'write the metadata.name of a Registry',
    ],
  ])('%s', async (_what, spec, words) => {
    const answer = await dryRun(custom('PullSecret', 'odd', spec, ATTACKER));
    expect(answer).toEqual({ status: 422, words: expect.stringContaining(words) });
  });

  test('that selects namespaces, as those of the whole cluster do', async () => {
    const spec = { namespaceSelector: { matchLabels: { team: 'a' } } };
    expect(await refusal(lab.attacker.apply(custom('PullSecret', 'odd', spec, ATTACKER)))).toContain(
      'namespaceSelector: field not declared in schema',
    );
  });
});
