import { afterEach, describe, expect, test } from '@jest/globals';
import { namespace, registry, repository } from '../objects.ts';
import { of, PLACE, wiredClasses } from './wired-classes.ts';

const LABEL = 'ecr-operator.io/repository-class';
const UNDECLARED = { registryRef: { name: 'default' }, prefixes: ['cache'] };

const REFUSED = {
  conditions: [
    {
      type: 'Synced',
      status: 'False',
      reason: 'TenancyDenied',
      message: '',
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
} as const;

const running: ReturnType<typeof wiredClasses>[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

function trial() {
  const one = wiredClasses();
  running.push(one);
  return one;
}

/** A trial that has these classes, with nothing to do. */
async function settled(...classes: readonly ReturnType<typeof of>[]) {
  const one = trial();
  for (const found of classes) one.putClass(found);
  one.clock.advance(1_000);
  await one.woken(one.classes);
  await one.woken(one.names);
  return one;
}

describe('what is said of a class is looked at', () => {
  test('after each change of it that people make, at once', async () => {
    const one = await settled();
    one.putClass(of('a'));
    expect(await one.woken(one.classes)).toEqual(['a']);
    one.putClass({ ...of('a'), status: { repositories: 7 } });
    expect(await one.woken(one.classes)).toEqual([]);
    one.putClass(of('a', { scanOnPush: true }, 2));
    expect(await one.woken(one.classes)).toEqual(['a']);
  });

  test('a second after a Repository comes, changes its class, or goes: both classes, once for many', async () => {
    const one = await settled(of('a'), of('b'));
    for (const name of ['x', 'y', 'z']) one.putRepository(repository({ className: 'a' }, { name }));
    one.putRepository(repository({}, { name: 'none' }));
    one.clock.advance(999);
    expect(await one.woken(one.classes)).toEqual([]);
    one.clock.advance(1);
    expect(await one.woken(one.classes)).toEqual(['a']);
    one.putRepository(repository({ className: 'b' }, { name: 'x' }));
    one.clock.advance(1_000);
    expect((await one.woken(one.classes)).sort()).toEqual(['a', 'b']);
    one.removeRepository('team/x');
    one.clock.advance(1_000);
    expect(await one.woken(one.classes)).toEqual(['b']);
  });

  test('after a Repository comes to a namespace that has the class', async () => {
    const one = await settled(of('a'), of('b'));
    one.putNamespace(namespace('team', { labels: { [LABEL]: 'b' } }));
    one.clock.advance(1_000);
    expect((await one.woken(one.classes)).sort()).toEqual(['a', 'b']);
    one.putRepository(repository());
    one.clock.advance(1_000);
    expect(await one.woken(one.classes)).toEqual(['b']);
  });

  test('after the labels of a namespace change, and after no other change of one', async () => {
    const one = await settled(of('a'));
    one.putNamespace(namespace('team', { terminating: true }));
    one.clock.advance(1_000);
    expect(await one.woken(one.classes)).toEqual([]);
    one.removeNamespace('team');
    one.clock.advance(999);
    expect(await one.woken(one.classes)).toEqual([]);
    one.clock.advance(1);
    expect(await one.woken(one.classes)).toEqual(['a']);
  });

  test('after its Registry comes, changes by people, or goes, at once', async () => {
    const one = await settled(
      of('a', { undeclared: { ...UNDECLARED, registryRef: { name: 'x' } } }),
      of('b'),
    );
    one.putRegistry(registry('x'));
    expect(await one.woken(one.classes)).toEqual(['a']);
    one.putRegistry({ ...registry('x'), status: { identity: 'me' } });
    one.putRegistry(registry('y'));
    expect(await one.woken(one.classes)).toEqual([]);
    one.removeRegistry('x');
    expect(await one.woken(one.classes)).toEqual(['a']);
  });

  test('a second after each list of its account and region', async () => {
    const one = await settled(of('a', { undeclared: UNDECLARED }), of('b'));
    one.see([]);
    expect(await one.woken(one.classes)).toEqual([]);
    one.clock.advance(1_000);
    expect(await one.woken(one.classes)).toEqual(['a']);
    one.see([], '123456789012/eu-west-1');
    one.clock.advance(1_000);
    expect(await one.woken(one.classes)).toEqual([]);
  });

  test('later than a class that somebody changed', async () => {
    const one = await settled(of('a'), of('b'));
    one.putRepository(repository({ className: 'a' }));
    one.clock.advance(1_000);
    one.putClass(of('b', {}, 2));
    expect(await one.woken(one.classes)).toEqual(['b', 'a']);
  });
});

describe('what nobody declared is looked at', () => {
  const [wide, other] = [of('wide', { undeclared: UNDECLARED }), of('plain', { scanOnPush: true })];
  const near = of('near', { undeclared: { ...UNDECLARED, prefixes: ['cache/hub'] } });

  test('after each list of its Registry, and what was there before, too', async () => {
    const one = await settled(wide, other);
    one.see(['cache/a', 'cache/b', 'team/web']);
    expect(await one.woken(one.names)).toEqual(['wide/cache/a', 'wide/cache/b']);
    one.undeclared.store.setResult('wide', 'cache/b', 'synced');
    one.see(['cache/a', 'cache/c']);
    expect((await one.woken(one.names)).sort()).toEqual(['wide/cache/a', 'wide/cache/b', 'wide/cache/c']);
  });

  test('and not after a list of another', async () => {
    const one = await settled(wide);
    one.undeclared.store.setResult('wide', 'cache/b', 'synced');
    one.see(['cache/a'], 'elsewhere');
    expect(await one.woken(one.names)).toEqual([]);
  });

  test('after each change of a class that people make: what it has, had, and leaves to others', async () => {
    const one = await settled(wide, near);
    one.see(['cache/a', 'cache/hub/b', 'team/web']);
    expect((await one.woken(one.names)).sort()).toEqual(['near/cache/hub/b', 'wide/cache/a']);
    one.undeclared.store.setResult('wide', 'cache/a', 'synced');
    one.putClass({ ...wide, status: { repositories: 7 } });
    expect(await one.woken(one.names)).toEqual([]);
    one.putClass(of('wide', { undeclared: { ...UNDECLARED, prefixes: ['team'] } }, 2));
    expect((await one.woken(one.names)).sort()).toEqual([
      'near/cache/hub/b',
      'wide/cache/a',
      'wide/team/web',
    ]);
  });

  test('when a class comes, or turns to the Registry, after that was listed', async () => {
    const one = await settled();
    one.see(['cache/a', 'team/web']);
    one.putClass(of('near', { undeclared: { ...UNDECLARED, registryRef: { name: 'x' } } }));
    expect(await one.woken(one.names)).toEqual([]);
    one.putClass(of('near', { undeclared: UNDECLARED }, 2));
    expect(await one.woken(one.names)).toEqual(['near/cache/a']);
    one.putClass(of('a', { undeclared: UNDECLARED }));
    expect(await one.woken(one.names)).toEqual(['a/cache/a']);
  });

  test('when a class comes that takes it from another: what that one says of it is out of date', async () => {
    const one = await settled(wide);
    one.see(['cache/hub/b']);
    one.undeclared.store.setResult('wide', 'cache/hub/b', 'synced');
    await one.woken(one.names);
    one.putClass(near);
    expect((await one.woken(one.names)).sort()).toEqual(['near/cache/hub/b', 'wide/cache/hub/b']);
  });

  test.each([
    ['goes', undefined],
    ['is for declared ones alone', of('near', {}, 2)],
    [
      'turns to another Registry',
      of('near', { undeclared: { ...UNDECLARED, registryRef: { name: 'x' } } }, 2),
    ],
  ])('when a class %s: another may have it now', async (_what, changed) => {
    const one = await settled(wide, near);
    one.see(['cache/hub/b']);
    one.undeclared.store.setResult('near', 'cache/hub/b', 'synced');
    expect(await one.woken(one.names)).toEqual(['near/cache/hub/b']);
    if (changed) one.putClass(changed);
    else one.removeClass('near');
    expect((await one.woken(one.names)).sort()).toEqual(['near/cache/hub/b', 'wide/cache/hub/b']);
  });

  test('when a Repository comes that declares it, and when it goes, but not when it changes', async () => {
    const one = await settled(wide, near);
    one.see(['cache/a', 'cache/b', 'cache/x/a', 'cache/hub/b']);
    await one.woken(one.names);
    const object = (scanOnPush: boolean) => repository({ name: 'cache/a', scanOnPush });
    one.putRepository(object(false));
    expect(await one.woken(one.names)).toEqual(['wide/cache/a']);
    one.putRepository(object(true));
    expect(await one.woken(one.names)).toEqual([]);
    one.removeRepository('team/web');
    expect(await one.woken(one.names)).toEqual(['wide/cache/a']);
    one.putRepository(repository({ name: 'cache/a' }, {}, REFUSED));
    one.putRepository(repository({ name: 'cache/a', suspend: true }, {}, REFUSED));
    expect(await one.woken(one.names)).toEqual([]);
    one.putRepository(repository({ name: 'cache/a' }, { generation: 2 }, REFUSED));
    expect(await one.woken(one.names)).toEqual(['wide/cache/a']);
    one.putRepository(repository({ name: 'cache/a', mode: 'Observe' }, { generation: 2 }, REFUSED));
    expect(await one.woken(one.names)).toEqual(['wide/cache/a']);
    one.putRepository(repository({}, { name: 'cache' }));
    one.putRepository(repository({ name: 'cache/b', registryRef: { name: 'x' } }, { name: 'far' }));
    expect(await one.woken(one.names)).toEqual([]);
    one.putRepository(repository({ name: 'cache/hub/b' }, { name: 'b' }));
    expect(await one.woken(one.names)).toEqual(['near/cache/hub/b']);
  });
});

describe('what nobody declared is looked at with the Registries', () => {
  const wide = of('wide', { undeclared: UNDECLARED });
  const twin = of('twin', { undeclared: { registryRef: { name: 'twin' }, prefixes: ['cache/hub'] } });

  test('of one account and region as if they were one', async () => {
    const one = await settled(wide, twin);
    one.see(['cache/a', 'cache/hub/b']);
    expect(await one.woken(one.names)).toEqual(['wide/cache/a', 'wide/cache/hub/b']);
    one.undeclared.store.setResult('wide', 'cache/hub/b', 'synced');
    one.putRegistry(registry('twin'));
    expect((await one.woken(one.names)).sort()).toEqual([
      'twin/cache/hub/b',
      'wide/cache/a',
      'wide/cache/hub/b',
    ]);
    one.undeclared.store.setResult('wide', 'cache/hub/b', undefined);
    one.putRepository(repository({ name: 'cache/hub/b' }));
    expect(await one.woken(one.names)).toEqual(['twin/cache/hub/b']);
    one.undeclared.store.setResult('twin', 'cache/hub/b', 'synced');
    one.removeRegistry('twin');
    expect((await one.woken(one.names)).sort()).toEqual([
      'twin/cache/hub/b',
      'wide/cache/a',
      'wide/cache/hub/b',
    ]);
  });

  test('after changes of them by people alone', async () => {
    const one = await settled(wide);
    one.see(['cache/a']);
    await one.woken(one.names);
    one.putRegistry({ ...registry(), status: { identity: 'me' } });
    expect(await one.woken(one.names)).toEqual([]);
    one.putRegistry(registry('default', { suspend: true }, { generation: 2 }));
    expect(await one.woken(one.names)).toEqual(['wide/cache/a']);
  });

  test('whose last one takes the list with it', async () => {
    const one = await settled(wide);
    one.putRegistry(registry('twin'));
    one.see(['cache/a']);
    one.undeclared.store.setResult('wide', 'cache/a', 'synced');
    await one.woken(one.names);
    one.removeRegistry('default');
    expect(one.undeclared.store.isSeen(PLACE)).toBe(true);
    expect(await one.woken(one.names)).toEqual(['wide/cache/a']);
    one.removeRegistry('twin');
    expect(one.undeclared.store.isSeen(PLACE)).toBe(false);
  });
});

describe('both together', () => {
  test('bring what is in one account and region while another lets them wait', async () => {
    const one = trial();
    one.putRegistry(registry('west', { region: 'us-west-2' }));
    one.addRepository('cache/a');
    one.putClass(of('slow', { undeclared: { registryRef: { name: 'west' }, prefixes: ['cache'] } }));
    one.putClass(of('wide', { scanOnPush: true, undeclared: UNDECLARED }));
    one.stall('us-west-2');
    one.start();
    one.see(['cache/a', 'cache/b', 'cache/c'], '123456789012/us-west-2');
    await one.list();
    await one.clock.elapse(1_000);
    expect(one.held('cache/a').scanOnPush).toBe(true);
  });

  test('bring what was listed, and say so in the status of the class a second later', async () => {
    const one = trial();
    one.addRepository('cache/a');
    one.addRepository('cache/b').tags.set('ecr-operator.io/class', 'elsewhere/mirror');
    one.putClass(of('wide', { scanOnPush: true, undeclared: UNDECLARED }));
    one.start();
    await one.clock.elapse(1_000);
    expect(one.statuses.at(-1)?.undeclared).toBeUndefined();
    await one.list();
    await one.clock.elapse(999);
    expect([one.held('cache/a').scanOnPush, one.held('cache/b').scanOnPush]).toEqual([true, false]);
    expect(one.statuses.at(-1)?.undeclared).toBeUndefined();
    await one.clock.elapse(1);
    const status = one.statuses.at(-1);
    expect(status).toMatchObject({
      undeclared: { matched: 2, synced: 1, failures: [{ repository: 'cache/b', reason: 'OwnedByAnother' }] },
    });
    const reasons = status?.conditions?.map(({ reason }) => reason) ?? [];
    expect(reasons.filter((reason) => reason === 'OwnedByAnother')).not.toHaveLength(0);
  });
});
