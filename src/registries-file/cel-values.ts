import { isDeepStrictEqual } from 'node:util';

/** What the variables of a rule stand for. */
export type Variables = Readonly<Record<string, unknown>>;
/** A part of a rule, with its variables filled in; throws where what it reads is not there. */
export type Expression = (variables: Variables) => unknown;

/** By their signs; the longer of two that begin alike is one token. */
export const COMPARISONS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => isDeepStrictEqual(a, b),
  '!=': (a, b) => !isDeepStrictEqual(a, b),
  '<': (a, b) => Number(a) < Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
  '>': (a, b) => Number(a) > Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
  in: (a, b) =>
    Array.isArray(b) ? b.some((one) => isDeepStrictEqual(one, a)) : Object.hasOwn(b as object, String(a)),
};

/** What a member that is not there gives: only `has` may ask for it. */
class Absent extends Error {}

/** What `has` asks. */
export function isThere(value: Expression, variables: Variables): boolean {
  try {
    value(variables);
    return true;
  } catch (error) {
    if (error instanceof Absent) return false;
    throw error;
  }
}

/** The value of a variable, or one of the words for truth. */
export function variable(name: string): Expression {
  if (name === 'true' || name === 'false') return () => name === 'true';
  return (variables) => memberOf(name, () => variables)(variables);
}

/** A member of a map. */
export function memberOf(name: string, object: Expression): Expression {
  return (variables) => {
    const found = object(variables) as Readonly<Record<string, unknown>>;
    if (!Object.hasOwn(found, name)) throw new Absent(`${name} is not there`);
    return found[name];
  };
}

/** Whether something holds of every member of a list, or of every key of a map. */
export function allOf(object: Expression, name: string, holds: Expression): Expression {
  return (variables) => {
    const found = object(variables) as object;
    const members: readonly unknown[] = Array.isArray(found) ? found : Object.keys(found);
    return members.every((one) => holds({ ...variables, [name]: one }) === true);
  };
}

/** RE2 and JavaScript read the patterns of the CRDs alike, by code points. */
export function matches(value: string, pattern: string): boolean {
  return new RegExp(pattern, 'u').test(value);
}

/** Code points of a text, members of a list or a map. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  return Array.isArray(value) ? value.length : Object.keys(value as object).length;
}
