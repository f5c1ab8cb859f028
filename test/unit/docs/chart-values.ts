import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { ROOT } from './markdown.ts';

/** The folder of the chart. */
export const CHART = join(ROOT, 'deploy/chart/ecr-operator');

/** A value that a user can set. */
export interface ChartValue {
  /** Such as `image.tag`. */
  readonly path: string;
  /** As JSON on one line, strings without quotes; an ellipsis for what is too long for a table. */
  readonly fallback: string;
  /** Its comment in values.yaml, on one line. */
  readonly meaning: string;
}

/** A part of the chart's JSON schema. */
export interface ValuesSchema {
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, ValuesSchema>>;
}

export async function chartSchema(): Promise<ValuesSchema> {
  return JSON.parse(await readFile(join(CHART, 'values.schema.json'), 'utf8')) as ValuesSchema;
}

/** The values of values.yaml in their order: what the schema knows the inside of is looked into, but for `settings`. */
export async function chartValues(): Promise<readonly ChartValue[]> {
  const { contents } = parseDocument(await readFile(join(CHART, 'values.yaml'), 'utf8'));
  return valuesIn(contents as YAMLMap, await chartSchema(), '');
}

function valuesIn(map: YAMLMap, schema: ValuesSchema, prefix: string): ChartValue[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) throw new Error('values have names');
    const path = `${prefix}${key.value}`;
    const inside = schema.properties?.[String(key.value)];
    if (isMap(value) && inside?.properties && value.items.length > 0)
      return valuesIn(value, inside, `${path}.`);
    // The comment of the first key belongs to the map.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined) ?? '';
    // That of the file stands before the first, with an empty line between.
    const meaning = comment.split('\n\n').at(-1)?.replaceAll(/\s+/g, ' ').trim() ?? '';
    return [{ path, fallback: shownAs((value as { toJSON(): unknown }).toJSON()), meaning }];
  });
}

const LONGEST = 40;

function shownAs(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  const json = JSON.stringify(value);
  return json.length > LONGEST ? '…' : json;
}
