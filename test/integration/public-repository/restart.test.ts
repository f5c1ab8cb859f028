import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { OWNER_TAG } from '../repository/ecr-lab.ts';
import {
  PUBLIC_EVERYTHING,
  type PublicLab,
  type PublicObject,
  publicArn,
  startPublicLab,
} from './public-lab.ts';

const NAMESPACE = 'restarting';

jest.setTimeout(60_000);

let lab: PublicLab;
let operator: OperatorProcess;

beforeAll(async () => {
  lab = await startPublicLab();
  await lab.namespace(NAMESPACE);
  ({ operator } = lab);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const count = (name: string, operation: string) =>
  lab.publicCalls(name).filter((action) => action === `ecr-public:${operation}`).length;

describe('killed as soon as AWS has carried out', () => {
  test.each([
    ['CreateRepository', 1],
    ['PutRepositoryCatalogData', 2],
    ['SetRepositoryPolicy', 2],
  ])('%s, the next operator goes on rightly', async (operation, puts) => {
    const name = operation.toLowerCase();
    const victim = operator;
    const disarm = lab.aws.actions.onAction(async ({ action, resource }) => {
      if (action === `ecr-public:${operation}` && resource === publicArn(name)) await victim.kill();
    });
    const object = await lab.publicRepository(NAMESPACE, name, PUBLIC_EVERYTHING);
    await victim.exited;
    disarm();
    operator = await lab.startOperator({ server: lab.proxy.url });
    const { status } = await lab.settled(object);
    expect(count(name, 'CreateRepository')).toBe(1);
    expect(count(name, 'PutRepositoryCatalogData')).toBe(puts);
    expect(status?.logo?.url).toBe(lab.shown(name).catalog?.logoUrl);
    expect(lab.shown(name)).toMatchObject({
      catalog: { description: 'What it is', logo: PUBLIC_EVERYTHING.catalogData.logoImage },
      policyText: expect.stringContaining('push'),
    });
    expect(lab.shown(name).tags.get(OWNER_TAG)).toBe(`${lab.cluster}/${NAMESPACE}/${name}`);
  });
});

test('a restart looks at what is there, mends what changed meanwhile, and writes nothing else', async () => {
  const same = await lab.settled(await lab.publicRepository(NAMESPACE, 'same', PUBLIC_EVERYTHING));
  const other = await lab.settled(await lab.publicRepository(NAMESPACE, 'other', PUBLIC_EVERYTHING));
  await operator.stop();
  const before = await lab.admin.get<PublicObject>(same);
  lab.shown('other').catalog = { ...lab.shown('other').catalog, usageText: 'theirs' };
  lab.aws.actions.clear();
  operator = await lab.startOperator({ server: lab.proxy.url });
  await lab.event(other, 'DriftMended', 'usageText from "theirs"');
  await waitFor(() => count('same', 'GetRepositoryPolicy') > 0, { what: 'the look at the other one' });
  expect(lab.aws.actions.writes().map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    `ecr-public:PutRepositoryCatalogData ${publicArn('other')}`,
  ]);
  expect(await lab.admin.get<PublicObject>(same)).toEqual(before);
});
