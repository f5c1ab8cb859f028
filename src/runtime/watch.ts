import type { Clock, Timer } from './clock.ts';
import type { Query } from './kube-client.ts';
import { KubeError } from './kube-errors.ts';
import type { KubeObject } from './resource.ts';

/** One event of a watch; ERROR events are thrown instead. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

interface ErrorEvent {
  readonly type: 'ERROR';
  readonly object: { readonly code?: number; readonly reason?: string; readonly message?: string };
}

export interface WatchOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The connection is given up when nothing arrives for this long (ms); 90 s unless told. */
  readonly silenceMs?: number;
}

/** The API server sends a bookmark about every minute: longer silence means that nobody is there. */
const SILENCE_MS = 90_000;

/** What every watch asks for beside its selectors: bookmarks, and an end after five to ten minutes, not all at once. */
export function watchQuery(random: () => number): Query {
  return { watch: true, allowWatchBookmarks: true, timeoutSeconds: Math.round(300 + random() * 300) };
}

/**
 * The events of one watch connection, until the server ends it. Throws on a broken or silent connection,
 * and a KubeError for an ERROR event (code 410: list again). Leaving the loop closes the connection.
 */
export async function* readWatch(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
  { clock, signal, silenceMs = SILENCE_MS }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const connection = new AbortController();
  const abort = (): void => connection.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const silence = silenceTimer(clock, silenceMs, () =>
    connection.abort(new Error(`nothing heard from the API server for ${silenceMs / 1_000} s`)),
  );
  try {
    for await (const line of lines(await open(connection.signal), silence.reset)) yield parse(line);
  } finally {
    silence.cancel();
    signal.removeEventListener('abort', abort);
    connection.abort();
  }
}

function parse(line: string): WatchEvent {
  const event = JSON.parse(line) as WatchEvent | ErrorEvent;
  if (event.type !== 'ERROR') return event;
  const { code = 500, reason = '', message = 'the watch reported an error' } = event.object;
  throw new KubeError(code, reason, message);
}

async function* lines(chunks: AsyncIterable<Uint8Array>, heard: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    heard();
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part) yield part;
  }
}

/** Re-arms itself instead of being set anew with each chunk: a busy watch resets it thousands of times a second. */
function silenceTimer(clock: Clock, ms: number, onSilence: () => void): { reset(): void; cancel(): void } {
  let last = clock.now();
  let timer: Timer;
  const arm = (after: number): void => {
    timer = clock.after(after, () => {
      const quiet = clock.now() - last;
      if (quiet >= ms) onSilence();
      else {
        // Before its own past: the wall clock was set back, which must not hide a dead connection for as long.
        if (quiet < 0) last = clock.now();
        arm(ms - Math.max(quiet, 0));
      }
    });
  };
  arm(ms);
  return {
    reset: () => {
      last = clock.now();
    },
    cancel: () => timer.cancel(),
  };
}
