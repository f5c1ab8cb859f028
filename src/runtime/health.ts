import { messageOf } from './errors.ts';
import type { Answer, Route } from './http-server.ts';

/** One thing that can be wrong. */
export interface HealthCheck {
  /** Unique; part of what is served. */
  readonly name: string;
  /** What is wrong, in words without secrets; undefined where nothing is. At once, and from memory alone. */
  readonly failure: () => string | undefined;
  /** What is worth a word though nothing is wrong; only `?verbose` shows it. */
  readonly note?: () => string | undefined;
}

/**
 * A path as those of Kubernetes' own components: 200 `ok`, or 500 with every check and what is wrong. `?verbose` lists
 * the checks in any case, `?exclude=<name>` leaves one out.
 */
export function healthRoute(path: 'healthz' | 'readyz', checks: readonly HealthCheck[]): Route {
  return async (query) => {
    const excluded = new Set(query.getAll('exclude'));
    const results = checks
      .filter(({ name }) => !excluded.has(name))
      .map((check) => ({ name: check.name, failure: failureOf(check), note: check.note?.() }));
    const isHealthy = results.every(({ failure }) => failure === undefined);
    if (isHealthy && !query.has('verbose')) return answer(200, ['ok']);
    const lines = results.map(({ name, failure, note }) => {
      if (failure !== undefined) return `[-]${name} failed: ${failure}`;
      return note === undefined ? `[+]${name} ok` : `[+]${name} ok, but: ${note}`;
    });
    return answer(isHealthy ? 200 : 500, [...lines, `${path} check ${isHealthy ? 'passed' : 'failed'}`]);
  };
}

function failureOf({ failure }: HealthCheck): string | undefined {
  try {
    return failure();
  } catch (error) {
    return messageOf(error);
  }
}

function answer(status: number, lines: readonly string[]): Answer {
  return { status, body: `${lines.join('\n')}\n` };
}
