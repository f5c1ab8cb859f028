import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './markdown.ts';

/** Where a reason is given to something: an object's property, a variable, a default, or an error's first argument. */
const PLACES = [
  /\breason\b\s*(?::|=|\?\?)\s*([^,;}\n]*)/g,
  /\breason\s*\?\?\s*([^,;}\n]*)/g,
  /\b(?:Retryable|Terminal)Error\(\s*([^,]*)/g,
] as const;

/** The reasons in a source text, as the CamelCase strings in those places. */
export function reasonsIn(source: string): string[] {
  const places = PLACES.flatMap((place) => [...source.matchAll(place)].map(([, text = '']) => text));
  return places.flatMap((text) => [...text.matchAll(/'([A-Z]\w*)'/g)].map(([, reason = '']) => reason));
}

/** Every reason in the sources, and the files it stands in. */
export async function sourceReasons(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const names = await readdir(join(ROOT, 'src'), { recursive: true });
  for (const name of names.filter((name) => name.endsWith('.ts') && !name.endsWith('.generated.ts')).sort()) {
    for (const reason of reasonsIn(await readFile(join(ROOT, 'src', name), 'utf8')))
      found.set(reason, [...(found.get(reason) ?? []), name]);
  }
  return found;
}
