import { type ActionRecord, createActionLog } from './action-record.ts';
import { awsEndpoint } from './aws-endpoint.ts';
import { createFaultTable, type Faults } from './faults.ts';
import { listen } from './http-listener.ts';
import {
  type AccessKey,
  createIdentity,
  type RoleSettings,
  type SessionCredentials,
  type UserSettings,
} from './identity.ts';
import { createOperatorRecord, type OperatorRecord } from './operator-record.ts';
import { replacePrincipal } from './policy-format.ts';
import { createPublicRegistry } from './public-registry.ts';
import { type Front, startRegistryFront } from './registry-front.ts';
import { publicRegistryHandle, type RegistryHandle, registryHandle } from './registry-handle.ts';
import { createRegistry, type Registry } from './registry-state.ts';
import {
  createRegistryTokens,
  type RegistryTokens,
  TOKEN_LIFETIME_MILLISECONDS,
  type TokenRules,
} from './registry-tokens.ts';
import { createSecretLedger, type SecretLedger } from './secret-ledger.ts';
import { type SimulatorClock, type SteppedClock, steppedClock } from './simulator-clock.ts';
import type { World } from './world.ts';

export interface SimulatorOptions<C extends SimulatorClock = SteppedClock> {
  /** A stepped clock that stands at 2026-01-01 unless told. */
  readonly clock?: C;
  /** Ports; free ones unless told. */
  readonly port?: number;
  readonly registryPort?: number;
  /** A real registry behind the front: `http://127.0.0.1:5000`. Without one, blobs and manifests cannot be moved. */
  readonly upstream?: string;
  /** Where the front looks for repositories when neither Host nor `ns` names an ECR registry. */
  readonly accountId?: string;
  readonly region?: string;
  /** Whether registry tokens end with the session that asked for them; not established for real ECR. */
  readonly tokensEndWithSession?: boolean;
  /**
   * Whether registry tokens end with the user or role that asked for them; not established either. True unless told.
   */
  readonly tokensEndWithPrincipal?: boolean;
  /** Twelve hours unless told, as in ECR. */
  readonly tokenLifetimeMs?: number;
  /** Where every secret is appended; `ECR_OPERATOR_LAB_TOKENS` unless told. */
  readonly secretsFile?: string;
  /** Where what the operator asks for is noted; `ECR_OPERATOR_LAB_ACTIONS` unless told. */
  readonly operatorFolder?: string;
}

/** A running simulator of ECR, ECR Public and STS. */
export interface AwsSimulator<C extends SimulatorClock = SteppedClock> {
  /** For `AWS_ENDPOINT_URL`: ECR, ECR Public and STS of all accounts and regions, told apart by the signature. */
  readonly endpoint: string;
  readonly ecrUrl: string;
  readonly stsUrl: string;
  /** The registry front. */
  readonly registryUrl: string;
  readonly front: Front;
  readonly clock: C;
  /** How long every answer of ECR, ECR Public and STS takes, in real milliseconds; 0 unless told. */
  latencyMs: number;
  readonly faults: Faults;
  readonly actions: ActionRecord;
  readonly tokens: RegistryTokens;
  addUser(user: UserSettings): AccessKey;
  /**
   * An account all of whose users and roles are those that were added: policies that name others are refused with
   * "Principal not found". In all other accounts any user and role is taken for one that exists, until it is deleted.
   */
  addAccount(accountId: string): void;
  /** Adds a role, or puts another one of that name in its place; sessions under way are judged by the new policies. */
  addRole(role: RoleSettings): void;
  /** Changes some of a role's settings, such as whom it trusts; throws where there is no such role. */
  changeRole(arn: string, changes: Partial<Omit<RoleSettings, 'arn'>>): void;
  /** Temporary credentials without an AssumeRole call: a node's or a Pod's own role. */
  issueSession(roleArn: string, settings?: SessionSettings): SessionCredentials;
  /** Deletes a user or role with its keys and sessions; stored policies name its unique id from now on, as in AWS. */
  deletePrincipal(arn: string): string;
  /** A registry as somebody else sees and changes it: no signature, no faults, no record. */
  as(accountId: string, region: string): RegistryHandle;
  /** The same at ECR Public. */
  asPublic(accountId: string): RegistryHandle;
  /** Every password, token and secret key given out so far, for searches in output. */
  issuedTokens(): readonly string[];
  stop(): Promise<void>;
}

export interface SessionSettings {
  readonly sessionName?: string;
  readonly seconds?: number;
  readonly policy?: string;
}

/** Starts endpoint and registry front on loopback. */
export async function startAwsSimulator<C extends SimulatorClock = SteppedClock>(
  options: SimulatorOptions<C> = {},
): Promise<AwsSimulator<C>> {
  const clock = options.clock ?? (steppedClock() as unknown as C);
  const secrets = createSecretLedger(options.secretsFile ?? process.env['ECR_OPERATOR_LAB_TOKENS']);
  const operatorRecord = createOperatorRecord(
    options.operatorFolder ?? process.env['ECR_OPERATOR_LAB_ACTIONS'],
  );
  const world = createWorld(clock, secrets, operatorRecord, {
    endWithSession: options.tokensEndWithSession ?? false,
    endWithPrincipal: options.tokensEndWithPrincipal ?? true,
    lifetime: options.tokenLifetimeMs ?? TOKEN_LIFETIME_MILLISECONDS,
  });
  const endpoint = await listen(awsEndpoint(world), options.port);
  const front = await startRegistryFront(world, {
    accountId: options.accountId ?? '123456789012',
    region: options.region ?? 'us-east-1',
    upstream: options.upstream,
    port: options.registryPort,
  });
  return {
    endpoint: endpoint.url,
    ecrUrl: endpoint.url,
    stsUrl: endpoint.url,
    registryUrl: front.url,
    front,
    clock,
    get latencyMs() {
      return world.pace.latencyMs;
    },
    set latencyMs(milliseconds) {
      world.pace.latencyMs = milliseconds;
    },
    faults: world.faults,
    actions: world.log,
    tokens: world.tokens,
    ...people(world),
    as: (accountId, region) => registryHandle(world, accountId, region),
    asPublic: (accountId) => publicRegistryHandle(world, accountId),
    issuedTokens: () => secrets.all(),
    async stop() {
      await Promise.all([endpoint.stop(), front.stop()]);
    },
  };
}

type People = Pick<
  AwsSimulator,
  'addAccount' | 'addUser' | 'addRole' | 'changeRole' | 'issueSession' | 'deletePrincipal'
>;

function people(world: World): People {
  return {
    addAccount: (accountId) => world.identity.addAccount(accountId),
    addUser: (user) => world.identity.addUser(user),
    addRole: (role) => world.identity.addRole(role),
    changeRole(arn, changes) {
      const role = world.identity.role(arn);
      if (role === undefined) throw new Error(`no role ${arn}`);
      world.identity.addRole({ ...role, ...changes });
    },
    issueSession(roleArn, { sessionName = 'session', seconds = 3600, policy } = {}) {
      return world.identity.issueSession({ roleArn, sessionName, seconds, policy });
    },
    deletePrincipal(arn) {
      const uniqueId = world.identity.deletePrincipal(arn);
      for (const registry of world.registries()) {
        for (const repository of registry.repositories.values()) {
          if (repository.policyText === undefined) continue;
          repository.policyText = replacePrincipal(repository.policyText, arn, uniqueId);
        }
        const { wide } = registry;
        if (wide.policyText !== undefined) {
          wide.policyText = replacePrincipal(wide.policyText, arn, uniqueId);
        }
      }
      return uniqueId;
    },
  };
}

function createWorld(
  clock: SimulatorClock,
  secrets: SecretLedger,
  operatorRecord: OperatorRecord,
  rules: TokenRules,
): World {
  const registries = new Map<string, Registry>();
  const publicRegistries = new Map<string, Registry>();
  return {
    clock,
    identity: createIdentity(clock, secrets),
    tokens: createRegistryTokens(clock, secrets, rules),
    faults: createFaultTable(),
    log: createActionLog(),
    operatorRecord,
    pace: { latencyMs: 0 },
    registry(accountId, region) {
      const key = `${accountId}/${region}`;
      const present = registries.get(key) ?? createRegistry(accountId, region, clock);
      registries.set(key, present);
      return present;
    },
    publicRegistry(accountId) {
      const present = publicRegistries.get(accountId) ?? createPublicRegistry(accountId, clock);
      publicRegistries.set(accountId, present);
      return present;
    },
    registries: () => [...registries.values(), ...publicRegistries.values()],
  };
}
