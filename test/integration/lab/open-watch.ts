import { Agent, request } from 'undici';

export interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly metadata?: { readonly name?: string };
    readonly code?: number;
    readonly reason?: string;
  };
}

/** A watch as a client sees it. */
export interface OpenWatch {
  readonly events: readonly WatchEvent[];
  isOpen(): boolean;
  /** Resolves when it is over: with undefined where it ended in order, else with the error. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

/** Opens a watch; resolves with its head, rejects where that is no 200. */
export async function openWatch(options: {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  readonly path: string;
  /** Added to it, as `&name=value`. */
  readonly query?: string;
}): Promise<OpenWatch> {
  const { server, ca, token, path, query = '' } = options;
  const dispatcher = new Agent({ connect: { ca }, bodyTimeout: 0 });
  const headers = { authorization: `Bearer ${token}` };
  const { statusCode, body } = await request(`${server}${path}?watch=true${query}`, {
    headers,
    dispatcher,
  });
  if (statusCode !== 200) {
    await dispatcher.destroy();
    throw new Error(`the watch was answered ${statusCode}`);
  }
  const events: WatchEvent[] = [];
  let open = true;
  const read = async () => {
    let rest = '';
    for await (const chunk of body) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      events.push(...lines.map((line) => JSON.parse(line) as WatchEvent));
    }
  };
  const ended = read()
    .catch((error: unknown) => error)
    .finally(() => {
      open = false;
    });
  return { events, ended, isOpen: () => open, close: () => dispatcher.destroy() };
}
