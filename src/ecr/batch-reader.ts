import type { Clock } from '../runtime/clock.ts';

export interface BatchReaderOptions<V> {
  /** One call for several names; a name without an answer is one of which nothing is known. */
  readonly read: (names: readonly string[]) => Promise<ReadonlyMap<string, V>>;
  /** The most names of one call. */
  readonly most: number;
  /** How long a name waits for others (ms). */
  readonly waitMs: number;
  readonly clock: Clock;
}

interface Waiting<V> {
  readonly name: string;
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads one name, in one call with those that others ask for in the same moment; its failure is that of each of them. */
export function createBatchReader<V>(
  options: BatchReaderOptions<V>,
): (name: string) => Promise<V | undefined> {
  const { read, most, waitMs, clock } = options;
  let waiting: Waiting<V>[] = [];
  let names = new Set<string>();
  let timer: { cancel(): void } | undefined;

  function flush(): void {
    timer?.cancel();
    timer = undefined;
    const [batch, asked] = [waiting, [...names]];
    waiting = [];
    names = new Set();
    void answer(batch, asked);
  }

  async function answer(batch: readonly Waiting<V>[], asked: readonly string[]): Promise<void> {
    try {
      const found = await read(asked);
      for (const { name, resolve } of batch) resolve(found.get(name));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (name) =>
    new Promise((resolve, reject) => {
      waiting.push({ name, resolve, reject });
      names.add(name);
      if (names.size >= most) flush();
      else timer ??= clock.after(waitMs, flush);
    });
}
