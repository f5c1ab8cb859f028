import { TerminalError } from '../runtime/errors.ts';
import { isOwnSid, type PolicyStatement } from './grants.ts';
import { isObject, type Json, listOf, parseDocument } from './json-document.ts';
import { statementMeaning } from './json-policy.ts';
import { elementTexts, memberTexts, withoutSpace } from './json-text.ts';

/** ECR: what SetRepositoryPolicy takes, in characters. */
const LONGEST_POLICY = 10_240;

/** How IAM names a role or a user that is no more. */
const VANISHED = /^A(?:ROA|IDA)[A-Z0-9]+$/;

/** What is to be done with a repository policy: put this document, take the policy away, or nothing. */
export type PolicyMerge = { readonly document: string } | 'delete' | 'same';

/**
 * The repository policy with our statements in it as they shall be, and those of others as they are, in their words
 * and order. Ours are those with a Sid of `own`, of `managedSids`, or of our form (see grants.ts). A live policy that
 * cannot be read is a TerminalError `PolicyUnreadable`, one that would grow too long `PolicyTooLong`.
 *
 * `Version` of a live document stays, absent too: another one would change what variables in statements of others
 * mean, and ours have no variables. A document that we begin has the newest.
 */
export function mergedPolicy(
  live: string | undefined,
  own: readonly PolicyStatement[],
  managedSids: readonly string[],
): PolicyMerge {
  const statements = live === undefined ? [] : liveStatements(live, own, managedSids);
  if (sameStatements(own, statements)) return 'same';
  const places = new Map(own.map((statement) => [statement.Sid, JSON.stringify(statement)]));
  const merged = statements.flatMap(({ text, ours, sid = '' }) => (ours ? taken(places, sid) : [text]));
  merged.push(...places.values());
  if (merged.length === 0) return 'delete';
  return { document: checkedLength(documentOf(live, merged), own) };
}

/**
 * The ids, such as `AROA...`, of deleted roles and users in statements of others, each with its statement. ECR takes no
 * policy with them in it, so that ours cannot be put before somebody takes them out.
 */
export function vanishedForeignPrincipals(
  live: string,
  own: readonly PolicyStatement[],
  managedSids: readonly string[],
): readonly string[] {
  return liveStatements(live, own, managedSids)
    .filter(({ ours }) => !ours)
    .flatMap(({ value, sid }) =>
      awsPrincipals(value)
        .filter((name) => VANISHED.test(name))
        .map((id) => `${id} (${sid ? `statement ${sid}` : 'a statement without Sid'})`),
    );
}

/** The Sids of our form in a policy, sorted; none in one that cannot be read. */
export function ownSids(policy: string): readonly string[] {
  try {
    const ours = liveStatements(policy, [], []).filter((statement) => statement.ours);
    return [...new Set(ours.flatMap(({ sid }) => sid ?? []))].sort();
  } catch {
    return [];
  }
}

interface LiveStatement {
  readonly text: string;
  readonly value: Json;
  readonly sid: string | undefined;
  readonly ours: boolean;
}

function liveStatements(
  live: string,
  own: readonly PolicyStatement[],
  managedSids: readonly string[],
): readonly LiveStatement[] {
  parsedLive(live);
  const text = memberTexts(live).find(([key]) => key === 'Statement')?.[1] ?? '[]';
  const sids = new Set([...managedSids, ...own.map(({ Sid }) => Sid)]);
  return (text.startsWith('[') ? elementTexts(text) : [text]).map((one) => {
    const value = JSON.parse(one) as Json;
    const named = isObject(value) ? value['Sid'] : undefined;
    const sid = typeof named === 'string' ? named : undefined;
    return { text: one, value, sid, ours: sid !== undefined && (sids.has(sid) || isOwnSid(sid)) };
  });
}

function parsedLive(live: string): { readonly [key: string]: Json } {
  try {
    return parseDocument(live, 'the repository policy in ECR');
  } catch (cause) {
    const words = `${(cause as Error).message}; put a readable policy there or delete it, since the statements of others in it cannot be kept`;
    throw new TerminalError('PolicyUnreadable', words, { cause });
  }
}

/** Several live ones of one Sid are not the same as one, even if they mean the same. */
function sameStatements(own: readonly PolicyStatement[], live: readonly LiveStatement[]): boolean {
  const wanted = own.map(statementMeaning).sort();
  const ours = live.filter((statement) => statement.ours);
  const there = ours.map(({ value }) => statementMeaning(value)).sort();
  return wanted.length === there.length && wanted.every((one, index) => one === there[index]);
}

/** The new text of a Sid, once. */
function taken(places: Map<string, string>, sid: string): string[] {
  const text = places.get(sid);
  places.delete(sid);
  return text === undefined ? [] : [text];
}

function documentOf(live: string | undefined, statements: readonly string[]): string {
  const list = `[${statements.join(',')}]`;
  if (live === undefined) return `{"Version":"2012-10-17","Statement":${list}}`;
  const others = memberTexts(live).filter(([key]) => key !== 'Statement');
  const members = [...others, ['Statement', list] as const];
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

function checkedLength(document: string, own: readonly PolicyStatement[]): string {
  if (document.length <= LONGEST_POLICY) return document;
  const short = withoutSpace(document);
  if (short.length <= LONGEST_POLICY) return short;
  const sizes = own.map((statement) => ({ sid: statement.Sid, size: JSON.stringify(statement).length }));
  const grants = sizes.reduce((sum, { size }) => sum + size, 0);
  const largest = sizes.sort((a, b) => b.size - a.size).slice(0, 3);
  throw new TerminalError(
    'PolicyTooLong',
    `the repository policy would have ${short.length} characters, ${short.length - LONGEST_POLICY} more than ECR takes: ` +
      `${grants} are spec.grants, most of all ${largest.map(({ sid, size }) => `${sid} (${size})`).join(', ')}, ` +
      `and ${short.length - grants} are what others put there; grant to accounts or the organization instead of single roles`,
  );
}

function awsPrincipals(statement: Json): string[] {
  const principal = isObject(statement) ? statement['Principal'] : undefined;
  const names = isObject(principal) ? listOf(principal['AWS']) : [];
  return names.filter((name) => typeof name === 'string');
}
