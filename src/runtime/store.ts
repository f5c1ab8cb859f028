import type { Key } from './key.ts';

/** A read-only view of an informer's objects. Reading costs nothing and may be a moment old. */
export interface Lister<T> {
  get(key: Key): T | undefined;
  values(): IterableIterator<T>;
  keys(): IterableIterator<Key>;
  readonly size: number;
}

/** `now` is absent after a deletion, `before` on an addition. */
export type StoreListener<T> = (key: Key, now: T | undefined, before: T | undefined) => void;

interface Entry<T> {
  readonly value: T;
  readonly version: string;
}

/** Objects by key that tells its listeners of each change; a listener that throws harms nobody else. */
export class ObjectStore<T> implements Lister<T> {
  readonly #entries = new Map<Key, Entry<T>>();
  readonly #listeners: StoreListener<T>[] = [];
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): T | undefined {
    return this.#entries.get(key)?.value;
  }

  keys(): IterableIterator<Key> {
    return this.#entries.keys();
  }

  *values(): IterableIterator<T> {
    for (const { value } of this.#entries.values()) yield value;
  }

  /** What is there already is told at once, as additions, and to this one alone. */
  listen(listener: StoreListener<T>): void {
    this.#listeners.push(listener);
    for (const [key, { value }] of this.#entries) this.#tellOne(listener, key, value, undefined);
  }

  /** Keeps the object; silent where this version is there already. */
  set(key: Key, value: T, version: string): void {
    const before = this.#entries.get(key);
    if (before?.version === version) return;
    this.#entries.set(key, { value, version });
    this.#tell(key, value, before?.value);
  }

  remove(key: Key): void {
    const before = this.#entries.get(key);
    if (!before) return;
    this.#entries.delete(key);
    this.#tell(key, undefined, before.value);
  }

  /** Makes the store hold exactly these, telling only of differences. */
  replace(all: ReadonlyMap<Key, Entry<T>>): void {
    for (const key of [...this.#entries.keys()]) {
      if (!all.has(key)) this.remove(key);
    }
    for (const [key, { value, version }] of all) this.set(key, value, version);
  }

  #tell(key: Key, now: T | undefined, before: T | undefined): void {
    for (const listener of this.#listeners) this.#tellOne(listener, key, now, before);
  }

  #tellOne(listener: StoreListener<T>, key: Key, now: T | undefined, before: T | undefined): void {
    try {
      listener(key, now, before);
    } catch (error) {
      this.#onListenerError(error);
    }
  }
}
