import { describe, expect, test } from '@jest/globals';
import type {
  RepositoryCreationTemplate,
  RepositoryCreationTemplateSpec,
  RepositoryCreationTemplateStatus,
} from '../../../../src/api/repository-creation-template.generated.ts';
import type { RegistryAccess } from '../../../../src/controllers/registry-access.ts';
import { templateReconciler } from '../../../../src/controllers/repository-creation-template/template.ts';
import type { CreationTemplate, LiveTemplate, TemplateApi } from '../../../../src/ecr/template-api.ts';
import { registry, stored } from '../objects.ts';

const NOON = '2026-01-01T12:00:00Z';
const OLDER = '2026-01-01T11:59:59Z';
const LIVE: LiveTemplate = {
  prefix: 'hub',
  appliedFor: ['REPLICATION'],
  tagMutability: { mode: 'MUTABLE', filters: [] },
  encryption: { type: 'AES256' },
  tags: {},
  createdAt: NOON,
};
const MANAGED = { type: 'KMS', kmsKey: 'the managed one' } as const;

/** Passes over one template with what ECR has, which shows the AWS managed key where none was given. */
function trial(live: Partial<LiveTemplate> | undefined, spec: Partial<RepositoryCreationTemplateSpec> = {}) {
  const calls: string[] = [];
  let held: LiveTemplate | undefined = live && { ...LIVE, ...live };
  const put = (call: string) => async (template: CreationTemplate) => {
    calls.push(call);
    const encryption = template.encryption.type === 'KMS' ? MANAGED : template.encryption;
    held = { ...template, createdAt: held?.createdAt ?? NOON, encryption };
    return held;
  };
  const templates: TemplateApi = {
    describe: async () => held,
    create: put('create'),
    update: put('update'),
    delete: async () => void calls.push('delete'),
  };
  const lone = registry('default');
  const access = {
    writable: () => lone,
    connect: async () => ({ templates }),
  } as unknown as RegistryAccess;
  const object = (status?: RepositoryCreationTemplateStatus): RepositoryCreationTemplate => ({
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'RepositoryCreationTemplate',
    metadata: { name: 'hub', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: NOON },
    spec: { registryRef: { name: 'default' }, appliedFor: ['REPLICATION'], ...spec },
    ...(status ? { status } : {}),
  });
  const byName = ({ metadata }: { metadata: { name: string } }) => metadata.name;
  const rivals = { all: stored([object()], byName), registries: stored([lone], byName) };
  const { reconcile, finalize } = templateReconciler({ access, rivals });
  return {
    calls,
    pass: (status?: RepositoryCreationTemplateStatus) => reconcile(object(status)),
    end: (status?: RepositoryCreationTemplateStatus) => finalize(object(status)),
  };
}

describe('a key that is not declared', () => {
  const kms = { encryption: { type: 'KMS' } } as const;

  test('is written once, whatever ECR shows of it then', async () => {
    const one = trial({ encryption: { type: 'KMS', kmsKey: 'declared once' } }, kms);
    const { status } = await one.pass();
    expect(one.calls).toEqual(['update']);
    expect((await one.pass(status)).happenings).toEqual([]);
    expect(one.calls).toEqual(['update']);
  });

  test('is no difference to who only observes', async () => {
    const one = trial({ encryption: MANAGED }, { ...kms, mode: 'Observe' });
    expect(await one.pass()).toMatchObject({ conditions: [{ type: 'Synced', status: 'True' }] });
    expect(one.calls).toEqual([]);
  });

  test('hides no template of our own that was made before its status could be written', async () => {
    const one = trial({ encryption: MANAGED }, { ...kms, adoption: 'Never' });
    expect((await one.pass()).status).toMatchObject({ declaredHash: expect.any(String) });
  });
});

test.each([
  ['older than the object', { createdAt: OLDER }],
  ['not as declared', { description: 'theirs' }],
])('adoption: Never leaves a template alone that is %s', async (_, live) => {
  await expect(trial(live, { adoption: 'Never' }).pass()).rejects.toMatchObject({ reason: 'TemplateExists' });
});

describe('the end of an object', () => {
  const held = { declaredHash: 'x', createdAt: NOON };
  const fully = { deletionPolicy: 'Delete' } as const;
  const grants = [{ name: 'a', access: 'Pull', to: { accounts: ['210987654321'] } }] as const;
  test.each<
    [
      string,
      Partial<LiveTemplate>,
      Partial<RepositoryCreationTemplateSpec>,
      RepositoryCreationTemplateStatus,
      readonly string[],
    ]
  >([
    ['deletes its template', { description: 'theirs' }, fully, held, ['delete']],
    ['deletes what was made before its status could be written', {}, fully, {}, ['delete']],
    ['leaves it unless told', {}, {}, held, []],
    ['leaves what it never had', { createdAt: OLDER }, fully, {}, []],
    ['leaves what it never declared', { description: 'theirs' }, fully, {}, []],
    [
      'leaves what a spec without sense cannot have declared',
      {},
      { ...fully, policy: { document: '{' } },
      {},
      [],
    ],
  ])('%s', async (_, live, spec, status, calls) => {
    const one = trial(live, spec);
    expect(await one.end(status)).toBe('released');
    expect(one.calls).toEqual(calls);
  });

  test('knows the ARNs of grants', async () => {
    const one = trial(undefined, { ...fully, grants: [...grants] as never });
    await one.pass();
    await one.end();
    expect(one.calls).toEqual(['create', 'delete']);
  });
});
