import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Means, resourceForm } from './aws/operator-record.ts';
import { listOf } from './aws/policy-document.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/iam');

/** A statement as it stands in a file. */
export interface ShippedStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  /** Absent in trust policies: they speak of their own role. */
  readonly Resource?: string | readonly string[];
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A file of `deploy/iam`, filled in. */
export interface ShippedPolicy {
  /** Without `.json`. */
  readonly name: string;
  readonly text: string;
  readonly statements: readonly ShippedStatement[];
  readonly isTrust: boolean;
}

/** What stands on the left of `deploy/iam/values.sed`, and on the right. */
export type Values = Readonly<Record<string, string>>;

/** The values that are shipped, in the order of the file. */
export function shippedValues(): Values {
  const lines = readFileSync(join(FOLDER, 'values.sed'), 'utf8').split('\n');
  const rules = lines.flatMap((line) => {
    const [, name, value] = /^s\/([A-Z_]+)\/(.*)\/g$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value.replaceAll('\\/', '/')] as const];
  });
  return Object.fromEntries(rules);
}

/** Every policy of `deploy/iam`, as `sed -f values.sed` makes them, with some values put in place of the shipped ones. */
export function shippedPolicies(values: Values = {}): readonly ShippedPolicy[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => shippedPolicy(file.slice(0, -'.json'.length), values));
}

/** One of them; throws where there is no such file. */
export function shippedPolicy(name: string, values: Values = {}): ShippedPolicy {
  let text = readFileSync(join(FOLDER, `${name}.json`), 'utf8');
  for (const [placeholder, value] of Object.entries({ ...shippedValues(), ...values })) {
    text = text.replaceAll(placeholder, value);
  }
  const { Statement } = JSON.parse(text) as { readonly Statement: readonly ShippedStatement[] };
  return { name, text, statements: Statement, isTrust: name.startsWith('trust-') };
}

/** What a policy allows, as `ecr:CreateRepository repository/NAME`; a trust policy speaks of `role/NAME`. */
export function allowedBy({ statements }: ShippedPolicy): readonly string[] {
  return statements.flatMap(({ Action, Resource }) =>
    listOf(Action).flatMap((action) => resourcesOf(Resource).map((form) => `${action} ${form}`)),
  );
}

/** Files with the same actions as another one, under another condition. */
export const STRICTER: Readonly<Record<string, string>> = { 'repositories-owned': 'repositories' };

/** The `Sid` of what AWS demands behind the other actions of its file, and other files have for themselves. */
const DEPENDENT = 'WhatTemplatesDo';

/** The `Sid`s of what pulls ask for, and the operator itself does not. */
const PULLS: readonly string[] = ['Pulls', 'FirstPulls'];

/**
 * What all the policies allow, to the operator or to pulls with its tokens, as {@link allowedBy}. Each action is taken from
 * the file that it is in for its own sake: what only repeats it elsewhere would hide that it is missing there.
 */
export function allowedByAll(means: Means, values: Values): readonly string[] {
  const isMeant = ({ Sid }: ShippedStatement): boolean =>
    Sid !== DEPENDENT && PULLS.includes(Sid) === (means === 'token');
  return shippedPolicies(values)
    .filter(({ name }) => !(name in STRICTER))
    .map((policy) => ({ ...policy, statements: policy.statements.filter(isMeant) }))
    .flatMap(allowedBy);
}

/** A pattern that names begin with stands for single ones; only `repository/*` is a list of all. */
function resourcesOf(resource: ShippedStatement['Resource']): readonly string[] {
  return resource === undefined ? ['role/NAME'] : listOf(resource).map((arn) => resourceForm(String(arn)));
}
