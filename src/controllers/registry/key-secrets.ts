import { type Clock, sleep } from '../../runtime/clock.ts';
import { createInformer } from '../../runtime/informer.ts';
import type { KubeClient } from '../../runtime/kube-client.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import type { Log } from '../../runtime/log.ts';
import { metadataOnly, pathOf, SECRETS } from '../../runtime/resource.ts';

/** The Secrets with the AWS keys of Registries, whose changes are followed without reading what they hold. */
export interface KeySecrets {
  /** Begins with those of these names that were not followed yet, and ends with all others. */
  follow(names: ReadonlySet<string>): void;
}

export interface KeySecretsOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  /** The operator's own. */
  readonly namespace: string;
  /** Ends all. */
  readonly signal: AbortSignal;
  /** A Secret was changed, made or deleted. */
  readonly onChange: (name: string) => void;
}

/** Rights may be given later. */
const ASK_AGAIN_MS = 600_000;

/**
 * Follows none yet. Where a Role of before does not allow to watch a Secret, that is told in the log, once for each
 * name, and its keys are still read again by their age.
 */
export function createKeySecrets(options: KeySecretsOptions): KeySecrets {
  const { log, signal } = options;
  const followed = new Map<string, AbortController>();
  const told = new Set<string>();
  const onRefused = (name: string): void => {
    if (told.has(name)) return;
    told.add(name);
    const hint =
      'the Role ecr-operator-credentials lacks list and watch; a changed Secret works within a minute';
    log.warn({ secret: name, hint }, 'the secret of a registry cannot be watched');
  };
  return {
    follow(names) {
      for (const [name, ending] of followed) {
        if (names.has(name)) continue;
        followed.delete(name);
        ending.abort();
      }
      for (const name of names) {
        if (followed.has(name) || signal.aborted) continue;
        const ending = new AbortController();
        followed.set(name, ending);
        void followOne(name, AbortSignal.any([signal, ending.signal]), options, onRefused);
      }
    },
  };
}

async function followOne(
  name: string,
  signal: AbortSignal,
  options: KeySecretsOptions,
  onRefused: (name: string) => void,
): Promise<void> {
  const { client, clock, log, namespace, onChange } = options;
  while (!signal.aborted) {
    if (await isAllowed(name, signal, options)) break;
    onRefused(name);
    await sleep(clock, ASK_AGAIN_MS, signal);
  }
  const informer = createInformer({
    client,
    clock,
    log,
    resource: SECRETS,
    namespace,
    fieldSelector: `metadata.name=${name}`,
    metadataOnly: true,
    project: ({ metadata }) => metadata.uid,
  });
  let isFilled = false;
  void informer.ready.then(() => {
    isFilled = true;
  });
  // What is there at the beginning is what the first keys were read from.
  informer.listen(() => {
    if (isFilled && !signal.aborted) onChange(name);
  });
  await informer.run(signal);
}

/** An informer would ask for ever, and tell of each refusal. */
async function isAllowed(
  name: string,
  signal: AbortSignal,
  { client, namespace }: KeySecretsOptions,
): Promise<boolean> {
  const path = pathOf(SECRETS, { namespace });
  const query = { fieldSelector: `metadata.name=${name}`, limit: 1 };
  const accept = metadataOnly('PartialObjectMetadataList');
  try {
    await client.request(path, { query, signal, accept });
    return true;
  } catch (error) {
    return !(error instanceof KubeError && error.status === 403);
  }
}
