import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { TerminalError } from '../runtime/errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Parses a document that a person wrote; what is no JSON object is a TerminalError that says where. */
export function parseDocument(text: string, field: string): { readonly [key: string]: Json } {
  const parsed = parse(text, field);
  if (isObject(parsed)) return parsed;
  throw new TerminalError('InvalidDocument', `${field} must be one JSON object, in braces`);
}

function parse(text: string, field: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new TerminalError('InvalidDocument', `${field} is not JSON: ${words}`, { cause: error });
  }
}

/** A JSON object, neither null nor a list. */
export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar stands for a list of one throughout AWS's policy languages. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as Json];
}

/**
 * Whether a document that a person wrote and the one in ECR have the same meaning, as `meaningOf` puts it into text.
 * Live text that cannot be read equals nothing; a declared one is a TerminalError that names `field`.
 */
export function sameMeaning(
  { desired, live, field }: { readonly desired: string; readonly live: string; readonly field: string },
  meaningOf: (document: { readonly [key: string]: Json }) => string,
): boolean {
  const wanted = meaningOf(parseDocument(desired, field));
  try {
    return wanted === meaningOf(parseDocument(live, 'the document in ECR'));
  } catch {
    return false;
  }
}

/** JSON text with sorted keys: equal text for equal values, however they were written. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

/** SHA-256 of a value's canonical text, in hexadecimal: the same for equal values; what is undefined does not count. */
export function contentHash(value: object): string {
  const text = canonical(JSON.parse(JSON.stringify(value)) as Json);
  return createHash('sha256').update(text).digest('hex');
}

/** Whether two lists are the same but for their order and for what they say more than once (pure). */
export function sameSet(a: readonly Json[] = [], b: readonly Json[] = []): boolean {
  return isDeepStrictEqual(canonicalSet(a), canonicalSet(b));
}

/** Canonical texts in order: what a list whose order has no meaning is compared by. */
export function canonicalSet(values: readonly Json[]): string[] {
  return [...new Set(values.map(canonical))].sort();
}
