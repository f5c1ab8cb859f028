import { Transform } from 'node:stream';
import { matches, type ProxiedRequest, type ProxyMatch } from './proxy-faults.ts';

/** Holds back what belongs to matching requests, with every connection open, until it is resumed. */
export interface Silence {
  resume(): void;
}

export interface ProxyGate {
  silence(match: ProxyMatch): Silence;
  /** Resolves when nothing holds the request back; at once where nothing does. */
  passage(request: ProxiedRequest): Promise<void>;
  /** Passes the lines of a JSON watch on as they come, unless the request is held back. */
  stream(request: ProxiedRequest): Transform;
  /** Ends all silences. */
  open(): void;
}

/** A gate that is open. */
export function proxyGate(): ProxyGate {
  const silences = new Set<{
    readonly match: ProxyMatch;
    readonly over: Promise<void>;
    readonly end: () => void;
  }>();

  async function passage(request: ProxiedRequest): Promise<void> {
    for (;;) {
      const silence = [...silences].find(({ match }) => matches(match, request));
      if (silence === undefined) return;
      await silence.over;
    }
  }

  return {
    passage,
    silence(match) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const silence = { match, over: promise, end: resolve };
      silences.add(silence);
      return {
        resume() {
          silences.delete(silence);
          resolve();
        },
      };
    },
    stream: (request) => lineStream(() => passage(request)),
    open() {
      for (const silence of silences) {
        silences.delete(silence);
        silence.end();
      }
    },
  };
}

/** Whole lines only, so that an event can be put between any two chunks. latin1 keeps bytes as they are. */
function lineStream(passage: () => Promise<void>): Transform {
  let rest = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      const text = rest + chunk.toString('latin1');
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      if (end === 0) pass();
      else passage().then(() => pass(null, Buffer.from(text.slice(0, end), 'latin1')));
    },
    // The end too is something that a silent peer does not tell.
    flush(pass) {
      passage().then(() => pass(null, Buffer.from(rest, 'latin1')));
    },
  });
}
