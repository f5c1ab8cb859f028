import { ECRClient } from '@aws-sdk/client-ecr';
import { ECRPUBLICClient } from '@aws-sdk/client-ecr-public';
import { STSClient } from '@aws-sdk/client-sts';
import { type AwsSimulator, type SimulatorOptions, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import type { SteppedClock } from '../../lab/aws/simulator-clock.ts';

export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';
export const REGION = 'us-east-1';
export const OPERATOR = `arn:aws:iam::${ACCOUNT}:user/operator`;

export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** A simulator with the SDK's own clients, signed in as a user whose policies the test does not care for. */
export interface Simulated extends AsyncDisposable {
  readonly aws: AwsSimulator<SteppedClock>;
  readonly ecr: ECRClient;
  readonly ecrPublic: ECRPUBLICClient;
  readonly sts: STSClient;
  /** One attempt a call, so that every fault shows. */
  readonly settings: ClientSettings;
}

/** Starts a simulator; `await using` ends it with the test. */
export async function simulate(options: SimulatorOptions<SteppedClock> = {}): Promise<Simulated> {
  const aws = await startAwsSimulator(options);
  const settings = {
    endpoint: aws.endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: aws.addUser({ arn: OPERATOR }),
  };
  const ecr = new ECRClient(settings);
  const ecrPublic = new ECRPUBLICClient(settings);
  const sts = new STSClient(settings);
  return {
    aws,
    ecr,
    ecrPublic,
    sts,
    settings,
    async [Symbol.asyncDispose]() {
      ecr.destroy();
      ecrPublic.destroy();
      sts.destroy();
      await aws.stop();
    },
  };
}

/** The name and message of the error that a call fails with; throws when it does not fail. */
export async function failureOf(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message };
    throw error;
  }
  throw new Error('the call did not fail');
}
