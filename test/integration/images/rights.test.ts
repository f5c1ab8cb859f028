import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { IMAGES_ANNOTATION } from '../../../src/api/names.ts';
import { callsOn, type EcrLab, type RepositoryObject, startEcrLab } from '../repository/ecr-lab.ts';
import { imageScene } from './image-scene.ts';

const NAMESPACE = 'rights';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

test('a namespace that lost its word sees no new images, whatever else its Repository says', async () => {
  await lab.registry('revoked', { tenancy: { rules: [{ allow: ['Create'] }] } });
  const spec = { registryRef: { name: 'revoked' } };
  const object = await lab.settled(await lab.repository(NAMESPACE, 'lost', spec));
  await lab.looked(object, 0);
  await lab.registry('revoked', { tenancy: { rules: [{ allow: ['Pull'] }] } });
  await lab.settled(object, 'TenancyDenied');
  imageScene(lab, NAMESPACE, 'lost').push(2);
  const again = await lab.repository(NAMESPACE, 'lost', { ...spec, className: 'nowhere' });
  await lab.settled(again, 'ClassNotFound');
  lab.aws.actions.clear();
  await lab.admin.patch(again, { metadata: { annotations: { [IMAGES_ANNOTATION]: '1' } } });
  // One that is looked at after it: by then this one would have been, too.
  const other = await lab.settled(await lab.repository(NAMESPACE, 'other', {}));
  await lab.looked(other);
  const seen = await lab.admin.get<RepositoryObject>(again);
  expect(seen?.status?.imageCount).toBe(0);
  expect(callsOn(lab, 'lost')).not.toContain('ecr:DescribeImages');
});
