import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import { ACCOUNT, type Lab, REGION, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { freePort } from '../../lab/ports.ts';
import { createScrapeRecord, type ScrapeRecord } from '../../lab/scrape-record.ts';
import { waitFor } from '../../lab/wait-for.ts';

/** A lab whose operators are scraped once in each minute of its time. */
export interface IncidentLab extends Lab {
  readonly proxy: ApiProxy;
  readonly ecr: RegistryHandle;
  readonly record: ScrapeRecord;
  /** Starts a replica that is scraped as this instance. Resolves when it works, or stands by. */
  replica(instance: string, env?: Readonly<Record<string, string>>): Promise<OperatorProcess>;
  stopReplica(instance: string): Promise<void>;
  /** Gives it no CPU for so long (ms, real time). */
  starve(instance: string, ms: number): Promise<void>;
  /** What its `/metrics` says now. */
  metricsOf(instance: string): Promise<string>;
  /** Lets time pass, with a scrape after each minute. */
  minutes(count: number): Promise<void>;
  /** Lets minutes pass until a scrape of the instance has such a line. */
  until(instance: string, line: RegExp): Promise<void>;
}

export const MINUTE_MS = 60_000;
/** Instead of twelve hours, so that a token grows old within an hour. */
const TOKEN_LIFE_MS = 3_600_000;
/** Real time for what a minute sets off: it need not all be done, the next minutes see the rest. */
const BREATH_MS = 60;
/** More of it while watches are missing: one that never had the time to open tells of nothing. */
const WATCHES_MS = 250;
/** After so many minutes what is waited for does not come any more. */
const MOST_MINUTES = 60;

const LABELS = { job: 'ecr-operator', namespace: 'ecr-operator' };

/** Starts it; no operator runs yet. */
export async function startIncidentLab(): Promise<IncidentLab> {
  const lab = await startLab({ tokenLifetimeMs: TOKEN_LIFE_MS });
  const proxy = await startApiProxy(lab.controlPlane).catch(async (error: unknown) => {
    await lab.stop();
    throw error;
  });
  const targets = new Map<string, string>();
  const replicas = new Map<string, OperatorProcess>();
  const record = createScrapeRecord({ targets: () => targets, labels: LABELS });
  let watches = 0;

  async function breathe(): Promise<void> {
    const end = performance.now() + WATCHES_MS;
    // What the API server tells in each of its own minutes, or the operator takes all watches for dead every other one.
    await proxy.bookmarkWatches();
    await sleep(BREATH_MS);
    while (proxy.openWatches() < watches && performance.now() < end) await sleep(10);
    watches = Math.max(watches, proxy.openWatches());
  }

  async function minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) {
      await lab.advance(MINUTE_MS);
      await breathe();
      await record.scrape(lab.aws.clock.now().getTime());
    }
  }

  return {
    ...lab,
    proxy,
    record,
    ecr: lab.aws.as(ACCOUNT, REGION),
    async replica(instance, env = {}) {
      const port = await freePort();
      const operator = await lab.spawnOperator({
        server: proxy.url,
        env: { ...env, ECR_OPERATOR_METRICS_BIND_ADDRESS: `127.0.0.1:${port}` },
      });
      replicas.set(instance, operator);
      targets.set(instance, `http://127.0.0.1:${port}/metrics`);
      void operator.exited.then(() => {
        targets.delete(instance);
        // Those who are left have fewer.
        watches = 0;
      });
      // It takes itself for broken where its caches are empty after a minute: until they are filled, none may pass.
      const before = (await operator.log()).length;
      const isFilled = async (): Promise<boolean> =>
        /"msg":"(standing by|started)"/.test((await operator.log()).slice(before));
      await waitFor(isFilled, { what: `${instance} to have filled its caches`, timeoutMs: 60_000 });
      return operator;
    },
    async stopReplica(instance) {
      await replicas.get(instance)?.stop();
    },
    async starve(instance, ms) {
      const pid = replicas.get(instance)?.pid;
      if (pid === undefined) throw new Error(`there is no replica ${instance}`);
      process.kill(pid, 'SIGSTOP');
      try {
        await sleep(ms);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    },
    async metricsOf(instance) {
      return (await fetch(targets.get(instance) ?? '')).text();
    },
    minutes,
    async until(instance, line) {
      for (let minute = 0; minute < MOST_MINUTES; minute += 1) {
        await minutes(1);
        if (line.test(record.last(instance))) return;
      }
      throw new Error(`${instance} never told ${line}`);
    },
    async stop() {
      proxy.heal();
      try {
        await lab.stop();
      } finally {
        await proxy.stop();
      }
    },
  };
}
