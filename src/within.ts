import { Gauge, type Registry } from 'prom-client';
import type { NamespacedCaches } from './caches.ts';
import type { Config } from './config.ts';
import { openRegistriesFile, type RegistriesFile } from './registries-file/registries-file.ts';
import type { Clock } from './runtime/clock.ts';
import type { EventRecorder } from './runtime/events.ts';
import type { HealthCheck } from './runtime/health.ts';
import type { Log } from './runtime/log.ts';
import { createReach } from './runtime/reach.ts';
import { PODS } from './runtime/resource.ts';

/** What an installation for some namespaces has in place of rights in the whole cluster. */
export interface Within extends NamespacedCaches {
  readonly registries: RegistriesFile;
}

export interface WithinOptions {
  readonly config: Pick<Config, 'watchNamespaces' | 'registriesFile'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Undefined for an installation in the whole cluster. Throws a ConfigError where the Registries' file is wrong. */
export async function openWithin({ config, clock, log }: WithinOptions): Promise<Within | undefined> {
  const { watchNamespaces: namespaces, registriesFile: path } = config;
  if (!namespaces || path === undefined) return undefined;
  return {
    namespaces,
    registries: await openRegistriesFile({ path, clock, log }),
    reach: createReach(log),
  };
}

/** What `/readyz?verbose` has beside: nothing of it keeps the operator from serving what it can. */
export function readinessNotes({ registries, reach }: Within): readonly HealthCheck[] {
  const wordsOf = (all: readonly string[]): string | undefined =>
    all.length > 0 ? all.join('; ') : undefined;
  const closed = (): readonly string[] =>
    reach.closures().map(({ namespace, what }) => `cannot read ${what} in ${namespace}`);
  return [
    { name: 'watched-namespaces', failure: () => undefined, note: () => wordsOf(closed()) },
    { name: 'registries-file', failure: () => undefined, note: () => wordsOf(registries.problems()) },
  ];
}

/** What is told in numbers. */
export interface WithinNumbers {
  readonly registries: Pick<RegistriesFile, 'problems'>;
  readonly reach: Pick<Within['reach'], 'closures'>;
}

/** The same as numbers, in such an installation alone. */
export function registerWithin({ registries, reach }: WithinNumbers, metrics: Registry): void {
  const registers = [metrics];
  new Gauge({
    name: 'ecr_operator_registries_file_refused',
    help: 'Whether the file of Registries is wrong, so that the one of before is in force: 1, or 0.',
    registers,
    collect() {
      this.set(registries.problems().length > 0 ? 1 : 0);
    },
  });
  new Gauge({
    name: 'ecr_operator_watched_namespaces_closed',
    help: 'Watched namespaces of which something cannot be read.',
    registers,
    collect() {
      this.set(new Set(reach.closures().map(({ namespace }) => namespace)).size);
    },
  });
}

/** A file that is found to be wrong later on is told of by an Event on the Pod of the operator, beside the log. */
export function tellOfRefusedFile(
  { registries }: Within,
  events: EventRecorder,
  { namespace, podName: name }: Pick<Config, 'namespace' | 'podName'>,
): void {
  const pod = { metadata: { name, namespace, uid: '', resourceVersion: '' } };
  registries.onRefused((problems) => {
    const message = `the file of Registries is wrong, and the one of before stays in force: ${problems.join('; ')}`;
    events.record(PODS, pod, { type: 'Warning', reason: 'RegistriesFileRefused', message });
  });
}
