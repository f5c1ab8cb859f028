import { describe, expect, test } from '@jest/globals';
import { classNameOf, classOf, hasLifecycle } from '../../../../src/controllers/repository-class/class-of.ts';
import { TerminalError } from '../../../../src/runtime/errors.ts';
import { namespace, repository, repositoryClass, type Things, thrownBy, worldOf } from '../objects.ts';

const LABEL = 'ecr-operator.io/repository-class';
const labeled = (value: string) => [namespace('team', { labels: { [LABEL]: value } })];

describe('the class of a Repository', () => {
  test.each<[string, string | undefined, string | undefined, Things]>([
    ['none where nobody names one', undefined, undefined, { namespaces: [namespace()] }],
    ['the one that it names', 'own', 'own', { namespaces: [namespace()] }],
    ['the one of its namespace', undefined, 'shared', { namespaces: labeled('shared') }],
    ['its own, whatever its namespace says', 'own', 'own', { namespaces: labeled('shared') }],
    ['none where the label is empty', undefined, undefined, { namespaces: labeled('') }],
    ['none while its namespace is not seen yet', undefined, undefined, {}],
    [
      'not the one of another namespace',
      undefined,
      undefined,
      { namespaces: [namespace(), namespace('other', { labels: { [LABEL]: 'shared' } })] },
    ],
  ])('is %s', (_what, className, name, things) => {
    const object = repository(className === undefined ? {} : { className });
    expect(classNameOf(object, worldOf(things))).toBe(name);
  });

  test('comes with all that it says', () => {
    const [own, shared] = [repositoryClass('own'), repositoryClass('shared', { scanOnPush: true })];
    const namespaces = [...labeled('shared'), namespace('other')];
    const world = worldOf({ namespaces, repositoryClasses: [own, shared] });
    expect(classOf(repository({ className: 'own' }), world)).toBe(own);
    expect(classOf(repository(), world)).toBe(shared);
    expect(classOf(repository({}, { namespace: 'other' }), world)).toBeUndefined();
  });

  test.each<[string, Parameters<typeof repository>[0], Things]>([
    ['spec.className', { className: 'gone' }, { namespaces: labeled('gone') }],
    [`the label ${LABEL} of the namespace`, {}, { namespaces: labeled('gone') }],
  ])('that is not there is waited for, and %s is said to name it', (by, spec, things) => {
    expect(thrownBy(() => classOf(repository(spec), worldOf(things)))).toEqual([
      'RetryableError',
      'ClassNotFound',
      `there is no RepositoryClass gone, which ${by} names: make it, or name one of kubectl get ecrclass`,
    ]);
  });

  test('is not known before its namespace is, unless it names one itself', () => {
    const world = worldOf({ repositoryClasses: [repositoryClass('own')] });
    expect(thrownBy(() => classOf(repository(), world))).toEqual([
      'RetryableError',
      'NamespaceNotSeen',
      'the labels of namespace team, which may name a class, are not known yet',
    ]);
    expect(classOf(repository({ className: 'own' }), world)?.metadata.name).toBe('own');
  });

  test('that is suspended keeps every write back until somebody changes it', () => {
    const world = worldOf({ repositoryClasses: [repositoryClass('own', { suspend: true })] });
    const classless = () => classOf(repository({ className: 'own' }), world);
    expect(classless).toThrow(TerminalError);
    expect(thrownBy(classless)).toEqual([
      'TerminalError',
      'ClassSuspended',
      'RepositoryClass own is suspended: nothing is written for its Repositories',
    ]);
  });
});

describe('whether a lifecycle policy is declared', () => {
  const lifecycle = { document: '{}' };
  const repositoryClasses = [
    repositoryClass('keeps', { lifecycle }),
    repositoryClass('open'),
    repositoryClass('resting', { lifecycle, suspend: true }),
  ];

  test.each<[boolean, string, Parameters<typeof repository>[0], Things]>([
    [true, 'says so', { lifecycle }, {}],
    [true, 'says that there shall be none', { lifecycle: { rules: [] } }, {}],
    [true, 'has a class that says so', { className: 'keeps' }, {}],
    [true, 'is in a namespace of such a class', {}, { namespaces: labeled('keeps') }],
    [true, 'says so beside a class that does not', { className: 'open', lifecycle }, {}],
    [true, 'has such a class that is suspended', { className: 'resting' }, {}],
    [false, 'says nothing', {}, {}],
    [false, 'has a class that says nothing', { className: 'open' }, { namespaces: labeled('keeps') }],
    [false, 'has a class that is not there', { className: 'gone' }, {}],
  ])('is %s for a Repository that %s', (declared, _what, spec, things) => {
    expect(hasLifecycle(repository(spec), worldOf({ repositoryClasses, ...things }))).toBe(declared);
  });
});
