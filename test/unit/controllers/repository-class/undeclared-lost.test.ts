import { describe, expect, test } from '@jest/globals';
import { registry, repository, repositoryClass, type Things } from '../objects.ts';
import { KEY, listed, NAME, PLACE, standard, UNDECLARED } from './undeclared-trial.ts';

describe('no longer the class’s is', () => {
  test.each<[string, Things]>([
    ['what a class had that is gone', { repositoryClasses: [] }],
    [
      'what a class had that is for declared ones alone now',
      { repositoryClasses: [repositoryClass('standard')] },
    ],
    [
      'what is under no prefix any more',
      { repositoryClasses: [standard({ undeclared: { ...UNDECLARED, prefixes: ['other'] } })] },
    ],
    [
      'what is in another Registry',
      { repositoryClasses: [standard({ undeclared: { ...UNDECLARED, registryRef: { name: 'other' } } })] },
    ],
    [
      'what another class has with a longer prefix',
      {
        repositoryClasses: [
          standard(),
          repositoryClass('near', { undeclared: { ...UNDECLARED, prefixes: [NAME] } }),
        ],
      },
    ],
    ['what is in a Registry that is gone', { registries: [] }],
    [
      'what another class has with a longer prefix through a Registry of the same account and region',
      {
        registries: [registry(), registry('twin')],
        repositoryClasses: [
          standard(),
          repositoryClass('near', { undeclared: { registryRef: { name: 'twin' }, prefixes: [NAME] } }),
        ],
      },
    ],
    [
      'what is declared through such a Registry',
      {
        registries: [registry(), registry('twin')],
        repositories: [repository({ name: NAME, registryRef: { name: 'twin' } })],
      },
    ],
    ['what is declared', { repositories: [repository({ name: NAME })] }],
    [
      'what is declared while the class is suspended',
      { repositories: [repository({ name: NAME })], repositoryClasses: [standard({ suspend: true })] },
    ],
  ])('%s: nothing is called, and it is forgotten', async (_what, things) => {
    const one = await listed();
    await one.pass();
    one.calls.length = 0;
    one.previews.set(KEY, {});
    one.refusals.set(KEY, { document: '', since: '' });
    one.grantless.add(KEY);
    one.change(things);
    expect(await one.pass()).toEqual({});
    expect([one.calls, one.result(), one.news]).toEqual([[], undefined, ['standard', 'standard']]);
    expect([one.previews.size, one.refusals.size, one.grantless.size]).toEqual([0, 0, 0]);
  });

  test('what a list shows no more', async () => {
    const one = await listed();
    await one.pass();
    one.store.see(PLACE, []);
    await one.pass();
    expect([one.result(), one.news.length]).toEqual([undefined, 2]);
  });

  test('what is gone since the list', async () => {
    const one = await listed();
    await one.pass();
    one.removeRepository(NAME);
    expect(await one.pass()).toEqual({});
    expect([one.result(), one.news.length]).toEqual([undefined, 2]);
  });

  test('what was gone while it was looked at, at the second look', async () => {
    const one = await listed();
    one.removeRepository(NAME);
    expect(await one.pass()).toEqual({ retry: { kind: 'backoff' } });
    expect(await one.pass()).toEqual({});
    expect(one.result()).toBeUndefined();
  });

  test('what a Repository of another cluster has', async () => {
    const one = await listed();
    one.held(NAME).tags.set('ecr-operator.io/owner', 'x/team/web');
    expect(await one.pass()).toEqual({});
    expect([one.result(), one.news, one.writes()]).toEqual([undefined, [], []]);
  });

  test('what is declared in another Registry is another thing', async () => {
    const one = await listed({
      registries: [registry(), registry('other', { region: 'eu-west-1' })],
      repositories: [repository({ name: NAME, registryRef: { name: 'other' } })],
    });
    await one.pass();
    expect(one.result()).toBe('synced');
  });
});
