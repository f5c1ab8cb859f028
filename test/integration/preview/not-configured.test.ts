import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { lifecycleKeeping } from '../repository/documents.ts';
import {
  callsOn,
  conditionOf,
  type EcrLab,
  type RepositorySettings,
  startEcrLab,
} from '../repository/ecr-lab.ts';

const NAMESPACE = 'not-configured';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

test('as shipped, Block holds a lifecycle policy back and says what it lacks; Report needs nothing', async () => {
  const put = (settings: RepositorySettings) =>
    lab.repository(NAMESPACE, 'web', { registryRef: { name: 'open' }, ...settings });
  await lab.settled(await put({}));
  for (const index of [1, 2, 3]) lab.ecr.addImage('web', { digest: digestOf(`web ${index}`) });
  const document = lifecycleKeeping(1);
  const held = await lab.settled(
    await put({ lifecycle: { document, preview: 'Block' } }),
    'ImageUsageNotConfigured',
  );
  expect(conditionOf(held, 'Stalled')?.status).toBe('True');
  expect(conditionOf(held, 'Synced')?.message).toContain('install the component lifecycle-block');
  expect(lab.held('web').lifecycle).toBeUndefined();
  expect(callsOn(lab, 'web')).not.toContain('ecr:StartLifecyclePolicyPreview');
  const object = await put({ lifecycle: { document, preview: 'Report' } });
  const { status } = await lab.settledInTime(object, 'Ready', 5_000);
  expect([status?.preview?.expiring, lab.held('web').lifecycle?.text]).toEqual([2, document]);
});
