import { KubeConfig } from '@kubernetes/client-node';
import { type Config, ConfigError, readConfig } from './config.ts';
import { createLogger } from './logger.ts';
import { createOperator } from './operator.ts';
import { systemClock } from './runtime/clock.ts';
import { messageOf } from './runtime/errors.ts';
import type { Log } from './runtime/log.ts';
import type { Manager } from './runtime/manager.ts';
import { helpText } from './settings.ts';

if (process.argv.includes('--help')) {
  process.stdout.write(helpText());
} else {
  await run(readConfigOrExit());
}

async function run(config: Config): Promise<void> {
  const log = createLogger(config.logLevel);
  const operator = await build(config, log).catch((error: unknown) => {
    log.error({ error: messageOf(error) }, 'the Kubernetes API cannot be used');
    process.exit(1);
  });
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // Whoever asks twice does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'signal received');
    process.exit((await operator.stop()) ? 0 : 1);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await operator.start().catch((error: unknown) => {
    log.error({ error: messageOf(error) }, 'the caches could not be filled');
    process.exit(1);
  });
}

async function build(config: Config, log: Log): Promise<Manager> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  return createOperator({ config, kubeConfig, clock: systemClock, log });
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) process.stderr.write(`ecr-operator: ${problem}\n`);
    process.exit(2);
  }
}
