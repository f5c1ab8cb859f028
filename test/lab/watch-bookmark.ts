import type { ProxiedRequest } from './proxy-faults.ts';

interface Line {
  readonly type?: string;
  readonly object?: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: { readonly resourceVersion?: string };
  };
}

/**
 * What the API server would tell the client of a watch about once a minute: how far it is (pure). `told` ends with the
 * last event that the client had, or is empty. Undefined for who did not ask for it, and where nothing is known.
 */
export function bookmarkAfter(told: string, { query }: Pick<ProxiedRequest, 'query'>): string | undefined {
  if (query.get('allowWatchBookmarks') !== 'true') return undefined;
  const line = told.trimEnd().split('\n').at(-1);
  const { type, object }: Line = line ? JSON.parse(line) : {};
  const resourceVersion = object?.metadata?.resourceVersion ?? query.get('resourceVersion');
  if (type === 'ERROR' || !resourceVersion) return undefined;
  const { apiVersion, kind } = object ?? {};
  return `${JSON.stringify({ type: 'BOOKMARK', object: { kind, apiVersion, metadata: { resourceVersion } } })}\n`;
}
