import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AwsSimulator, startAwsSimulator } from './aws/aws-simulator.ts';
import type { AccessKey } from './aws/identity.ts';
import { offsetClock, type SteppedClock } from './aws/simulator-clock.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';
import { applyFolder, installOperator } from './install.ts';
import type { KubeObject, LabKubeClient } from './kube-client.ts';
import { kubectlOk } from './kubectl.ts';
import { findLeaks } from './leaks.ts';
import { type OperatorLaunch, type OperatorProcess, startOperatorProcess } from './operator.ts';
import { takeControlPlane } from './pool/pooled-control-plane.ts';
import { readShown } from './shown.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
export const OPERATOR_NAMESPACE = 'ecr-operator';
const WITHOUT_POLICY = join(import.meta.dirname, '../../deploy/kustomize/base');
const OPERATOR_ARN = `arn:aws:iam::${ACCOUNT}:user/ecr-operator`;

export interface LabOptions {
  /** Of a real registry, behind the simulator's front. */
  readonly upstream?: string;
  readonly audit?: boolean;
  /** What is installed, a folder for `kubectl apply -k`; `deploy/kustomize` unless told. */
  readonly kustomization?: string;
  /** Installs in another way than that, with the kubeconfig of an administrator. */
  readonly installWith?: (kubeconfig: string) => Promise<unknown>;
  /** False leaves out the policy that holds the operator's account to what it writes. */
  readonly ownAccount?: boolean;
  /** Of ECR's tokens, in milliseconds; 12 hours unless told. */
  readonly tokenLifetimeMs?: number;
  /** Further users and flags; see `NODE_CONTROL_PLANE`. */
  readonly controlPlane?: ControlPlaneOptions;
}

export interface OperatorSettings {
  /** Another address of the API server: a proxy's. */
  readonly server?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly launch?: OperatorLaunch;
}

/** A cluster with the operator installed as shipped, and AWS as the simulator plays it. */
export interface Lab {
  readonly controlPlane: ControlPlane;
  readonly admin: LabKubeClient;
  readonly aws: AwsSimulator<SteppedClock>;
  /** What operators find in their environment. */
  readonly operatorKey: AccessKey;
  /** Of a cluster administrator. */
  readonly kubeconfig: string;
  /** Starts the operator as the shipped ServiceAccount and waits until it works. */
  startOperator(settings?: OperatorSettings): Promise<OperatorProcess>;
  /** The same, without waiting. */
  spawnOperator(settings?: OperatorSettings): Promise<OperatorProcess>;
  /** Moves the time of AWS and of every running operator. */
  advance(ms: number): Promise<void>;
  /** Everything that operators wrote to their logs. */
  operatorLog(): Promise<string>;
  readonly operatorLogFile: string;
  /** The content of the pull Secret of a namespace, as kubelet reads it. */
  dockerConfig(namespace: string, name?: string): Promise<string>;
  kubectl(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts API server, simulator, and installs `deploy/kustomize`; no operator runs yet. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const aws = await startAwsSimulator({
    clock: offsetClock(),
    accountId: ACCOUNT,
    region: REGION,
    ...(options.upstream ? { upstream: options.upstream } : {}),
    ...(options.tokenLifetimeMs ? { tokenLifetimeMs: options.tokenLifetimeMs } : {}),
  });
  const controlPlane = await startInstalled(options).catch(async (error: unknown) => {
    await aws.stop();
    throw error;
  });
  try {
    return await labOn(controlPlane, aws);
  } catch (error) {
    await Promise.all([controlPlane.stop(), aws.stop()]);
    throw error;
  }
}

/** Takes one that stands ready where it may be as any other. */
async function startInstalled(options: LabOptions): Promise<ControlPlane> {
  const { audit = false, controlPlane: more, ownAccount = true, installWith } = options;
  const kustomization = ownAccount ? options.kustomization : WITHOUT_POLICY;
  const ready = audit || more || kustomization || installWith ? undefined : await takeControlPlane();
  if (ready) return ready;
  const controlPlane = await startControlPlane({ audit, ...more });
  try {
    const folder = (kubeconfig: string) => applyFolder(kubeconfig, kustomization);
    await installOperator(await controlPlane.kubeconfig(), installWith ?? folder);
    return controlPlane;
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

async function labOn(controlPlane: ControlPlane, aws: AwsSimulator<SteppedClock>): Promise<Lab> {
  const kubeconfig = await controlPlane.kubeconfig('admin');
  const run = (...args: string[]): Promise<string> => kubectlOk(kubeconfig, args);
  const operators = new Set<OperatorProcess>();
  const logFile = join(controlPlane.folder, 'operator.log');
  const key = aws.addUser({ arn: OPERATOR_ARN });
  let offset = 0;

  async function spawnOperator({ server, env, launch }: OperatorSettings = {}): Promise<OperatorProcess> {
    const target = server ? { server } : {};
    const path = await controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, 'ecr-operator', target);
    const operator = startOperatorProcess({
      kubeconfig: path,
      logFile,
      clockOffsetMs: offset,
      launch,
      env: {
        AWS_ACCESS_KEY_ID: key.accessKeyId,
        AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_EC2_METADATA_DISABLED: 'true',
        ECR_OPERATOR_LOG_LEVEL: 'debug',
        ...env,
      },
    });
    operators.add(operator);
    void operator.exited.then(() => operators.delete(operator));
    return operator;
  }

  /** What people get to see: logs, and every object but the Secrets themselves. */
  async function refuseLeaks(): Promise<void> {
    const seen = await readShown(controlPlane.folder, controlPlane.admin);
    const leaked = findLeaks(seen, aws.issuedTokens());
    if (leaked.length > 0)
      throw new Error(`${leaked.length} issued tokens stand in logs, statuses or Events`);
  }

  return {
    controlPlane,
    admin: controlPlane.admin,
    aws,
    kubeconfig,
    operatorKey: key,
    spawnOperator,
    async startOperator(settings) {
      const operator = await spawnOperator(settings);
      await operator.started;
      return operator;
    },
    async advance(ms) {
      offset += ms;
      aws.clock.advance(ms);
      await Promise.all([...operators].map((operator) => operator.advance(ms)));
    },
    operatorLog: () => readFile(logFile, 'utf8'),
    operatorLogFile: logFile,
    async dockerConfig(namespace, name = 'ecr-pull') {
      const ref = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name } };
      const secret = await controlPlane.admin.get<
        KubeObject & { readonly data: Readonly<Record<string, string>> }
      >(ref);
      return Buffer.from(secret?.data['.dockerconfigjson'] ?? '', 'base64').toString();
    },
    kubectl: run,
    async stop() {
      try {
        await refuseLeaks();
      } finally {
        await Promise.all([...operators].map((operator) => operator.kill()));
        await controlPlane.stop();
        await aws.stop();
      }
    },
  };
}
