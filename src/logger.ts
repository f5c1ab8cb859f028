import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

/** Where a secret could stand, should an object that holds one ever reach the log. */
const SECRET_PATHS = ['password', 'authorizationToken', 'secretAccessKey', 'sessionToken', 'data', 'headers'];

/** JSON lines on standard output (or `destination`); errors are reduced to name, message and stack. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]),
      censor: '[redacted]',
    },
    serializers: {
      err: errorFields,
      error: (error: unknown) => (error instanceof Error ? errorFields(error) : error),
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Causes are left out: they may hold requests and answers. */
function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}
