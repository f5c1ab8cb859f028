import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createKeySecrets, type KeySecrets } from '../../../../src/controllers/registry/key-secrets.ts';
import type { KubeClient, KubeRequest } from '../../../../src/runtime/kube-client.ts';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { createFakeClock, type FakeClock } from '../../fake-clock.ts';
import { fakeKubeClient } from '../../runtime/fake-kube-client.ts';
import { type RecordedLog, recordedLog } from '../../runtime/recorded-log.ts';

/** A watch that is open. */
interface OpenWatch {
  readonly selector: unknown;
  send(type: 'ADDED' | 'MODIFIED' | 'DELETED', version: number): void;
}

let clock: FakeClock;
let log: RecordedLog;
let stopping: AbortController;
let secrets: KeySecrets;
let changed: string[];
let open: Set<OpenWatch>;
let asked: (KubeRequest & { readonly path: string })[];
let allows: boolean;

beforeEach(() => {
  [clock, log, stopping] = [createFakeClock(), recordedLog(), new AbortController()];
  [changed, open, asked, allows] = [[], new Set(), [], true];
  secrets = createKeySecrets({
    client: server(),
    clock,
    log,
    namespace: 'operators',
    signal: stopping.signal,
    onChange: (name) => void changed.push(name),
  });
});

afterEach(() => stopping.abort());

/** Has a Secret of any name that is asked for. */
function server(): KubeClient {
  return {
    ...fakeKubeClient(),
    async request<T>(path: string, options: KubeRequest = {}): Promise<T> {
      asked.push({ ...options, path });
      if (!allows) throw new KubeError(403, 'Forbidden', 'secrets is forbidden');
      const items = [{ metadata: metadataOf(options, 1) }];
      return { metadata: { resourceVersion: '1' }, items } as T;
    },
    stream: async (_path, options) => watchOf(options),
  };
}

function metadataOf({ query }: KubeRequest, version: number) {
  const name = String(query?.['fieldSelector']).replace('metadata.name=', '');
  return { name, namespace: 'operators', uid: name, resourceVersion: `${version}` };
}

function watchOf(options: KubeRequest): AsyncIterable<Uint8Array> {
  const lines: string[] = [];
  let wake = (): void => undefined;
  const watch: OpenWatch = {
    selector: options.query?.['fieldSelector'],
    send(type, version) {
      lines.push(`${JSON.stringify({ type, object: { metadata: metadataOf(options, version) } })}\n`);
      wake();
    },
  };
  const { signal } = options;
  return (async function* () {
    open.add(watch);
    signal?.addEventListener('abort', () => wake());
    try {
      while (!signal?.aborted) {
        for (const line of lines.splice(0)) yield new TextEncoder().encode(line);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      open.delete(watch);
    }
  })();
}

const follow = async (...names: string[]): Promise<void> => {
  secrets.follow(new Set(names));
  await clock.elapse(0);
};
const watched = (): unknown[] => [...open].map(({ selector }) => selector);
const send = async (...event: Parameters<OpenWatch['send']>): Promise<void> => {
  for (const watch of open) watch.send(...event);
  await clock.elapse(0);
};

describe('Secrets with the keys of Registries', () => {
  test('are watched by name alone, as metadata alone, and each once', async () => {
    await follow('one', 'two');
    await follow('one', 'two');
    expect(watched()).toEqual(['metadata.name=one', 'metadata.name=two']);
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(['/api/v1/namespaces/operators/secrets']));
    expect(asked.every(({ accept }) => accept?.includes('PartialObjectMetadataList'))).toBe(true);
  });

  test('tell of changes, of their end and of their return, but not of what was there before', async () => {
    await follow('one');
    expect(changed).toEqual([]);
    await send('MODIFIED', 2);
    await send('DELETED', 3);
    await send('ADDED', 4);
    expect(changed).toEqual(['one', 'one', 'one']);
  });

  test('are left when no Registry names them any more, and followed anew when one does', async () => {
    await follow('one', 'two');
    await follow('two');
    expect(watched()).toEqual(['metadata.name=two']);
    await send('MODIFIED', 2);
    expect(changed).toEqual(['two']);
    await follow('one', 'two');
    expect(watched()).toEqual(['metadata.name=two', 'metadata.name=one']);
  });

  test('are all left in the end', async () => {
    await follow('one', 'two');
    stopping.abort();
    await clock.elapse(0);
    await follow('three');
    expect(watched()).toEqual([]);
  });
});

describe('without the right to watch', () => {
  beforeEach(() => {
    allows = false;
  });

  test('it is said once for each name, and asked for again every ten minutes', async () => {
    await follow('one', 'two');
    await clock.elapse(1_800_000);
    expect(log.messages()).toEqual(Array(2).fill('the secret of a registry cannot be watched'));
    expect(asked.length).toBe(8);
    await follow();
    await follow('one');
    expect(log.lines.length).toBe(2);
  });

  test('it begins when the right is there', async () => {
    await follow('one');
    expect(watched()).toEqual([]);
    allows = true;
    await clock.elapse(600_000);
    expect(watched()).toEqual(['metadata.name=one']);
  });
});
