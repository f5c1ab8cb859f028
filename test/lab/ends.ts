/** What was begun, and has to be ended again. */
export interface Ends {
  add(end: () => Promise<unknown>): void;
  /** The last first; all of them, even if one fails. */
  stop(): Promise<void>;
}

/** Nothing yet. */
export function createEnds(): Ends {
  const ends: (() => Promise<unknown>)[] = [];
  return {
    add: (end) => void ends.push(end),
    async stop() {
      const problems: unknown[] = [];
      for (const end of ends.splice(0).reverse()) await end().catch((error: unknown) => problems.push(error));
      if (problems.length > 0) throw problems[0];
    },
  };
}
