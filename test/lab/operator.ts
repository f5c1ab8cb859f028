import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { STAND_IN_HOST } from './aws/http-listener.ts';
import type { FromOperator, ToOperator } from './operator-child.ts';
import { guardProcess } from './process-guard.ts';

export interface OperatorProcessOptions {
  /** A kubeconfig of the shipped ServiceAccount. */
  readonly kubeconfig: string;
  readonly logFile: string;
  /** AWS_* and ECR_OPERATOR_*; nothing of this process's own environment but what Node needs. */
  readonly env: Readonly<Record<string, string>>;
  /** How far its clock is ahead from the start (ms). */
  readonly clockOffsetMs?: number;
  readonly launch?: OperatorLaunch | undefined;
}

/** How the process is made, where that is what a benchmark is about. */
export interface OperatorLaunch {
  /** In place of operator-child.ts: a bundle of it. */
  readonly program: string;
  /** The folder of a control group that the process is in from its start. */
  readonly controlGroup: string;
}

/** $0 is the group's list of processes. */
const JOIN_GROUP = 'echo $$ > "$0" && exec "$@"';

/** Names a bundle of operator-child.ts that a run of all tests has made for itself. */
export const OPERATOR_PROGRAM = 'ECR_OPERATOR_LAB_OPERATOR';

/** One replica that nobody asks for its health, in the lab's AWS; a test that is about these sets them again. */
const ALONE = {
  ECR_OPERATOR_ENDPOINT_HOSTS: STAND_IN_HOST,
  ECR_OPERATOR_LEADER_ELECT: 'false',
  ECR_OPERATOR_METRICS_BIND_ADDRESS: '0',
  ECR_OPERATOR_HEALTH_PROBE_BIND_ADDRESS: '0',
};

/** The operator in a process of its own. */
export interface OperatorProcess {
  readonly pid: number;
  /** Resolves when its caches are filled and it works; rejects if it ends before. */
  readonly started: Promise<void>;
  /** With its exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
  advance(ms: number): Promise<void>;
  /** What it says of its memory: after a garbage collection, if its Node runs with --expose-gc. */
  memory(): Promise<NodeJS.MemoryUsage>;
  /** SIGKILL: no clean-up, as when a node dies. */
  kill(): Promise<void>;
  /** The orderly end; true when all work under way was finished. */
  stop(): Promise<boolean>;
  log(): Promise<string>;
}

/** Starts it; see {@link OperatorProcess.started}. */
export function startOperatorProcess(options: OperatorProcessOptions): OperatorProcess {
  const output = openSync(options.logFile, 'a', 0o600);
  const { launch } = options;
  const node = [process.execPath, '--no-warnings'];
  const child = fork(launch?.program ?? operatorProgram(), [], {
    env: {
      ...nodeEnvironment(),
      ...compiledBeforehand(),
      ...ALONE,
      ...options.env,
      KUBECONFIG: options.kubeconfig,
      LAB_CLOCK_OFFSET_MS: String(options.clockOffsetMs ?? 0),
    },
    ...(launch
      ? { execPath: '/bin/sh', execArgv: ['-c', JOIN_GROUP, `${launch.controlGroup}/cgroup.procs`, ...node] }
      : { execArgv: node.slice(1) }),
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
  });
  closeSync(output);
  const release = guardProcess(child.pid as number);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  void exited.then(release);
  const answers = new Set<(message: FromOperator) => void>();
  child.on('message', (message: FromOperator) => {
    for (const answer of answers) answer(message);
  });

  function answer<T extends FromOperator['type']>(
    type: T,
    matches: (message: FromOperator) => boolean = () => true,
  ): Promise<Extract<FromOperator, { type: T }>> {
    return new Promise((resolve, reject) => {
      const listener = (message: FromOperator): void => {
        if (message.type !== type || !matches(message)) return;
        answers.delete(listener);
        resolve(message as Extract<FromOperator, { type: T }>);
      };
      answers.add(listener);
      void exited.then(async () => {
        if (answers.delete(listener))
          reject(new Error(`the operator ended: ${(await readFile(options.logFile, 'utf8')).slice(-3_000)}`));
      });
    });
  }

  const say = (message: ToOperator): void => void child.send(message);
  const started = answer('started').then(() => undefined);
  // Whoever killed it on purpose does not await this.
  started.catch(() => undefined);
  let id = 0;
  return {
    pid: child.pid as number,
    started,
    exited,
    async advance(ms) {
      id += 1;
      const mine = id;
      const done = answer('advanced', (message) => message.type === 'advanced' && message.id === mine);
      say({ type: 'advance', id: mine, ms });
      await done;
    },
    async memory() {
      const told = answer('memory');
      say({ type: 'memory' });
      return (await told).usage;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return true;
      const done = answer('stopped');
      say({ type: 'stop' });
      const { clean } = await done;
      await exited;
      return clean;
    },
    log: () => readFile(options.logFile, 'utf8'),
  };
}

/** Bundled, it starts in less than half the time. */
function operatorProgram(): string {
  return process.env[OPERATOR_PROGRAM] ?? join(import.meta.dirname, 'operator-child.ts');
}

/** What one has compiled the next ones need not: a fifth of the time that a bundle takes to start. */
function compiledBeforehand(): Record<string, string> {
  const program = process.env[OPERATOR_PROGRAM];
  return program ? { NODE_COMPILE_CACHE: join(dirname(program), 'compiled') } : {};
}

function nodeEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
