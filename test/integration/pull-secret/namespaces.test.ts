import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ClusterPullSecretSpec } from '../../../src/api/cluster-pull-secret.generated.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, countedAs, type Scene, scenes, servedIn, withdrawnFrom } from './pull-lab.ts';
import { type SecretObject, versionsOf } from './pull-objects.ts';
import { isIn, isOut, median, millisecondsUntil, relabel } from './pull-steps.ts';

jest.setTimeout(60_000);

let lab: Lab;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const OPT_OUT = 'ecr-operator.io/pull-secrets';

type Selector = NonNullable<ClusterPullSecretSpec['namespaceSelector']>;

/** How kubectl's `-l` writes a selector: the API server is the one to say what it matches. */
function written({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${values.join(',')})`;
  });
  return [...Object.entries(matchLabels).map((pair) => pair.join('=')), ...expressions].join(',');
}

const namesOf = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name).sort();

const namespacesWithSecret = async (prefix: string) => {
  const secrets = await lab.admin.list<SecretObject>({
    apiVersion: 'v1',
    kind: 'Secret',
    fieldSelector: 'metadata.name=ecr-pull',
  });
  const namespaces = secrets.map(({ metadata }) => metadata.namespace ?? '');
  return namespaces.filter((name) => name.startsWith(prefix)).sort();
};

describe('a namespaceSelector', () => {
  test('with expressions gives the Secret to the namespaces that the API server selects by it, and no others', async () => {
    const chosen = scene('expr');
    const { labels } = chosen;
    await chosen.namespace('bare');
    for (const stage of ['prod', 'test', 'dev']) await chosen.namespace(stage, { ...labels, stage });
    await chosen.namespace('team', { ...labels, team: 'a' });
    await chosen.namespace('both', { ...labels, team: '', stage: 'prod' });
    await chosen.registry();
    const selectors: readonly NonNullable<Selector['matchExpressions']>[] = [
      [{ key: 'stage', operator: 'In', values: ['prod', 'dev'] }],
      [{ key: 'stage', operator: 'NotIn', values: ['prod'] }],
      [{ key: 'team', operator: 'Exists' }],
      [{ key: 'team', operator: 'DoesNotExist' }],
      [
        { key: 'stage', operator: 'Exists' },
        { key: 'stage', operator: 'NotIn', values: ['test', 'dev'] },
        { key: 'team', operator: 'DoesNotExist' },
      ],
      [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['expr-dev', 'expr-team', 'absent'] }],
    ];
    for (const matchExpressions of selectors) {
      const namespaceSelector = { matchLabels: labels, matchExpressions };
      const query = { apiVersion: 'v1', kind: 'Namespace', labelSelector: written(namespaceSelector) };
      const expected = namesOf(await lab.admin.list(query));
      expect(expected.length).toBeGreaterThan(0);
      await servedIn(lab, await chosen.clusterPullSecret({ namespaceSelector }), expected.length);
      await waitFor(() => namespacesWithSecret('expr-'), {
        what: `the Secret to be where ${query.labelSelector} says`,
        until: (found) => found.join() === expected.join(),
      });
    }
    expect(chosen.calls()).toBe(1);
  });

  test('F9: a label that changes moves the Secret and its entry in or out at once, as often as it does', async () => {
    const moving = scene('moving');
    await moving.namespaces(20);
    const namespace = await moving.namespace('it', {});
    const object = await moving.serve(20);
    const [inMs, outMs]: [number[], number[]] = [[], []];
    for (let round = 0; round < 10; round += 1) {
      const enter = () => relabel(lab, namespace, moving.labels);
      inMs.push(await millisecondsUntil(enter, () => isIn(lab, namespace), `round ${round} in`));
      const leave = () => relabel(lab, namespace, { 'lab.test/scene': null });
      outMs.push(await millisecondsUntil(leave, () => isOut(lab, namespace), `round ${round} out`));
    }
    expect(median(inMs)).toBeLessThan(1_000);
    expect(median(outMs)).toBeLessThan(1_000);
    await servedIn(lab, object, 20);
    expect(moving.calls()).toBe(1);
  });
});

describe('a namespace is left out', () => {
  test('by its name in excludeNamespaces, as long as it stands there, and nobody else is touched', async () => {
    const named = scene('excluded');
    const [one = '', two = '', three = ''] = await named.namespaces(3);
    const object = await named.serve(1, { excludeNamespaces: [one, two, 'not-there'] });
    const kept = versionsOf([await arrivedIn(lab, three)]);
    expect([await isOut(lab, one), await isOut(lab, two)]).toEqual([true, true]);
    await servedIn(lab, await named.clusterPullSecret({ excludeNamespaces: [two] }), 2);
    expect(await isIn(lab, one)).toBe(true);
    await named.clusterPullSecret({ excludeNamespaces: [one] });
    await withdrawnFrom(lab, one);
    await countedAs(lab, object, { matched: 2, ready: 2, failed: 0 });
    expect(await isOut(lab, one)).toBe(true);
    expect(versionsOf([await arrivedIn(lab, three)])).toEqual(kept);
  });

  test('by its own label, against every ClusterPullSecret, and not against a PullSecret in it', async () => {
    const label = scene('label');
    const [out = '', stays = ''] = await label.namespaces(2);
    const object = await label.serve(2);
    await relabel(lab, out, { [OPT_OUT]: 'disabled' });
    await withdrawnFrom(lab, out);
    await servedIn(lab, object, 1);
    expect([await isOut(lab, out), await isIn(lab, stays)]).toEqual([true, true]);

    const own = await servedIn(lab, await label.pullSecret(out), 1);
    expect(await isIn(lab, out)).toBe(true);
    await lab.admin.delete(own);
    await withdrawnFrom(lab, out);

    // Any other value says nothing.
    await relabel(lab, out, { [OPT_OUT]: 'enabled' });
    await servedIn(lab, object, 2);
    expect(await isIn(lab, out)).toBe(true);
  });
});
