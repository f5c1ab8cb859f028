import { readFile } from 'node:fs/promises';
import { REGISTRIES } from '../api/names.ts';
import type { Registry, RegistryStatus } from '../api/registry.generated.ts';
import { ConfigError } from '../config.ts';
import { type Clock, sleep } from '../runtime/clock.ts';
import { messageOf } from '../runtime/errors.ts';
import type { Informer } from '../runtime/informer.ts';
import type { Log } from '../runtime/log.ts';
import { ObjectStore } from '../runtime/store.ts';
import { type ParsedRegistries, parseRegistries } from './parse-registries.ts';

export interface RegistriesFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The Registries of a file, as an informer has those of a cluster. */
export interface RegistriesFile extends Informer<Registry> {
  /** What is wrong with the file as it is now, a sentence each; the last one that was right is in force meanwhile. */
  problems(): readonly string[];
  /** Called when the file is found to be wrong, or wrong in another way. */
  onRefused(listener: (problems: readonly string[]) => void): void;
  /** Keeps how it stands with a Registry, which no API server does for it, for as long as it is in the file. */
  setStatus(name: string, status: RegistryStatus): void;
}

/** kubelet brings a changed ConfigMap within a minute or so; to look at the file costs next to nothing. */
const LOOK_EVERY_MS = 10_000;

/**
 * Reads the file, and again every ten seconds while it runs: by its path, so that links may be swapped, as kubelet does.
 * Throws a ConfigError with all that is wrong with it at first; later on, the log has that.
 */
export async function openRegistriesFile({
  path,
  clock,
  log,
}: RegistriesFileOptions): Promise<RegistriesFile> {
  const store = new ObjectStore<Registry>((error) => log.error({ err: error }, 'listener failed'));
  const listeners: ((problems: readonly string[]) => void)[] = [];
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  let text: string | undefined;
  let current: readonly Registry[] = [];
  let refused: readonly string[] = [];
  const statuses = new Map<string, RegistryStatus>();

  async function look(): Promise<readonly string[]> {
    let found: string;
    try {
      found = await readFile(path, 'utf8');
    } catch (error) {
      text = undefined;
      return [`it cannot be read: ${messageOf(error)}`];
    }
    if (found === text) return refused;
    const parsed = parse(found, current);
    text = found;
    if ('problems' in parsed) return parsed.problems;
    current = parsed.registries;
    log.info({ file: path, registries: current.map(({ metadata }) => metadata.name) }, 'registries read');
    return [];
  }

  function publish(): void {
    const versioned = current.map((registry) => {
      const { name, resourceVersion } = registry.metadata;
      const status = statuses.get(name);
      const version = `${resourceVersion} ${JSON.stringify(status)}`;
      return [name, { value: status ? { ...registry, status } : registry, version }] as const;
    });
    store.replace(new Map(versioned));
    for (const name of statuses.keys()) if (!store.get(name)) statuses.delete(name);
  }

  function tell(problems: readonly string[]): void {
    const isNews = problems.join('\n') !== refused.join('\n');
    refused = problems;
    if (problems.length === 0 || !isNews) return;
    log.error({ file: path, problems }, 'registries file is wrong, the one of before stays in force');
    for (const listener of listeners) listener(problems);
  }

  const problems = await look();
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${path}: ${problem}`));
  return {
    lister: store,
    resource: REGISTRIES,
    ready,
    listen: (listener) => store.listen(listener),
    problems: () => refused,
    onRefused: (listener) => void listeners.push(listener),
    setStatus(name, status) {
      statuses.set(name, status);
      publish();
    },
    async run(signal) {
      publish();
      becomeReady();
      while (!signal.aborted) {
        await sleep(clock, LOOK_EVERY_MS, signal);
        if (signal.aborted) return;
        tell(await look());
        publish();
      }
    },
  };
}

/** The parser of YAML throws where aliases stand for more than anybody would write. */
function parse(text: string, before: readonly Registry[]): ParsedRegistries {
  try {
    return parseRegistries(text, before);
  } catch (error) {
    return { problems: [messageOf(error)] };
  }
}
