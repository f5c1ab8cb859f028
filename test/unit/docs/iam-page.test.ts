import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sessionPolicy } from '../../../src/ecr/pull-scope.ts';
import { listOf, parsePolicy } from '../../lab/aws/policy-document.ts';
import {
  allowedBy,
  allowedByAll,
  STRICTER,
  shippedPolicies,
  shippedPolicy,
  shippedValues,
} from '../../lab/shipped-policies.ts';
import { actionsBehind } from './iam-page.ts';
import { ROOT, readPage, rowsOf } from './markdown.ts';

const page = await readPage('docs/spec/iam.md');
const policies = shippedPolicies({ PREFIX: 'team-a/' });
const behind = await actionsBehind();

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();
const actionsOf = ({ statements }: { readonly statements: readonly { readonly Action: unknown }[] }) =>
  sorted(statements.flatMap(({ Action }) => listOf(Action).map(String)));

/** `CreateRepositoryCommand` of client-ecr is `ecr:CreateRepository`. */
const SERVICES: Readonly<Record<string, string>> = {
  'client-ecr': 'ecr',
  'client-ecr-public': 'ecr-public',
  'client-sts': 'sts',
};

/** Every action that the code can call, read from what it imports of the SDK. */
async function calledActions(): Promise<string[]> {
  const files = (await readdir(join(ROOT, 'src/ecr'))).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, 'src/ecr', file), 'utf8')));
  const imports = texts.flatMap((text) => [
    ...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/(client-[\w-]+)'/g),
  ]);
  return sorted(
    imports.flatMap(([, names = '', client = '']) =>
      [...names.matchAll(/\b(\w+)Command\b/g)].map(([, name]) => `${SERVICES[client]}:${name}`),
    ),
  );
}

/** What a pull token may do; see src/ecr/pull-scope.ts. */
const PULLS = (['Registry', 'Public'] as const).flatMap((kind) =>
  parsePolicy(sessionPolicy({ accountId: '123456789012', region: 'us-east-1' }, { kind }))
    .filter(({ effect, resources }) => effect === 'Deny' && resources.includes('*'))
    .flatMap(({ notActions }) => notActions),
);

test('the policies have the actions that the code calls, those of pulls and those behind them, and no others', async () => {
  const free = ['sts:GetCallerIdentity'];
  const called = (await calledActions()).filter((action) => !free.includes(action));
  const shippedBehind = behind.filter(({ files }) => files.length > 0).map(({ action }) => action);
  expect(sorted(policies.flatMap(actionsOf))).toEqual(sorted([...called, ...PULLS, ...shippedBehind]));
});

test('no action stands in two files for the same resource, what is behind another excepted', () => {
  for (const means of ['call', 'token'] as const) {
    const allowed = allowedByAll(means, { PREFIX: 'team-a/' }).filter(
      (words) =>
        !behind.some(({ action }) => words.startsWith(action)) && !words.startsWith('sts:AssumeRole '),
    );
    expect(allowed.filter((words, index) => allowed.indexOf(words) !== index)).toEqual([]);
  }
});

test.each(Object.entries(STRICTER))('%s has the actions and resources of %s', (stricter, plain) => {
  const values = { PREFIX: 'team-a/' };
  const of = (name: string) => sorted(allowedBy(shippedPolicy(name, values)));
  expect(of(stricter)).toEqual(of(plain));
});

describe.each(policies)('$name', ({ name, statements, text, isTrust }) => {
  test('allows only, and has no wildcard in an action', () => {
    expect(statements.filter(({ Effect }) => Effect !== 'Allow')).toEqual([]);
    expect(actionsOf({ statements }).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('is filled in whole by values.sed', () => {
    expect(text.match(/[A-Z]{2,}_[A-Z_]+|PARTITION|REGION|PREFIX|NAMESPACE|CLUSTER/g)).toBeNull();
  });

  test('fits: a role takes 10,240 characters of inline policies, a trust policy 2,048', () => {
    expect(JSON.stringify(JSON.parse(text)).length).toBeLessThan(2_048);
  });

  test('stands in the table of files', () => {
    const rows = rowsOf(page).filter((row) => row.length === 3);
    const named = rows.filter(([file]) => file === `\`${name}.json\``);
    expect(named).toHaveLength(1);
    expect(named[0]?.[2]?.startsWith('trust policy')).toBe(isTrust);
  });
});

test('the table of files names no file that is not there', () => {
  const rows = rowsOf(page).filter((row) => row.length === 3);
  expect(rows.map(([file]) => file).sort()).toEqual(policies.map(({ name }) => `\`${name}.json\``));
});

test('every placeholder has a value, and each value is used', async () => {
  const raw = await Promise.all(
    policies.map(({ name }) => readFile(join(ROOT, 'deploy/iam', `${name}.json`), 'utf8')),
  );
  const unused = Object.keys(shippedValues()).filter((name) => !raw.some((text) => text.includes(name)));
  expect(unused).toEqual([]);
});

test('no placeholder is part of another one', () => {
  const names = Object.keys(shippedValues());
  expect(names.filter((name) => names.some((other) => other !== name && other.includes(name)))).toEqual([]);
});

describe('the table of actions behind ours', () => {
  test.each(behind)(
    '$action stands in the files that it names, or says why in none',
    ({ action, files, words }) => {
      const having = policies.filter((policy) => actionsOf(policy).includes(action)).map(({ name }) => name);
      expect(sorted(files)).toEqual(sorted(having));
      expect(files.length > 0 || /^none: .{20,}/.test(words)).toBe(true);
    },
  );

  test.each(behind)('$action has a source at AWS, and what it is behind', ({ source, behind: what }) => {
    expect(source).toMatch(/Reference|User Guide/);
    expect(what).not.toBe('');
  });

  test('names each action once, and none that the code calls', async () => {
    const actions = behind.map(({ action }) => action);
    expect(actions).toEqual([...new Set(actions)]);
    const called = await calledActions();
    expect(actions.filter((action) => called.includes(action))).toEqual([]);
  });
});
