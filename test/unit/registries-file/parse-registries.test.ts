import { describe, expect, test } from '@jest/globals';
import type { Registry } from '../../../src/api/registry.generated.ts';
import { parseRegistries } from '../../../src/registries-file/parse-registries.ts';

const one = (name: string, more = '', region = 'eu-central-1') => `
apiVersion: ecr-operator.io/v1alpha1
kind: Registry
metadata:
  name: ${name}
spec:
  accountId: "123456789012"
  region: ${region}
${more}`;

function read(text: string, before: readonly Registry[] = []): readonly Registry[] {
  const parsed = parseRegistries(text, before);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.registries;
}

function problems(text: string, before: readonly Registry[] = []): readonly string[] {
  const parsed = parseRegistries(text, before);
  return 'problems' in parsed ? parsed.problems : [];
}

describe('what is read', () => {
  test('are documents after one another, empty ones passed over, with defaults', () => {
    const found = read(`${one('a')}\n---\n# nothing\n---\n${one('b', '  access: PullOnly')}`);
    expect(found.map(({ metadata, spec }) => [metadata.name, metadata.generation, spec.access])).toEqual([
      ['a', 1, 'Manage'],
      ['b', 1, 'PullOnly'],
    ]);
  });

  test('is a List, in JSON, with what a server put into its objects', () => {
    const metadata = {
      name: 'a',
      uid: 'u',
      resourceVersion: '7',
      generation: 3,
      managedFields: [],
      finalizers: ['x'],
    };
    const spec = { accountId: '123456789012', region: 'eu-central-1' };
    const item = {
      apiVersion: 'ecr-operator.io/v1alpha1',
      kind: 'Registry',
      metadata,
      spec,
      status: { identity: 'x' },
    };
    const list = { apiVersion: 'v1', kind: 'List', metadata: {}, items: [item] };
    expect(read(JSON.stringify(list))).toMatchObject([{ metadata: { name: 'a', generation: 1 } }]);
    expect(read(JSON.stringify(list))[0]).not.toHaveProperty('status');
  });

  test('is the same object as before where nothing changed, else one generation further', () => {
    const before = read(`${one('a')}\n---\n${one('b')}`);
    const after = read(`${one('a', '  access: PullOnly')}\n---\n${one('b')}`, before);
    expect(after[1]).toBe(before[1]);
    expect(after[0]?.metadata).toEqual({ ...before[0]?.metadata, generation: 2, resourceVersion: '2' });
  });

  test('may be a Registry of another account, under another name', () => {
    expect(read(one('b', '', 'eu-west-1'), read(one('a'))).map(({ metadata }) => metadata.name)).toEqual([
      'b',
    ]);
  });
});

describe('what is wrong', () => {
  test('is told of all manifests at once', () => {
    const text = [
      one('a', '', 'Frankfurt'),
      one('b', '  regoin: x'),
      one('Big'),
      'kind: Secret',
      '- 1',
      one('c'),
    ];
    expect(problems(text.join('\n---\n'))).toEqual([
      expect.stringMatching(/^Registry a: spec\.region: write the name of a region/),
      'Registry b: spec.regoin: there is no such field',
      expect.stringMatching(/^manifest 3: metadata\.name: /),
      'manifest 4: write kind Registry of apiVersion ecr-operator.io/v1alpha1',
      'manifest 5: this is no manifest of a Registry',
    ]);
  });

  test.each([
    [
      'the name of ECR Public',
      one('public.ecr.aws'),
      'Registry public.ecr.aws: the name public.ecr.aws stands for',
    ],
    ['a name twice', `${one('a')}\n---\n${one('a')}`, 'Registry a: it stands here twice'],
    ['nothing at all', '', 'there is no Registry in it'],
    ['a comment alone', '# later', 'there is no Registry in it'],
    ['no spec', one('a').replace(/spec:[\s\S]*/, ''), 'Registry a: spec: this field is required'],
    ['broken YAML', `${one('a')}\n  x: [`, 'Flow sequence'],
    ['a key twice', one('a', '  region: eu-west-1'), 'Map keys must be unique'],
    [
      'registry-wide settings, which nobody would keep',
      one('a', '  accountSettings:\n    blobMounting: ENABLED'),
      'Registry a: spec: leave accountSettings out: an operator with --controllers=pull-secrets writes nothing',
    ],
  ])('%s', (_, text, words) => {
    expect(problems(text)).toEqual([expect.stringContaining(words)]);
  });

  test('are registry-wide settings, beside what else is wrong, and are not looked into', () => {
    const settings = `  scanning:\n    rules: [{ filters: [${'a'.repeat(60)}!] }]\n  policy: 7`;
    expect(problems(one('a', settings, 'Frankfurt'))).toEqual([
      expect.stringContaining('Registry a: spec.region: write the name of a region'),
      expect.stringContaining('Registry a: spec: leave policy, scanning out'),
    ]);
  });

  test('is another region or account than before, as the API server has it', () => {
    const before = read(one('a'));
    expect(problems(one('a', '', 'eu-west-1'), before)).toEqual([
      'Registry a: spec.region: region cannot be changed; make a new Registry for the other region',
    ]);
  });
});
