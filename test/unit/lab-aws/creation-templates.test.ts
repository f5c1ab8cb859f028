import { describe, expect, test } from '@jest/globals';
import { ask, login, OCI } from './front-requests.ts';
import { ACCOUNT, failureOf, REGION, type Simulated, simulate } from './simulated-clients.ts';

const TEMPLATE = { prefix: 'team', appliedFor: ['CREATE_ON_PUSH'] };
const here = ({ aws }: Simulated) => aws.as(ACCOUNT, REGION);
const create = (lab: Simulated, changes: object = {}) =>
  here(lab).call('CreateRepositoryCreationTemplate', { ...TEMPLATE, ...changes });

describe('a repository creation template', () => {
  test.each([
    ['no occasion', { appliedFor: undefined }],
    ['an unknown occasion', { appliedFor: ['PUSH'] }],
    ['a prefix with a wildcard', { prefix: 'team/*' }],
    ['a description of 257 letters', { description: 'x'.repeat(257) }],
    ['an alias as key', { encryptionConfiguration: { encryptionType: 'KMS', kmsKey: 'alias/a' } }],
    ['a lifecycle policy that is none', { lifecyclePolicy: '{"rules":[]}' }],
    ['a policy that is none', { repositoryPolicy: '{}' }],
    [
      'filters without exclusion',
      { imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'a' }] },
    ],
  ])('is refused for %s', async (_, changes) => {
    await using lab = await simulate();
    expect((await failureOf((async () => create(lab, changes))())).name).toBe('InvalidParameterException');
  });

  test('keeps what an update leaves out, tag mutability excepted', async () => {
    await using lab = await simulate();
    create(lab, { description: 'one', imageTagMutability: 'IMMUTABLE' });
    const { repositoryCreationTemplate } = here(lab).call('UpdateRepositoryCreationTemplate', {
      prefix: 'team',
    });
    expect(repositoryCreationTemplate).toMatchObject({ description: 'one', imageTagMutability: 'MUTABLE' });
  });

  test('that is not there is left out of a list, and not found by an update', async () => {
    await using lab = await simulate();
    create(lab);
    const list = here(lab).call('DescribeRepositoryCreationTemplates', { prefixes: ['none', 'team'] });
    expect(list['repositoryCreationTemplates']).toHaveLength(1);
    const update = async () => here(lab).call('UpdateRepositoryCreationTemplate', { prefix: 'none' });
    expect((await failureOf(update())).name).toBe('TemplateNotFoundException');
  });
});

describe('a repository that ECR makes', () => {
  test.each([
    ['the longest prefix', 'a/b/c', 'a/b'],
    ['a shorter one', 'a/x', 'a'],
    ['no prefix of a part of a name', 'ab/x', 'ROOT'],
    ['the one for other names', 'x', 'ROOT'],
  ])('has the template of %s', async (_, name, prefix) => {
    await using lab = await simulate();
    for (const one of ['a', 'a/b', 'ROOT']) {
      create(lab, {
        prefix: one,
        appliedFor: ['REPLICATION'],
        resourceTags: [{ Key: 'of', Value: one }],
        customRoleArn: 'role',
      });
    }
    expect(here(lab).madeByEcr(name, 'REPLICATION').tags.get('of')).toBe(prefix);
  });

  test('has the template of its occasion alone', async () => {
    await using lab = await simulate();
    create(lab, { appliedFor: ['CREATE_ON_PUSH'], imageTagMutability: 'IMMUTABLE' });
    expect(here(lab).madeByEcr('team/one', 'REPLICATION').mutability).toBe('MUTABLE');
    expect(here(lab).madeByEcr('team/two', 'CREATE_ON_PUSH').mutability).toBe('IMMUTABLE');
  });

  test.each([
    ['tags', { resourceTags: [{ Key: 'team', Value: 'a' }] }],
    ['KMS', { encryptionConfiguration: { encryptionType: 'KMS' } }],
  ])('cannot be made with %s by the role of the service', async (_, changes) => {
    await using lab = await simulate();
    create(lab, changes);
    expect(() => here(lab).madeByEcr('team/one', 'CREATE_ON_PUSH')).toThrow('custom role');
  });
});

describe('a push to a name that is not there', () => {
  const start = async (lab: Simulated, name: string) =>
    ask(lab, `/v2/${name}/blobs/uploads/`, await login(lab), { method: 'POST' });

  test('makes the repository where a template says so', async () => {
    await using lab = await simulate();
    create(lab, { imageTagMutability: 'IMMUTABLE' });
    await start(lab, 'team/app');
    expect(here(lab).repository('team/app')?.mutability).toBe('IMMUTABLE');
    expect(lab.aws.actions.count('ecr:CreateRepository')).toBe(1);
  });

  test('makes it with a manifest alone, too', async () => {
    await using lab = await simulate();
    create(lab);
    const init = { method: 'PUT', body: '{}', headers: { 'content-type': OCI } };
    await ask(lab, '/v2/team/app/manifests/1', await login(lab), init);
    expect(here(lab).repository('team/app')).toBeDefined();
  });

  test('finds none where no template is for it', async () => {
    await using lab = await simulate();
    create(lab, { appliedFor: ['PULL_THROUGH_CACHE'] });
    expect((await start(lab, 'team/app')).status).toBe(404);
    expect(here(lab).repositories()).toEqual([]);
  });
});
