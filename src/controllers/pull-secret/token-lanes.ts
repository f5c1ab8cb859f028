import type { Next } from '../../runtime/controller.ts';

/**
 * A few tokens of one Registry at a time: if AWS is slow to answer for one, the workers are left to the others. Whoever
 * finds no room holds no worker.
 */
export interface TokenLanes {
  /** Does the task now, or asks to be called again: by `onTurn` as soon as there is room. */
  run(lane: string, id: string, task: () => Promise<Next>): Promise<Next>;
}

/** So many tokens of one Registry are asked for at the same time. */
export const TOKENS_AT_ONCE = 4;

/** Those that wait look by themselves after this time, should whoever was called before them be gone. */
const LOOK_AGAIN_MS = 5_000;

interface Lane {
  running: number;
  readonly waiting: Set<string>;
}

/** Empty {@link TokenLanes}. */
export function createTokenLanes(onTurn: (id: string) => void): TokenLanes {
  const lanes = new Map<string, Lane>();

  function leave(name: string, lane: Lane): void {
    lane.running -= 1;
    for (const id of [...lane.waiting].slice(0, TOKENS_AT_ONCE - lane.running)) {
      lane.waiting.delete(id);
      onTurn(id);
    }
    if (lane.running === 0 && lane.waiting.size === 0) lanes.delete(name);
  }

  return {
    async run(name, id, task) {
      const lane = lanes.get(name) ?? { running: 0, waiting: new Set() };
      lanes.set(name, lane);
      if (lane.running >= TOKENS_AT_ONCE) {
        lane.waiting.add(id);
        return { requeueAfterMs: LOOK_AGAIN_MS };
      }
      lane.waiting.delete(id);
      lane.running += 1;
      try {
        return await task();
      } finally {
        leave(name, lane);
      }
    },
  };
}
