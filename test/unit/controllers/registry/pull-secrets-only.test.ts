import { expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../../src/api/registry.generated.ts';
import { registryReconciler } from '../../../../src/controllers/registry/registry.ts';
import type { Connections } from '../../../../src/ecr/connection.ts';
import { registry, repository, worldOf } from '../objects.ts';

const IDENTITY = { accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/ecr' };
const connections = { to: () => ({ verify: async () => IDENTITY }) } as unknown as Connections;

/** What a Registry says of itself where nothing is managed. */
function told(spec: Partial<RegistrySpec>) {
  const world = worldOf({
    repositories: [repository({}, {}, { arn: 'arn:aws:ecr:us-east-1:123456789012:x' })],
  });
  const one = registryReconciler(world, connections, undefined, undefined, 'pull-secrets');
  const status = { lastDriftCheck: '2026-01-01T00:00:00Z' } as never;
  return one.reconcile({ ...registry('default', spec), status });
}

test('where nothing is managed, a Registry says nothing of what nobody looks at', async () => {
  const { status, ...others } = await told({});
  expect(Object.keys(status ?? {}).sort()).toEqual(['accountId', 'arn', 'identity', 'registryUri']);
  expect(others).toMatchObject({ conditions: [{ type: 'Connected', status: 'True', reason: 'Verified' }] });
  expect(others).not.toHaveProperty('stalled');
});

test('and that the settings which it declares are kept by nobody', async () => {
  const declared = await told({ accountSettings: { blobMounting: 'ENABLED' }, policy: { document: '' } });
  expect(declared).toMatchObject({
    stalled: true,
    conditions: [
      { type: 'Connected', status: 'True' },
      {
        type: 'SettingsSynced',
        status: 'False',
        reason: 'PullSecretsOnly',
        message:
          'this operator runs with --controllers=pull-secrets and writes nothing to a registry: take accountSettings, policy out of the spec, or run it with --controllers=all',
      },
    ],
  });
});
