import { cutText } from '../runtime/cut-text.ts';
import { canonical, isObject, type Json, listOf } from './json-document.ts';

/** How a list of a policy document's parts differs, in words for people. */
interface Parts {
  /** `statement` or `rule`. */
  readonly noun: string;
  readonly of: (document: { readonly [key: string]: Json }) => readonly Json[];
  readonly nameOf: (part: { readonly [key: string]: Json }) => Json | undefined;
}

const STATEMENTS: Parts = {
  noun: 'statement',
  of: ({ Statement }) => listOf(Statement),
  nameOf: ({ Sid }) => Sid,
};

const RULES: Parts = {
  noun: 'rule',
  of: ({ rules }) => listOf(rules),
  nameOf: ({ rulePriority }) => rulePriority,
};

/** Whether the words speak of what was done, or of what is left to do. */
export type Tense = 'done' | 'to do';

const VERBS = {
  done: { removed: 'removed', added: 'added' },
  'to do': { removed: 'to remove', added: 'to add' },
} as const;

/** What a new repository policy changes of another (pure): `statement A added; statement B from {…} to {…}`. */
export function policyChanges(
  from: string | undefined,
  to: string | undefined,
  tense: Tense = 'done',
): string {
  return changes(from, to, STATEMENTS, tense);
}

/** What a new lifecycle policy changes of another (pure): `rule 1 removed; rule 2 from {…} to {…}`. */
export function lifecycleChanges(
  from: string | undefined,
  to: string | undefined,
  tense: Tense = 'done',
): string {
  return changes(from, to, RULES, tense);
}

function changes(from: string | undefined, to: string | undefined, parts: Parts, tense: Tense): string {
  const { removed, added } = VERBS[tense];
  const before = partsOf(from, parts);
  const after = partsOf(to, parts);
  if (!before || !after) return 'from a document that cannot be read';
  const words: string[] = [];
  for (const [name, text] of before) {
    const now = after.get(name);
    if (now === undefined) words.push(`${parts.noun} ${name} ${removed}`);
    else if (now !== text) words.push(`${parts.noun} ${name} from ${short(text)} to ${short(now)}`);
  }
  const fresh = [...after.keys()].filter((name) => !before.has(name));
  for (const name of fresh.sort(byPlace)) words.push(`${parts.noun} ${name} ${added}`);
  return words.length > 0 ? words.join('; ') : 'its form alone';
}

/** Priorities as numbers. */
function byPlace(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : 1);
}

/** By name, as canonical text; those without a name by their place, a name that comes again with its count. */
function partsOf(text: string | undefined, { of, nameOf }: Parts): Map<string, string> | undefined {
  if (text === undefined) return new Map();
  const document = parsed(text);
  if (!document) return undefined;
  const found = new Map<string, string>();
  for (const [index, part] of of(document).entries()) {
    const name = isObject(part) ? nameOf(part) : undefined;
    found.set(unused(found, String(name ?? `number ${index + 1}`)), canonical(part));
  }
  return found;
}

function unused(found: ReadonlyMap<string, string>, name: string): string {
  let [result, count] = [name, 1];
  while (found.has(result)) {
    count += 1;
    result = `${name} (${count})`;
  }
  return result;
}

function parsed(text: string): { readonly [key: string]: Json } | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const LONGEST = 200;

function short(text: string): string {
  return text.length > LONGEST ? `${cutText(text, LONGEST)}…` : text;
}
