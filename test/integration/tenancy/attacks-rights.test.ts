import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { KubeRef } from '../../lab/kube-client.ts';
import { API_VERSION, core, type RepositoryObject, repositoryManifest } from '../repository/ecr-lab.ts';
import { ATTACKER, refusal, startTenantLab, type TenantLab, VICTIM } from './tenant-lab.ts';

jest.setTimeout(60_000);

let lab: TenantLab;

beforeAll(async () => {
  lab = await startTenantLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const custom = (kind: string, name: string, spec: object, namespace?: string): KubeRef =>
  ({ apiVersion: API_VERSION, kind, metadata: { name, namespace }, spec }) as KubeRef;

describe('the rights of a namespace do not let anybody', () => {
  test.each<[string, KubeRef]>([
    ['make a Repository in another namespace', repositoryManifest(VICTIM, 'mine', {})],
    ['make a PullSecret in another namespace', custom('PullSecret', 'mine', {}, VICTIM)],
    ['make a ClusterPullSecret', custom('ClusterPullSecret', 'mine', {})],
    [
      'change the tenancy of a Registry',
      custom('Registry', 'default', { tenancy: { rules: [{ allow: ['Adopt'] }] } }),
    ],
    ['make a RepositoryClass that shares', custom('RepositoryClass', 'mine', { sharesFor: {} })],
    ['make a PullThroughCacheRule', custom('PullThroughCacheRule', 'mine', {})],
    ['make a RepositoryCreationTemplate', custom('RepositoryCreationTemplate', 'mine', {})],
    [
      'give its namespace the label of another team',
      { ...core('Namespace', ATTACKER), metadata: { name: ATTACKER, labels: { team: 'a' } } } as KubeRef,
    ],
  ])('%s', async (_what, object) => {
    expect(await refusal(lab.attacker.apply(object))).toMatch(
      /forbidden: User .*mallory.* cannot (create|patch)/,
    );
  });

  test('read the Secrets of another namespace, or the keys of the operator', async () => {
    for (const secret of [
      core('Secret', 'ecr-pull', VICTIM),
      core('Secret', 'aws-credentials', 'ecr-operator'),
    ]) {
      expect(await refusal(lab.attacker.get(secret))).toContain('cannot get resource "secrets"');
    }
  });

  test('write a status, with which a Repository would say that something was its own', async () => {
    const object = repositoryManifest(ATTACKER, 'forging', { name: 'team-b/forging' });
    const status = { arn: 'arn:aws:ecr:us-east-1:123456789012:repository/team-a/web', managedTagKeys: [] };
    const made = await lab.attacker.create<RepositoryObject>({ ...object, status } as KubeRef);
    expect(made.status).toBeUndefined();
    expect((await lab.settled(made)).status).toMatchObject({
      arn: 'arn:aws:ecr:us-east-1:123456789012:repository/team-b/forging',
    });
    expect(await refusal(lab.attacker.patch(object, { status }, { subresource: 'status' }))).toContain(
      'cannot patch resource "repositories/status"',
    );
  });
});
