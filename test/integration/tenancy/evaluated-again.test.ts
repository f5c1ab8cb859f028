import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  core,
  type EcrLab,
  looks,
  type RepositoryObject,
  readyOf,
  startEcrLab,
} from '../repository/ecr-lab.ts';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

type Rules = NonNullable<RegistrySpec['tenancy']>['rules'];
const beyond = [{ name: 'partner', access: 'Pull', to: { accounts: ['111122223333'] } }] as const;
const ruled = (name: string, rules: Rules) => lab.registry(name, { tenancy: { rules } });
const label = (namespace: string, team: string | null) =>
  lab.admin.patch(core('Namespace', namespace), { metadata: { labels: { team } } });

/** As its owner looks at it: refused for want of this word, and nothing of it written any more. */
async function isRefused(object: RepositoryObject, word: string, ecrName: string): Promise<void> {
  const refused = await lab.settled(object, 'TenancyDenied');
  expect(readyOf(refused).message).toContain(`the word ${word}`);
  const held = lab.ecr.repository(ecrName);
  const before = looks(lab, ecrName);
  const scanOnPush = held?.scanOnPush;
  await lab.admin.patch(object, { spec: { scanOnPush: !scanOnPush } });
  await lab.settled(object, 'TenancyDenied');
  expect(lab.ecr.repository(ecrName)?.scanOnPush).toBe(scanOnPush);
  expect(looks(lab, ecrName)).toBe(before);
}

test('rules of a Registry: refused, let in, and refused', async () => {
  const name = 'ruled/app';
  await lab.namespace('ruled');
  await ruled('ruled', [{ allow: ['Pull'] }]);
  const object = await lab.repository('ruled', 'app', { registryRef: { name: 'ruled' }, name });
  await isRefused(object, 'Create', name);
  await ruled('ruled', [{ allow: ['Create'], repositoryPrefixes: ['ruled'] }]);
  await lab.settled(object);
  await ruled('ruled', [{ allow: ['Create'], repositoryPrefixes: ['ruled/other'] }]);
  await isRefused(object, 'Create', name);
  await ruled('ruled', [{ allow: ['Adopt'] }]);
  await lab.settled(object);
});

test('labels of a namespace, also by expressions', async () => {
  const name = 'labelled-by/app';
  await lab.namespace('labelled', { team: 'guest' });
  const namespaceSelector = {
    matchExpressions: [{ key: 'team', operator: 'NotIn' as const, values: ['guest'] }],
  };
  await ruled('labelled', [{ allow: ['Create'], namespaceSelector }]);
  const object = await lab.repository('labelled', 'app', { registryRef: { name: 'labelled' }, name });
  await isRefused(object, 'Create', name);
  await label('labelled', 'a');
  await lab.settled(object);
  await label('labelled', 'guest');
  await isRefused(object, 'Create', name);
  await label('labelled', null);
  await lab.settled(object);
});

describe('what a class grants beyond the account', () => {
  const put = async (namespace: string, className: string, labels = {}): Promise<RepositoryObject> => {
    await lab.namespace(namespace, labels);
    return lab.repository(namespace, 'app', { name: `${namespace}/app`, className });
  };
  const policyOf = (name: string) => lab.held(name).policyText ?? '';

  test('comes and stays with sharesFor', async () => {
    await lab.repositoryClass('partners', { grants: beyond });
    const object = await put('class-changes', 'partners');
    const name = 'class-changes/app';
    await isRefused(object, 'Share', name);
    expect(readyOf(await lab.settled(object, 'TenancyDenied')).message).toContain('RepositoryClass partners');
    await lab.repositoryClass('partners', { grants: beyond, sharesFor: {} });
    await lab.settled(object);
    expect(policyOf(name)).toContain('EcrOperatorpartner');
    await lab.repositoryClass('partners', { grants: beyond, sharesFor: { matchLabels: { team: 'a' } } });
    await isRefused(object, 'Share', name);
    // Nothing is written where it is refused: what was granted is withdrawn by the class, or by the Repository.
    expect(policyOf(name)).toContain('EcrOperatorpartner');
    await lab.repositoryClass('partners', { grants: [] });
    await lab.settled(object);
    expect(policyOf(name)).toBe('');
  });

  test('follows the labels of the namespace', async () => {
    await lab.repositoryClass('partners-of-a', {
      grants: beyond,
      sharesFor: { matchLabels: { team: 'a' } },
    });
    const object = await put('label-changes', 'partners-of-a', { team: 'b' });
    await isRefused(object, 'Share', 'label-changes/app');
    await label('label-changes', 'a');
    await lab.settled(object);
    await label('label-changes', 'b');
    await isRefused(object, 'Share', 'label-changes/app');
  });

  test('follows the rules of the Registry, where the class says nothing of the namespace', async () => {
    await lab.repositoryClass('unsaid', { grants: beyond });
    await lab.namespace('rule-changes');
    await ruled('sharing', [{ allow: ['Create'] }]);
    const name = 'rule-changes/app';
    const object = await lab.repository('rule-changes', 'app', {
      registryRef: { name: 'sharing' },
      name,
      className: 'unsaid',
    });
    await isRefused(object, 'Share', name);
    await ruled('sharing', [
      { allow: ['Create'] },
      { allow: ['Share'], repositoryPrefixes: ['rule-changes'] },
    ]);
    await lab.settled(object);
    expect(policyOf(name)).toContain('EcrOperatorpartner');
    await ruled('sharing', [{ allow: ['Create'] }, { allow: ['Share'], repositoryPrefixes: ['else'] }]);
    await isRefused(object, 'Share', name);
  });

  test('needs nobody’s leave for what no Repository declares: that is the class’s own', async () => {
    const name = 'mirrored/base';
    lab.ecr.addRepository(name);
    await lab.repositoryClass('mirrored', {
      grants: beyond,
      undeclared: { registryRef: { name: 'default' }, prefixes: ['mirrored'] },
    });
    const later = async () => {
      // By then a drift check has found it.
      await lab.advance(1_800_000);
      return policyOf(name).includes('EcrOperatorpartner');
    };
    await waitFor(later, { what: 'the grants of the class', intervalMs: 500 });
  });
});

test('what changed while no operator ran is found by the check at the start', async () => {
  const name = 'meanwhile/app';
  await lab.namespace('meanwhile', { team: 'a' });
  await lab.repositoryClass('meanwhile', { grants: beyond, sharesFor: { matchLabels: { team: 'a' } } });
  const object = await lab.repository('meanwhile', 'app', { name, className: 'meanwhile' });
  await lab.settled(object);
  await lab.operator.stop();
  await label('meanwhile', 'b');
  await lab.startOperator({ server: lab.proxy.url });
  await isRefused(object, 'Share', name);
});
