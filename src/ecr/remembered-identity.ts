import type { CredentialProvider, Keys } from './credentials.ts';
import type { Identity, StsApi } from './ecr-api.ts';

/** Who AWS takes some keys for. */
export interface RememberedIdentity {
  /** Asked once for each set of keys, and then every hour. */
  get(): Promise<Identity>;
  /** The keys of now, and whose they are: whoever calls with these keys calls as that identity. */
  known(): Promise<KnownKeys>;
  /** The next `get` asks AWS, unless it was asked just now. */
  forget(): void;
}

export interface KnownKeys {
  readonly keys: Keys;
  readonly identity: Identity;
}

/** Keys can be withdrawn without anything changing here. */
const VERIFY_EVERY_MS = 3_300_000;

/** As with keys (see remembered-keys.ts): a thousand objects that wait for AWS do not ask it a thousand times. */
const FAILURE_MS = 3_000;

interface Known {
  readonly keys: Keys;
  readonly at: number;
  isAnswered: boolean;
  until: number;
  /** Undefined where the keys changed while AWS was asked: nobody knows which of them the answer is about. */
  readonly identity: Promise<Identity | undefined>;
}

/** Keys change under us, too (a rotated Secret, the next session of a role): each is asked about. */
export function rememberIdentity(
  sts: Pick<StsApi, 'getCallerIdentity'>,
  keys: CredentialProvider,
  now: () => number,
): RememberedIdentity {
  let known: Known | undefined;
  async function whoHas(asked: Keys): Promise<Identity | undefined> {
    const identity = await sts.getCallerIdentity();
    return areSame(await keys(), asked) ? identity : undefined;
  }
  function ask(asked: Keys): Known {
    const identity = whoHas(asked);
    const entry: Known = {
      keys: asked,
      at: now(),
      isAnswered: false,
      until: Number.POSITIVE_INFINITY,
      identity,
    };
    identity.then(
      (found) => {
        entry.isAnswered = true;
        if (!found) entry.until = 0;
      },
      () => {
        entry.until = now() + FAILURE_MS;
      },
    );
    return entry;
  }
  async function knownFor(atMostMs: number): Promise<KnownKeys> {
    const current = await keys();
    const isKnown =
      known && areSame(known.keys, current) && now() < Math.min(known.until, known.at + atMostMs);
    if (!known || !isKnown) known = ask(current);
    const identity = await known.identity;
    return identity ? { keys: current, identity } : knownFor(atMostMs);
  }
  return {
    get: async () => (await knownFor(VERIFY_EVERY_MS)).identity,
    known: () => knownFor(Number.POSITIVE_INFINITY),
    forget() {
      if (known?.isAnswered) known = undefined;
    },
  };
}

function areSame(one: Keys, other: Keys): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.secretAccessKey === other.secretAccessKey &&
    one.sessionToken === other.sessionToken
  );
}
