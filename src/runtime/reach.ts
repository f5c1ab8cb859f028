import { messageOf } from './errors.ts';
import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-errors.ts';
import type { Log } from './log.ts';

/** Something that cannot be read in a namespace, and why, in the API server's words. */
export interface Closure {
  readonly namespace: string;
  /** The plural of a kind, with its selector where it has one. */
  readonly what: string;
  readonly message: string;
}

/** What can be read of some namespaces: where a Role is missing, the others are not to wait for it. */
export interface Reach {
  /** The gate through which something in a namespace is read; `closedBy` are the answers that close it. */
  gate(namespace: string, what: string, closedBy?: readonly number[]): Gate;
  /** What cannot be read now, in one namespace or in all. */
  closures(namespace?: string): readonly Closure[];
  /** Whether all that {@link Gate.fills} of a namespace has been read once: what was not is not known to be absent. */
  isFilled(namespace: string): boolean;
  /** Called with a namespace of which more, or less, can be read than before. */
  listen(listener: (namespace: string) => void): void;
}

export interface Gate {
  /** Resolves when it is closed for the first time. */
  readonly closed: Promise<void>;
  /** Asks through the gate, which closes and opens by the answers. */
  client(client: KubeClient): KubeClient;
  /** A log for what is read, which leaves it to the gate to say that it is closed. */
  log(log: Log): Log;
  /** How often it was found closed, from the start. */
  refusals(): number;
  /** Behind the gate is a cache, which is filled when `ready` resolves. */
  fills(ready: Promise<void>): void;
}

/** RBAC tells nothing of what is not there: a namespace that is missing is forbidden, too. */
const FORBIDDEN: readonly number[] = [403];

/** A {@link Reach} that knows of nothing that is closed. */
export function createReach(log: Log): Reach {
  const closures = new Map<string, Closure>();
  const unfilled = new Map<string, Set<string>>();
  const listeners: ((namespace: string) => void)[] = [];
  const tell = (namespace: string): void => {
    for (const listener of listeners) listener(namespace);
  };

  function gate(namespace: string, what: string, closedBy = FORBIDDEN): Gate {
    const id = `${namespace}/${what}`;
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    let refusals = 0;

    function close(message: string): void {
      refusals += 1;
      const isNews = !closures.has(id);
      closures.set(id, { namespace, what, message });
      resolve();
      if (!isNews) return;
      log.warn({ namespace, what, error: message }, 'namespace cannot be read');
      tell(namespace);
    }

    function open(): void {
      if (!closures.delete(id)) return;
      log.info({ namespace, what }, 'namespace can be read now');
      tell(namespace);
    }

    async function through<T>(request: Promise<T>): Promise<T> {
      try {
        const answer = await request;
        open();
        return answer;
      } catch (error) {
        if (error instanceof KubeError && closedBy.includes(error.status)) close(messageOf(error));
        throw error;
      }
    }

    return {
      closed,
      refusals: () => refusals,
      client: (client) => ({
        ...client,
        request: (path, options) => through(client.request(path, options)),
        stream: (path, options) => through(client.stream(path, options)),
      }),
      log: (whole) => quietWhile(() => closures.has(id), whole),
      fills(ready) {
        const waiting = unfilled.get(namespace) ?? new Set();
        unfilled.set(namespace, waiting.add(what));
        void ready.then(() => {
          waiting.delete(what);
          tell(namespace);
        });
      },
    };
  }

  return {
    gate,
    closures: (namespace) =>
      [...closures.values()].filter((one) => namespace === undefined || one.namespace === namespace),
    isFilled: (namespace) => (unfilled.get(namespace)?.size ?? 0) === 0,
    listen: (listener) => void listeners.push(listener),
  };
}

/** Each try would be a warning. */
function quietWhile(isKnown: () => boolean, log: Log): Log {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => (isKnown() ? log.debug(fields, message) : log.warn(fields, message)),
    error: (fields, message) => log.error(fields, message),
  };
}
