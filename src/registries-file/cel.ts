import { type Token, tokensOf, unknown } from './cel-tokens.ts';
import {
  allOf,
  COMPARISONS,
  type Expression,
  isThere,
  matches,
  memberOf,
  sizeOf,
  textOf,
  type Variables,
  variable,
} from './cel-values.ts';

/** A rule with its variables filled in; throws where what it reads is not there. */
export type Rule = (variables: Variables) => boolean;

/** What stands between the brackets of a call: each as a value, as a name, and as the question whether it is there. */
type Arguments = readonly { readonly value: Expression; readonly name: string; readonly has: Expression }[];

/**
 * Compiles a rule of `x-kubernetes-validations`: of CEL, as much as the CRDs of this project say (`test/unit/registries-file`
 * holds it to all of them). Throws on anything else.
 */
export function compileRule(text: string): Rule {
  const parser = createParser(tokensOf(text), text);
  const expression = parser.whole();
  return (variables) => expression(variables) === true;
}

function createParser(tokens: readonly Token[], text: string): { whole(): Expression } {
  let at = 0;
  const isNext = (sign: string): boolean => tokens[at]?.text === sign && tokens[at]?.kind !== 'text';
  const take = (sign: string): boolean => {
    if (!isNext(sign)) return false;
    at += 1;
    return true;
  };
  const need = (sign: string): void => {
    if (!take(sign)) unknown(text);
  };
  const word = (): string => {
    const token = tokens[at];
    at += 1;
    return token?.kind === 'name' ? token.text : unknown(text);
  };

  function either(): Expression {
    const left = both();
    if (!take('||')) return left;
    const right = either();
    return (variables) => left(variables) === true || right(variables) === true;
  }

  function both(): Expression {
    const left = comparison();
    if (!take('&&')) return left;
    const right = both();
    return (variables) => left(variables) === true && right(variables) === true;
  }

  function comparison(): Expression {
    const left = unary();
    const sign = Object.keys(COMPARISONS).find(take);
    const compare = sign === undefined ? undefined : COMPARISONS[sign];
    if (!compare) return left;
    const right = unary();
    return (variables) => compare(left(variables), right(variables));
  }

  function unary(): Expression {
    if (!take('!')) return postfix();
    const negated = unary();
    return (variables) => negated(variables) !== true;
  }

  function postfix(): Expression {
    let found = primary();
    while (take('.')) {
      const name = word();
      found = take('(') ? methodOf(name, found, list(')')) : memberOf(name, found);
    }
    return found;
  }

  function methodOf(name: string, object: Expression, given: Arguments): Expression {
    const [first, second] = given;
    if (name === 'all' && first && second) return allOf(object, first.name, second.value);
    if (!first || second) return unknown(text);
    if (name === 'matches')
      return (variables) => matches(textOf(object(variables)), textOf(first.value(variables)));
    if (name === 'contains')
      return (variables) => textOf(object(variables)).includes(textOf(first.value(variables)));
    return unknown(text);
  }

  function primary(): Expression {
    const token = tokens[at];
    if (take('(')) {
      const inner = either();
      need(')');
      return inner;
    }
    if (take('[')) {
      const members = list(']');
      return (variables) => members.map(({ value }) => value(variables));
    }
    at += 1;
    if (token?.kind === 'text') return () => token.text;
    if (token?.kind === 'number') return () => Number(token.text);
    if (token?.kind !== 'name') return unknown(text);
    return take('(') ? functionOf(token.text, list(')')) : variable(token.text);
  }

  function functionOf(name: string, [first, second]: Arguments): Expression {
    if (!first || second) return unknown(text);
    if (name === 'has') return first.has;
    if (name === 'size') return (variables) => sizeOf(first.value(variables));
    return unknown(text);
  }

  /** Each argument as a value, as a name, and as the question whether it is there. */
  function list(end: string): Arguments {
    const found: Arguments[number][] = [];
    while (!take(end)) {
      const before = at;
      const value = either();
      const name = tokens[before]?.text ?? '';
      found.push({ value, name, has: (variables) => isThere(value, variables) });
      if (!take(',') && !isNext(end)) unknown(text);
    }
    return found;
  }

  return {
    whole(): Expression {
      const found = either();
      return at === tokens.length ? found : unknown(text);
    },
  };
}
