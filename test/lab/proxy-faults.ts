/** A request that came to the API proxy. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
  /** The bearer token, so that a test can tell users apart. */
  readonly token: string | undefined;
  readonly userAgent: string | undefined;
  /** What the client was told; undefined while it waits, and for ever where the connection broke first. */
  readonly status: number | undefined;
}

/** All that is given has to match. */
export interface ProxyMatch {
  readonly method?: string | readonly string[];
  /** The whole path, or a pattern that is found in it. */
  readonly path?: string | RegExp;
  readonly watch?: boolean;
  /** Anything that the rest cannot say. */
  readonly where?: (request: ProxiedRequest) => boolean;
}

/** Before the API server is asked, or after it has answered, when its state has changed and only the answer is lost. */
export type ProxyFaultTime = 'before' | 'after';

/** What a fault does to a request that it matches. */
export type ProxyFault =
  /** This answer, without asking the API server; a Status object of that code unless a body is given. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** A watch is answered 200, and its one event is an ERROR with this code, 410 `Expired` unless told. */
  | {
      readonly kind: 'watch-error';
      readonly code?: number;
      readonly reason?: string;
      readonly message?: string;
    }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly when?: ProxyFaultTime }
  /** No answer ever comes; the connection stays open. */
  | { readonly kind: 'never'; readonly when?: ProxyFaultTime }
  /** The answer waits for a promise, or for real milliseconds. */
  | { readonly kind: 'slow'; readonly until: Promise<unknown> | number; readonly when?: ProxyFaultTime };

export interface ProxyFaultRule {
  readonly match: ProxyMatch;
  readonly fault: ProxyFault;
  /** How many requests it hits; for ever unless told. */
  readonly times?: number;
  /** Lets this many matching requests pass first. */
  readonly after?: number;
}

/** A rule at work. */
export interface ActiveProxyFault {
  /** How often it has struck. */
  hits(): number;
  remove(): void;
}

export interface ProxyFaultTable {
  add(rule: ProxyFaultRule): ActiveProxyFault;
  clear(): void;
  /** The fault for a request, of the oldest rule that matches; uses up one of its times. */
  strike(request: ProxiedRequest): ProxyFault | undefined;
}

/** An empty table. */
export function proxyFaultTable(): ProxyFaultTable {
  const rules: { readonly rule: ProxyFaultRule; seen: number; hits: number }[] = [];
  return {
    add(rule) {
      const entry = { rule, seen: 0, hits: 0 };
      rules.push(entry);
      return {
        hits: () => entry.hits,
        remove() {
          const index = rules.indexOf(entry);
          if (index >= 0) rules.splice(index, 1);
        },
      };
    },
    clear() {
      rules.length = 0;
    },
    strike(request) {
      for (const entry of rules) {
        const { match, fault, times = Number.POSITIVE_INFINITY, after = 0 } = entry.rule;
        if (entry.hits >= times || !matches(match, request)) continue;
        entry.seen += 1;
        if (entry.seen <= after) continue;
        entry.hits += 1;
        return fault;
      }
      return undefined;
    },
  };
}

/** Whether the request is one of those meant. */
export function matches(match: ProxyMatch, request: ProxiedRequest): boolean {
  if (match.method !== undefined && ![match.method].flat().includes(request.method)) return false;
  if (typeof match.path === 'string' && match.path !== request.path) return false;
  if (match.path instanceof RegExp && !match.path.test(request.path)) return false;
  if (match.watch !== undefined && match.watch !== request.isWatch) return false;
  return match.where?.(request) ?? true;
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The object that the API server answers an error with. */
export function statusObject(code: number, reason?: string, message?: string): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: message ?? `the lab's proxy answers ${code}`,
    reason: reason ?? REASONS[code] ?? 'Unknown',
    code,
  };
}

/** The line that ends a watch: an ERROR event. */
export function watchError(code = 410, reason?: string, message = 'too old resource version: 1 (2)'): string {
  return `${JSON.stringify({ type: 'ERROR', object: statusObject(code, reason, message) })}\n`;
}
