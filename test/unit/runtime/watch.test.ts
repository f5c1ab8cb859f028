import { describe, expect, test } from '@jest/globals';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import { readWatch, type WatchEvent } from '../../../src/runtime/watch.ts';
import { createFakeClock, settled } from '../fake-clock.ts';

const SILENCE_MS = 90_000;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const line = (type: string, name: string): string =>
  `${JSON.stringify({ type, object: { metadata: { name, uid: 'u', resourceVersion: '1' } } })}\n`;

/** A connection that a test speaks into; it breaks when it is aborted. */
function connection() {
  const clock = createFakeClock();
  const stopping = new AbortController();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, {
    highWaterMark: 1_000,
  });
  const writer = writable.getWriter();
  writer.closed.catch(() => undefined);
  let inner: AbortSignal | undefined;
  async function open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    inner = signal;
    signal.throwIfAborted();
    signal.addEventListener('abort', () => void writer.abort(signal.reason).catch(() => undefined));
    return readable;
  }
  const events = readWatch(open, { clock, signal: stopping.signal, silenceMs: SILENCE_MS });
  return { clock, stopping, writer, events, signal: () => inner };
}

const say = (writer: WritableStreamDefaultWriter<Uint8Array>, text: string) => writer.write(encode(text));

async function namesOf(chunks: readonly Uint8Array[]): Promise<string[]> {
  const { writer, events } = connection();
  for (const chunk of chunks) void writer.write(chunk);
  void writer.close();
  const names: string[] = [];
  for await (const { object } of events) names.push(object.metadata.name);
  return names;
}

/** A server that takes the connection and says nothing. */
function neverOpened(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** Everything that happens until the watch ends or breaks. */
async function collect(events: AsyncIterable<WatchEvent>): Promise<{ seen: string[]; error?: unknown }> {
  const seen: string[] = [];
  try {
    for await (const { object } of events) seen.push(object.metadata.name);
    return { seen };
  } catch (error) {
    return { seen, error };
  }
}

describe('chunks', () => {
  const text = line('ADDED', 'größe') + line('MODIFIED', '名前') + line('DELETED', '😀');
  const bytes = encode(text);

  test.each([1, 2, 3, 7, bytes.length])('of %i bytes give the same events', async (size) => {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    expect(await namesOf(chunks)).toEqual(['größe', '名前', '😀']);
  });

  test('may be cut anywhere, in the middle of a line or of a character', async () => {
    for (let at = 1; at < bytes.length; at += 1) {
      expect(await namesOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['größe', '名前', '😀']);
    }
  });

  test('may hold empty lines, which say nothing', async () => {
    expect(await namesOf([encode(`\n${line('ADDED', 'a')}\n\n${line('ADDED', 'b')}`)])).toEqual(['a', 'b']);
  });

  test('an event that the end of the connection cut off is not told', async () => {
    expect(await namesOf([encode(line('ADDED', 'a') + line('ADDED', 'b').slice(0, -5))])).toEqual(['a']);
  });
});

describe('errors', () => {
  test('an ERROR event is thrown with its code, after what came before it', async () => {
    const { writer, events } = connection();
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    void say(writer, `${line('ADDED', 'a')}${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    const { seen, error } = await collect(events);
    expect(seen).toEqual(['a']);
    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({ status: 410, kubeReason: 'Expired', message: 'too old resource version' });
  });

  test('an ERROR event without a code counts as 500', async () => {
    const { writer, events } = connection();
    void say(writer, '{"type":"ERROR","object":{}}\n');
    expect((await collect(events)).error).toMatchObject({ status: 500 });
  });

  test('what is no JSON is thrown', async () => {
    const { writer, events } = connection();
    void say(writer, '<html>\n');
    expect((await collect(events)).error).toBeInstanceOf(SyntaxError);
  });

  test('a connection that breaks is thrown, after what came before', async () => {
    const { writer, events } = connection();
    const collected = collect(events);
    await say(writer, line('ADDED', 'a'));
    await settled();
    await writer.abort(new Error('reset by peer'));
    const { seen, error } = await collected;
    expect(seen).toEqual(['a']);
    expect(error).toMatchObject({ message: 'reset by peer' });
  });

  test('a connection that cannot be opened is thrown, and leaves no timer behind', async () => {
    const clock = createFakeClock();
    const refused = new Error('connection refused');
    const events = readWatch(() => Promise.reject(refused), {
      clock,
      signal: new AbortController().signal,
      silenceMs: SILENCE_MS,
    });
    expect((await collect(events)).error).toBe(refused);
    expect(clock.pending()).toEqual([]);
  });
});

describe('silence', () => {
  test('is given up after its time', async () => {
    const { clock, events } = connection();
    const collected = collect(events);
    await clock.elapse(SILENCE_MS - 1);
    expect(await Promise.race([collected, settled().then(() => 'open')])).toBe('open');
    await clock.elapse(1);
    expect((await collected).error).toMatchObject({
      message: 'nothing heard from the API server for 90 s',
    });
  });

  test('is counted from the last chunk, be it half a line', async () => {
    const { clock, writer, events } = connection();
    const collected = collect(events);
    for (const part of ['{"type":', '"BOOKMARK",', '"object":{"metadata":{"name":"a"}}}\n']) {
      await clock.elapse(SILENCE_MS - 1);
      await say(writer, part);
    }
    await clock.elapse(SILENCE_MS - 1);
    expect(await Promise.race([collected, settled().then(() => 'open')])).toBe('open');
    await clock.elapse(1);
    expect(await collected).toMatchObject({
      seen: ['a'],
      error: { message: expect.stringMatching(/nothing heard/) },
    });
  });

  test('is found out also when the head of the answer never comes', async () => {
    const clock = createFakeClock();
    const collected = collect(
      readWatch(neverOpened, { clock, signal: new AbortController().signal, silenceMs: SILENCE_MS }),
    );
    await clock.elapse(SILENCE_MS);
    expect((await collected).error).toMatchObject({ message: expect.stringMatching(/nothing heard/) });
  });

  test('is found out in time even when the wall clock is set back meanwhile', async () => {
    const clock = createFakeClock();
    let behind = 0;
    const shifted = { ...clock, now: () => clock.now() - behind };
    const collected = collect(
      readWatch(neverOpened, { clock: shifted, signal: new AbortController().signal, silenceMs: SILENCE_MS }),
    );
    await clock.elapse(1_000);
    behind = 3_600_000;
    await clock.elapse(2 * SILENCE_MS);
    expect(await Promise.race([collected, settled().then(() => 'open')])).toMatchObject({
      error: { message: expect.stringMatching(/nothing heard/) },
    });
  });
});

describe('closing', () => {
  test('leaving the loop closes the connection and drops the timer', async () => {
    const { clock, writer, events, signal } = connection();
    void say(writer, line('ADDED', 'a') + line('ADDED', 'b'));
    for await (const { object } of events) {
      expect(object.metadata.name).toBe('a');
      break;
    }
    expect(signal()?.aborted).toBe(true);
    expect(clock.pending()).toEqual([]);
  });

  test('so does an error in the loop', async () => {
    const { clock, writer, events, signal } = connection();
    void say(writer, line('ADDED', 'a'));
    const wrong = new Error('wrong');
    const loop = async () => {
      for await (const _event of events) throw wrong;
    };
    await expect(loop()).rejects.toBe(wrong);
    expect(signal()?.aborted).toBe(true);
    expect(clock.pending()).toEqual([]);
  });

  test('the signal closes the connection', async () => {
    const { stopping, events, signal } = connection();
    const collected = collect(events);
    await settled();
    stopping.abort();
    await collected;
    expect(signal()?.aborted).toBe(true);
  });

  test('a signal that has aborted before opens nothing', async () => {
    const { stopping, events } = connection();
    stopping.abort(new Error('stopping'));
    expect((await collect(events)).error).toMatchObject({ message: 'stopping' });
  });
});
