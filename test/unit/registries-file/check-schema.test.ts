import { describe, expect, test } from '@jest/globals';
import { REGISTRY_SCHEMA } from '../../../src/api/registry-schema.generated.ts';
import { compileRule } from '../../../src/registries-file/cel.ts';
import { checkSchema, type Schema } from '../../../src/registries-file/check-schema.ts';
import { completeManifests, manifestsOf, withValueAt } from '../../integration/api/manifests.ts';
import { writtenNodes } from '../../integration/api/wrong-manifests/bounds.ts';
import { registry } from '../../integration/api/wrong-manifests/registry.ts';
import type { Manifest } from '../../integration/api/wrong-manifests/wrong-manifest.ts';

/** As the reader of the file hands it over. */
function checked({ metadata: { name }, spec }: Manifest, before?: Manifest) {
  return checkSchema(REGISTRY_SCHEMA, { metadata: { name }, ...(spec ? { spec } : {}) }, '', before);
}

/** `.spec.tenancy.rules[0].allow: words` begins at `spec.tenancy.rules[]`, or the other way round for what is required. */
function isAt(problem: string, at: string): boolean {
  const path = problem.slice(1, problem.indexOf(': ')).replaceAll(/\[\d+\]/g, '[]');
  return path === at || `.${path}`.startsWith(`.${at.replaceAll('{}', '')}`);
}

/** What of the API server's words a bound has here. */
const WORDS: Readonly<Record<string, RegExp>> = {
  minLength: /characters or more$/,
  maxLength: /characters at most$/,
  enum: /: write one of /,
  minItems: /: list \d+ or more$/,
  maxItems: /: list \d+ at most$/,
  maxProperties: /: write \d+ at most$/,
  unique: /stands here twice$/,
};

describe('the cases that the API server is held to', () => {
  test.each(registry.wrong.map((one) => [`${one.at} ${one.breaks}: ${one.says}`, one] as const))(
    'are refused here, too: %s',
    (_, one) => {
      const { before, then } = manifestsOf(registry.manifest, one);
      if (before) expect(checked(before).problems).toEqual([]);
      const { problems } = checked(then, before);
      const words = one.breaks.startsWith('required:')
        ? new RegExp(`\\.${one.breaks.slice('required:'.length)}: this field is required$`)
        : (WORDS[one.breaks] ?? { test: (problem: string) => problem.includes(one.says) });
      expect([one.at, problems.filter((problem) => isAt(problem, one.at))]).toEqual([
        one.at,
        expect.arrayContaining([expect.anything()]),
      ]);
      expect(problems.filter((problem) => words.test(problem))).not.toEqual([]);
    },
  );

  test.each(completeManifests(registry).map((one, index) => [index, one] as const))(
    'are taken where they are right: manifest %i',
    (_, manifest) => {
      const { value, problems } = checked(manifest);
      expect(problems).toEqual([]);
      expect(value).toEqual({ metadata: { name: manifest.metadata.name }, spec: manifest.spec });
    },
  );
});

describe('a value of another type', () => {
  const complete = completeManifests(registry);
  const other = { object: 'text', array: 'text', string: 7, integer: 'text', boolean: 'yes' } as const;
  const nodes = writtenNodes(REGISTRY_SCHEMA as never).filter(({ at }) => at.startsWith('spec'));

  test.each(nodes.map((node) => [node.at, node] as const))('is refused: %s', (_, { at, schema }) => {
    const { problems } = checked(withValueAt(complete, at, other[schema.type]));
    expect(
      problems.filter((problem) => isAt(problem, at) && / not what belongs here, but an? /.test(problem)),
    ).not.toEqual([]);
  });

  test('is an account number without quotes, which is told', () => {
    const spec = { accountId: 123456789012, region: 'eu-central-1' };
    expect(checked({ ...registry.manifest, spec }).problems).toEqual([
      '.spec.accountId: a number is not what belongs here, but a string: write it in quotes',
    ]);
  });
});

describe('checkSchema', () => {
  const small = (spec: object): Manifest => ({ ...registry.manifest, spec: { ...spec } });

  test('fills in defaults, and takes null for a field with one as absent', () => {
    const spec = { accountId: '123456789012', region: 'eu-central-1' };
    const whole = { metadata: { name: 'complete' }, spec: { ...spec, access: 'Manage' } };
    expect(checked(small(spec)).value).toEqual(whole);
    expect(checked(small({ ...spec, access: null })).value).toEqual(whole);
  });

  test('knows a field that there is not, wherever it is', () => {
    const spec = { accountId: '123456789012', region: 'eu-central-1', regoin: 'x', endpoint: { fibs: true } };
    expect(checked(small(spec)).problems).toEqual([
      '.spec.regoin: there is no such field',
      '.spec.endpoint.fibs: there is no such field',
    ]);
  });

  test('tells everything at once, but no rule of a value in which something else is wrong', () => {
    const { problems } = checked(small({ accountId: '1', region: 'Frankfurt', pullRoleArn: 7 }));
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(':')))).toEqual([
      '.spec.accountId',
      '.spec.region',
      '.spec.pullRoleArn',
    ]);
  });

  test('counts code points, not what they take in memory', () => {
    const schema: Schema = { type: 'string', maxLength: 1 };
    expect(checkSchema(schema, '\u{1f600}', 'it').problems).toEqual([]);
  });

  test('loses no member of a map, whatever it is called', () => {
    const matchLabels = JSON.parse('{"__proto__": "a"}') as object;
    const tenancy = { rules: [{ allow: ['Pull'], namespaceSelector: { matchLabels } }] };
    const spec = { accountId: '123456789012', region: 'eu-central-1', tenancy };
    expect(checked(small(spec)).problems).toEqual([expect.stringContaining('no label has this key')]);
  });

  test('takes what every object has for no field of a map', () => {
    const spec = { accountId: '123456789012', region: 'eu-central-1', constructor: 'x' };
    expect(checked(small(spec)).problems).toEqual(['.spec.constructor: there is no such field']);
  });
});

describe('compileRule', () => {
  test.each([
    ['self == oldSelf', { self: 1, oldSelf: 1 }, true],
    ["self != 'a' && self != 'b'", { self: 'b' }, false],
    ["self == 'a' || self == 'b'", { self: 'b' }, true],
    ["self == 'a' && self == 'b' || self == 'c'", { self: 'c' }, true],
    ["!(self in ['a', 'b'])", { self: 'b' }, false],
    ['self.all(key, size(key) <= 2)', { self: { aa: 1, bbb: 1 } }, false],
    ['self.all(one, self.all(other, one <= other || one >= other))', { self: [1, 2] }, true],
    ['has(self.a.b)', { self: { a: {} } }, false],
    ['has(self.a) && has(self.a.b)', { self: {} }, false],
    ['has(self.a) && self.a', { self: { a: true } }, true],
    ["self.matches('^\\\\s*\\\\{')", { self: ' {' }, true],
    ["self.contains('it\\'s')", { self: "it's" }, true],
    ["'a' in self", { self: { a: 1 } }, true],
    ["'toString' in self", { self: { a: 1 } }, false],
    ["self.matches('^\\\\s$') || self.matches('^[\\\\s]$')", { self: '\u00a0' }, false],
    ["self.matches('^[^\\\\s]\\\\s$')", { self: '\u00a0\t' }, true],
  ])('%s of %j is %j', (rule, variables, holds) => {
    expect(compileRule(rule)(variables)).toBe(holds);
  });

  test.each([
    'self.exists(a, a)',
    'self + 1',
    'self ==',
    '(self',
    'has(self.a',
    'self ~ 1',
    'size(self, 1) > 1',
    "self == '\\t'",
    'self.endsWith(oldSelf)',
    'self ? true : false',
    '',
  ])('takes nothing that it does not know: %s', (rule) => {
    expect(() => compileRule(rule)).toThrow('not known here');
  });

  test('throws where a rule reads what is not there, also on the way to what it asks for', () => {
    expect(() => compileRule('self.a == 1')({ self: {} })).toThrow('a is not there');
    expect(() => compileRule('has(self.a.b)')({ self: {} })).toThrow('a is not there');
    expect(() => compileRule('!has(self.a.b)')({ self: {} })).toThrow('a is not there');
  });

  test.each([
    'self < 1',
    'size(self) > 0',
    "self.matches('1')",
    "self.contains('1')",
    "'a' in self",
    'self.all(a, true)',
    'self.a == 1',
  ])('throws where a value is of no type that it can be asked of: %s', (rule) => {
    expect(() => compileRule(rule)({ self: true })).toThrow(/^a boolean (is no|has no) /);
  });
});
