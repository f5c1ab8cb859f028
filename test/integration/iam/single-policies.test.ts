import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { allowedBy, shippedPolicy } from '../../lab/shipped-policies.ts';
import { type Conditioned, gotAs, type IamLab, startIamLab } from './iam-lab.ts';
import { namespacesOf, THINGS, type ThingName } from './things.ts';

jest.setTimeout(120_000);

let lab: IamLab;

beforeAll(async () => {
  lab = await startIamLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const NAMES = Object.keys(THINGS) as ThingName[];

/** Of each policy, what works with it alone; all of {@link THINGS} is tried. */
const ALONE: readonly (readonly [file: string, region: string, works: readonly ThingName[]])[] = [
  ['pull-only', 'eu-west-1', ['pull Secret']],
  ['pull-public', 'eu-west-2', ['pull Secret with public']],
  ['repositories', 'eu-west-3', ['repository']],
  ['repositories-owned', 'eu-north-1', ['repository']],
  ['registry-settings', 'eu-south-1', ['settings']],
  ['pull-through-cache', 'ap-south-1', ['rule']],
  ['creation-templates', 'ap-east-1', ['template']],
  ['public-repositories', 'us-west-2', ['public repository']],
];

describe.each(ALONE)('with %s.json and nothing else', (file, region, works) => {
  const declared = new Map<ThingName, Conditioned>();

  beforeAll(async () => {
    lab.role(file, [file], { CLUSTER: await clusterName() });
    for (const name of namespacesOf(file)) {
      await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    await lab.holds(await lab.registry(file, region));
    for (const name of NAMES) declared.set(name, await THINGS[name].declare(lab, file, region));
  });

  test.each(works)('a %s works', async (name) => {
    await lab.holds(declared.get(name) as Conditioned, conditionOf(name));
  });

  test.each(NAMES.filter((name) => !works.includes(name)))(
    'a %s says that it is not allowed',
    async (name) => {
      await lab.isDenied(declared.get(name) as Conditioned, conditionOf(name));
    },
  );

  test('AWS gave nothing beyond it', () => {
    const allowed = allowedBy(shippedPolicy(file, { PREFIX: 'x/', CLUSTER: 'x' }));
    expect(gotAs(lab, file).filter((words) => !allowed.includes(words))).toEqual([]);
  });
});

function conditionOf(name: ThingName): string {
  const thing = THINGS[name];
  return 'condition' in thing ? thing.condition : 'Ready';
}

async function clusterName(): Promise<string> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } };
  return (await lab.admin.get(namespace))?.metadata.uid ?? '';
}
