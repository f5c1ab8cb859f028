import { flushCompileCache } from 'node:module';
import { KubeConfig } from '@kubernetes/client-node';
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { createOperator } from '../../src/operator.ts';
import { createLabClock } from './lab-clock.ts';

/** What the lab says to the operator that it runs. */
export type ToOperator =
  | { readonly type: 'advance'; readonly id: number; readonly ms: number }
  | { readonly type: 'memory' }
  | { readonly type: 'stop' };

/** And what that answers. */
export type FromOperator =
  | { readonly type: 'started' }
  | { readonly type: 'advanced'; readonly id: number }
  | { readonly type: 'memory'; readonly usage: NodeJS.MemoryUsage }
  | { readonly type: 'stopped'; readonly clean: boolean };

// As src/main.ts, on a clock that the lab moves.
const clock = createLabClock();
const config = readConfig(process.argv.slice(2), process.env);
const log = createLogger(config.logLevel);
const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
clock.advance(Number(process.env['LAB_CLOCK_OFFSET_MS'] ?? 0));
const shortest = process.env['LAB_SHORTEST_ROTATION_MS'];
const operator = await createOperator({
  config,
  kubeConfig,
  clock,
  log,
  onLost: () => process.exit(1),
  ...(shortest ? { shortestRotationMs: Number(shortest) } : {}),
});

function say(message: FromOperator): void {
  process.send?.(message);
}

process.on('message', async (message: ToOperator) => {
  if (message.type === 'advance') {
    clock.advance(message.ms);
    say({ type: 'advanced', id: message.id });
  } else if (message.type === 'memory') {
    // With --expose-gc only. The last resort gives back to the system what V8 would keep for later.
    await globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
    say({ type: 'memory', usage: process.memoryUsage() });
  } else {
    say({ type: 'stopped', clean: await operator.stop() });
    process.exit(0);
  }
});
await operator.start();
say({ type: 'started' });
// Node keeps what it compiled at an orderly end, which is rare here.
flushCompileCache();
