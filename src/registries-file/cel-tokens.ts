const TOKEN =
  /\s*(?:([A-Za-z_]\w*)|(\d+)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(&&|\|\||[=!<>]=|[-!<>().,[\]]))/y;

/** A word, a number, a text without its quotes, or a sign. */
export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign';
  readonly text: string;
}

/** The tokens of a rule; throws on anything that is none. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const [, name, number, single, double, sign] = TOKEN.exec(text) ?? unknown(text);
    const literal = single ?? double;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (literal !== undefined) tokens.push({ kind: 'text', text: unescaped(literal, text) });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', "'": "'", '"': '"' };

function unescaped(literal: string, rule: string): string {
  return literal.replace(/\\(.)/gs, (_, sign: string) => ESCAPES[sign] ?? unknown(rule));
}

/** Throws: the rule says more than is known here. */
export function unknown(text: string): never {
  throw new Error(`this rule says something that is not known here: ${text}`);
}
