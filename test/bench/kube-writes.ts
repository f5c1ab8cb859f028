import type { Lab } from '../lab/lab.ts';

/** Requests that may change something, whatever came of them and whoever sent them, by resource (and subresource). */
export type Writes = ReadonlyMap<string, number>;

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION']);

/** All since the API server started, as it counts them itself: so nothing stands in the way of what is timed. */
export async function countWrites({ admin }: Lab): Promise<Writes> {
  const { status, body } = await admin.raw({ path: '/metrics' });
  if (status !== 200 || typeof body !== 'string') throw new Error(`/metrics answered ${status}`);
  const counts = new Map<string, number>();
  for (const line of body.split('\n')) {
    const [, text = '', count] = /^apiserver_request_total\{(.*)\} ([-+.e\d]+)$/.exec(line) ?? [];
    const { resource = '', subresource = '', verb = '' } = labelsOf(text);
    if (!WRITES.has(verb)) continue;
    const key = subresource ? `${resource}/${subresource}` : resource;
    counts.set(key, (counts.get(key) ?? 0) + Number(count));
  }
  return counts;
}

function labelsOf(text: string): Record<string, string | undefined> {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

/** What came in between two counts. */
export function writesBetween(before: Writes, after: Writes): Writes {
  const between = [...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const);
  return new Map(between.filter(([, count]) => count > 0));
}
