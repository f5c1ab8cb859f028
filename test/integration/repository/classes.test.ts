import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { LIFECYCLE, lifecycleKeeping } from './documents.ts';
import {
  type ClassObject,
  core,
  type EcrLab,
  type RepositorySettings,
  readyOf,
  startEcrLab,
} from './ecr-lab.ts';

const NAMESPACE = 'classes';
const LABEL = 'ecr-operator.io/repository-class';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const open = { registryRef: { name: 'open' } };
const put = (name: string, settings: RepositorySettings = {}, namespace = NAMESPACE) =>
  lab.repository(namespace, name, { ...open, ...settings });
const ready = async (...parameters: Parameters<typeof put>) => lab.settled(await put(...parameters));
const tagsOf = (name: string) => {
  const { 'ecr-operator.io/owner': _, ...tags } = Object.fromEntries(lab.held(name).tags);
  return tags;
};

describe('a RepositoryClass', () => {
  test('fills what a Repository leaves open, and a change of it reaches all of them', async () => {
    const spec = {
      tagMutability: 'IMMUTABLE',
      scanOnPush: true,
      tags: { tier: 'gold', team: 'class' },
      lifecycle: { document: LIFECYCLE },
      grants: [{ name: 'shared', access: 'Pull', to: { accounts: ['111122223333'] } }],
    } as const;
    await lab.repositoryClass('filling', spec);
    const plain = await ready('plain', { className: 'filling' });
    await ready('own-words', {
      className: 'filling',
      scanOnPush: false,
      tags: { team: 'own' },
      lifecycle: { document: lifecycleKeeping(3) },
    });
    expect(plain.status?.className).toBe('filling');
    expect(lab.held('plain')).toMatchObject({ mutability: 'IMMUTABLE', scanOnPush: true });
    expect(lab.held('plain').policyText).toContain('EcrOperatorshared');
    expect(tagsOf('plain')).toEqual({ tier: 'gold', team: 'class' });
    expect(lab.held('own-words')).toMatchObject({ mutability: 'IMMUTABLE', scanOnPush: false });
    expect(tagsOf('own-words')).toEqual({ tier: 'gold', team: 'own' });
    expect(JSON.parse(lab.held('own-words').lifecycle?.text ?? '').rules).toHaveLength(1);
    await waitFor(() => lab.admin.get<ClassObject>(core2('filling')), {
      what: 'the class to count its Repositories',
      until: (now) => now?.status?.repositories === 2,
    });

    await lab.repositoryClass('filling', {
      ...spec,
      tagMutability: 'MUTABLE',
      tags: { tier: 'silver' },
      grants: [],
    });
    await waitFor(() => lab.held('plain').policyText, {
      what: 'the grant to be withdrawn',
      until: (text) => text === undefined,
    }).catch(() => expect(lab.held('plain').policyText).toBeUndefined());
    await waitFor(() => tagsOf('own-words')['tier'], {
      what: 'the new tag',
      until: (tier) => tier === 'silver',
    });
    expect(lab.held('plain').mutability).toBe('MUTABLE');
    expect(tagsOf('plain')).toEqual({ tier: 'silver' });
  });

  test('changes what it changes, which is no drift that somebody else made', async () => {
    await lab.repositoryClass('changing', { scanOnPush: false });
    const object = await ready('changed', { className: 'changing' });
    await lab.repositoryClass('changing', { scanOnPush: true });
    await waitFor(() => lab.held('changed').scanOnPush, { what: 'the change of the class' });
    await lab.event(object, 'Updated', /^scanOnPush from false to true/);
    expect((await lab.settled(object)).status).not.toHaveProperty('drift');
  });

  test('can come by the label of the namespace, unless the Repository names another', async () => {
    await lab.repositoryClass('by-label', { scanOnPush: true });
    await lab.repositoryClass('by-name', { tagMutability: 'IMMUTABLE' });
    await lab.namespace('labelled', { [LABEL]: 'by-label' });
    await ready('of-label', {}, 'labelled');
    await ready('of-name', { className: 'by-name' }, 'labelled');
    expect(lab.held('of-label')).toMatchObject({ scanOnPush: true, mutability: 'MUTABLE' });
    expect(lab.held('of-name')).toMatchObject({ scanOnPush: false, mutability: 'IMMUTABLE' });
    await lab.admin.patch(core('Namespace', 'labelled'), { metadata: { labels: { [LABEL]: 'by-name' } } });
    await waitFor(() => lab.held('of-label').mutability, {
      what: 'the class of the new label',
      until: (mutability) => mutability === 'IMMUTABLE',
    });
  });

  test('that is not there is waited for, and nothing is done meanwhile', async () => {
    const object = await put('early', { className: 'late' });
    const refused = await lab.settled(object, 'ClassNotFound');
    expect(readyOf(refused).message).toContain(
      'there is no RepositoryClass late, which spec.className names',
    );
    expect(lab.ecr.repository('early')).toBeUndefined();
    await lab.repositoryClass('late', { scanOnPush: true });
    await lab.settled(object);
    expect(lab.held('early').scanOnPush).toBe(true);
  });

  test('that is suspended changes nothing, nor withdraws anything', async () => {
    const spec = { grants: [{ name: 'a', access: 'Pull', to: { accounts: ['111122223333'] } }] } as const;
    await lab.repositoryClass('resting', spec);
    const object = await ready('rested', { className: 'resting' });
    await lab.repositoryClass('resting', { suspend: true });
    await lab.settled(object, 'ClassSuspended');
    expect(lab.held('rested').policyText).toContain('EcrOperatora');
    await lab.repositoryClass('resting', { ...spec, suspend: false });
    await lab.settled(object);
  });

  test('cannot change the encryption of what is there, and gives it to what is new', async () => {
    await lab.repositoryClass('sealed', {});
    const before = await ready('before', { className: 'sealed' });
    await lab.repositoryClass('sealed', { encryption: { type: 'KMS' }, scanOnPush: true });
    await waitFor(() => lab.held('before').scanOnPush, { what: 'the change of the class' });
    await lab.settled(before);
    await ready('after', { className: 'sealed' });
    expect(
      [lab.held('before'), lab.held('after')].map(({ encryption }) => encryption.encryptionType),
    ).toEqual(['AES256', 'KMS']);
  });

  test('says what is wrong with its documents, to itself and to its Repositories', async () => {
    const of = await lab.repositoryClass('broken', { lifecycle: { document: `{${' '.repeat(120)}` } });
    const told = await lab.settled(of, 'InvalidDocument');
    expect(readyOf(told).message).toContain('spec.lifecycle.document is not JSON');
    await lab.settled(await put('unmade', { className: 'broken' }), 'InvalidDocument');
    await lab.repositoryClass('broken', { lifecycle: { document: LIFECYCLE } });
    await lab.settled(of);
  });
});

function core2(name: string) {
  return { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'RepositoryClass', metadata: { name } };
}
