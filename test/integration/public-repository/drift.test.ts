import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import type { RegistryObject } from '../repository/ecr-lab.ts';
import { PUBLIC_EVERYTHING, type PublicLab, type PublicObject, startPublicLab } from './public-lab.ts';

const NAMESPACE = 'drifting';
const HOUR = 3_600_000;

jest.setTimeout(60_000);

let lab: PublicLab;

beforeAll(async () => {
  const never = '0 0 1 1 *';
  lab = await startPublicLab({ env: { ECR_OPERATOR_DRIFT_SCHEDULE: never } });
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

test('a drift check of the Registry compares its PublicRepositories too, and mends them', async () => {
  const registry = await lab.registry('public', {
    tenancy: { rules: [{ allow: ['Public', 'Share'] }] },
    driftCheck: { schedule: '0 * * * *', timeZone: 'UTC' },
  });
  await lab.settled(registry);
  const object = await lab.settled(await lab.publicRepository(NAMESPACE, 'app', PUBLIC_EVERYTHING));
  const same = await lab.settled(await lab.publicRepository(NAMESPACE, 'same', PUBLIC_EVERYTHING));
  const before = await lab.admin.get<PublicObject>(same);
  lab.shown('app').catalog = { ...lab.shown('app').catalog, description: 'theirs' };
  lab.aws.actions.clear();
  await lab.advance(HOUR);
  const mended = () => lab.shown('app').catalog?.description === PUBLIC_EVERYTHING.catalogData.description;
  await waitFor(mended, { what: 'the description to be mended' });
  await lab.event(object, 'DriftMended', 'description from "theirs" to "What it is"');
  const looked = () => lab.publicCalls('same').includes('ecr-public:GetRepositoryPolicy');
  await waitFor(looked, { what: 'the comparison of the other one' });
  expect(lab.aws.actions.writes().map(({ action }) => action)).toEqual([
    'ecr-public:PutRepositoryCatalogData',
  ]);
  const told = await waitFor(() => lab.admin.get<RegistryObject>(registry), {
    what: 'the Registry to tell of the check',
    until: (now) => now?.status?.lastDriftCheck !== undefined,
  });
  expect(told?.status?.lastDriftCheck).toBeDefined();
  expect(await lab.admin.get<PublicObject>(same)).toEqual(before);
});
