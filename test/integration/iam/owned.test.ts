import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ACCOUNT } from '../../lab/lab.ts';
import { lifecycleKeeping } from '../repository/documents.ts';
import { type IamLab, startIamLab } from './iam-lab.ts';
import { live, manifest } from './lives.ts';

const REGION = 'eu-central-1';
const OWNER = 'ecr-operator.io/owner';
const place = { registry: 'owned', namespace: 'owned' };

jest.setTimeout(120_000);

let lab: IamLab;

beforeAll(async () => {
  lab = await startIamLab({ ECR_OPERATOR_CLUSTER_NAME: 'production' });
  lab.role('owned', ['repositories-owned']);
  await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'owned' } });
  await lab.holds(await lab.registry('owned', REGION));
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const ecr = () => lab.aws.as(ACCOUNT, REGION);
const refused = () => lab.askedAs('owned').filter(({ result }) => /^AccessDenied/.test(result));

test('what this cluster owns is made, changed and deleted as with repositories.json', async () => {
  const first = {
    tagMutability: 'IMMUTABLE',
    scanOnPush: true,
    tags: { team: 'a', gone: 'soon' },
    grants: [{ name: 'other', to: { accounts: ['999999999999'] }, access: 'Pull' }],
    lifecycle: { document: lifecycleKeeping(10), preview: 'Report' },
    deletionPolicy: 'Delete',
  };
  await live(lab, manifest(place, 'Repository', 'own', first), [
    { tagMutability: 'MUTABLE', scanOnPush: false, tags: { team: 'b', gone: null } },
    { grants: [], lifecycle: { document: null, preview: null, rules: [] } },
  ]);
  expect(ecr().repository('own')).toBeUndefined();
  expect(refused()).toEqual([]);
});

test('what another cluster owns stays as it is, whatever the Repository and the tenancy say', async () => {
  const tags = new Map([[OWNER, 'staging/team-a/web']]);
  ecr().addRepository('others', { tags });
  const spec = { adoption: 'IfExists', tagMutability: 'IMMUTABLE' };
  await lab.isDenied(await lab.apply(manifest(place, 'Repository', 'others', spec)));
  expect(ecr().repository('others')).toMatchObject({ mutability: 'MUTABLE', tags });
  expect(refused().every(({ resource }) => resource.endsWith('/others'))).toBe(true);
});

test.each([
  ['nobody owns', 'found', {}],
  ['a person has put its owner tag on', 'handed', { tags: new Map([[OWNER, 'production/owned/handed']]) }],
])('what %s is taken over', async (_, name, settings) => {
  ecr().addRepository(name, settings);
  await lab.holds(await lab.apply(manifest(place, 'Repository', name, { tagMutability: 'IMMUTABLE' })));
  expect(ecr().repository(name)?.mutability).toBe('IMMUTABLE');
});
