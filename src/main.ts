import { KubeConfig } from '@kubernetes/client-node';
import { OPERATOR_VERSION } from './api/names.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { createLogger } from './logger.ts';
import { createOperator } from './operator.ts';
import { systemClock } from './runtime/clock.ts';
import { messageOf } from './runtime/errors.ts';
import type { Log } from './runtime/log.ts';
import type { Manager } from './runtime/manager.ts';
import { helpText } from './settings.ts';
import { startTracing, type Tracing } from './tracing.ts';

if (process.argv.includes('--help')) {
  process.stdout.write(helpText());
} else {
  await run(readConfigOrExit());
}

async function run(config: Config): Promise<void> {
  const log = createLogger(config.logLevel);
  let operator: Manager | undefined;
  let tracing: Tracing | undefined;
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // Whoever asks twice does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'signal received');
    const isClean = (await operator?.stop()) ?? true;
    await tracing?.close();
    process.exit(isClean ? 0 : 1);
  };
  // Before anything is asked: the first process of a container has no other end by a signal.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Rejections too: Node would print all that an error holds, and not as a line of the log.
  process.on('uncaughtException', (err) => {
    log.error({ err }, 'crashed');
    process.exit(1);
  });
  tracing = await traces(config, log);
  operator = await build(config, log).catch((error: unknown) => {
    if (error instanceof ConfigError) exitWith(error);
    log.error({ error: messageOf(error) }, 'the Kubernetes API cannot be used');
    process.exit(1);
  });
  // A signal that came meanwhile ends the process as soon as the last traces are sent.
  if (stopping) return;
  await operator.start().catch((error: unknown) => {
    log.error({ error: messageOf(error) }, 'the operator could not start');
    process.exit(1);
  });
}

async function build(config: Config, log: Log): Promise<Manager> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  // Nobody knows what is under way, and the other replica has begun or is about to.
  const onLost = (): never => process.exit(1);
  return createOperator({ config, kubeConfig, clock: systemClock, log, onLost });
}

async function traces({ otlpEndpoint, podName }: Config, log: Log): Promise<Tracing | undefined> {
  if (otlpEndpoint === undefined) return undefined;
  return startTracing({ endpoint: otlpEndpoint, version: OPERATOR_VERSION, instance: podName, log });
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    exitWith(error);
  }
}

function exitWith({ problems }: ConfigError): never {
  for (const problem of problems) process.stderr.write(`ecr-operator: ${problem}\n`);
  process.exit(2);
}
