import { isDeepStrictEqual } from 'node:util';

/** What the variables of a rule stand for. */
export type Variables = Readonly<Record<string, unknown>>;
/** A part of a rule, with its variables filled in; throws where what it reads is not there. */
export type Expression = (variables: Variables) => unknown;

/** By their signs; the longer of two that begin alike is one token. */
export const COMPARISONS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => isDeepStrictEqual(a, b),
  '!=': (a, b) => !isDeepStrictEqual(a, b),
  '<': (a, b) => numberOf(a) < numberOf(b),
  '<=': (a, b) => numberOf(a) <= numberOf(b),
  '>': (a, b) => numberOf(a) > numberOf(b),
  '>=': (a, b) => numberOf(a) >= numberOf(b),
  in: (a, b) =>
    Array.isArray(b) ? b.some((one) => isDeepStrictEqual(one, a)) : Object.hasOwn(mapOf(b), textOf(a)),
};

/** The text; throws on anything else, which CEL does not take for one either. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`a ${typeof value} is no text`);
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Error(`a ${typeof value} is no number`);
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new Error(`a ${typeof value} has no members`);
}

/** What a member that is not there gives: only `has` may ask for it. */
class Absent extends Error {
  readonly asked: Expression;

  constructor(asked: Expression, name: string) {
    super(`${name} is not there`);
    this.asked = asked;
  }
}

/** What `has` asks: of the last member alone, as in CEL, where what leads to it has to be there. */
export function isThere(value: Expression, variables: Variables): boolean {
  try {
    value(variables);
    return true;
  } catch (error) {
    if (error instanceof Absent && error.asked === value) return false;
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
  const member: Expression = (variables) => {
    const found = mapOf(object(variables));
    if (!Object.hasOwn(found, name)) throw new Absent(member, name);
    return found[name];
  };
  return member;
}

/** Whether something holds of every member of a list, or of every key of a map. */
export function allOf(object: Expression, name: string, holds: Expression): Expression {
  return (variables) => {
    const found = mapOf(object(variables));
    const members: readonly unknown[] = Array.isArray(found) ? found : Object.keys(found);
    return members.every((one) => holds({ ...variables, [name]: one }) === true);
  };
}

/** RE2 and JavaScript read the patterns of the CRDs alike, by code points, but for what is white space. */
export function matches(value: string, pattern: string): boolean {
  return new RegExp(withSpacesOfRe2(pattern), 'u').test(value);
}

const SPACES = '\\t\\n\\f\\r ';

function withSpacesOfRe2(pattern: string): string {
  let isInClass = false;
  return pattern.replace(/\\.|[[\]]/gs, (sign) => {
    if (sign === '[') isInClass = true;
    if (sign === ']') isInClass = false;
    if (sign !== '\\s') return sign;
    return isInClass ? SPACES : `[${SPACES}]`;
  });
}

/** Code points of a text, members of a list or a map. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  return Array.isArray(value) ? value.length : Object.keys(mapOf(value)).length;
}
