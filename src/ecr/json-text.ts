/** A string, or one of the signs that JSON is put together with. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},]/g;
const STRING = /^"(?:[^"\\]|\\.)*"/;

/** The texts of a JSON list's elements, as they are written. The text must be valid JSON. */
export function elementTexts(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of list.matchAll(TOKENS)) {
    const opens = token === '[' || token === '{';
    const closes = token === ']' || token === '}';
    if (opens) depth += 1;
    if (closes) depth -= 1;
    if (opens && depth === 1) start = index + 1;
    if ((closes && depth === 0) || (token === ',' && depth === 1)) {
      parts.push(list.slice(start, index).trim());
      start = index + 1;
    }
  }
  return parts.filter((part) => part !== '');
}

/** The names and the texts of a JSON object's members, as they are written. The text must be valid JSON. */
export function memberTexts(object: string): (readonly [key: string, value: string])[] {
  return elementTexts(object).map((member) => {
    const key = STRING.exec(member)?.[0] ?? '""';
    return [JSON.parse(key) as string, member.slice(key.length).replace(/^\s*:\s*/, '')];
  });
}

/** The same JSON without white space between its signs. */
export function withoutSpace(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}
