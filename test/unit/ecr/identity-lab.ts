import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { type Connections, createConnections } from '../../../src/ecr/connection.ts';
import { type AwsSimulator, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import type { AccessKey } from '../../lab/aws/identity.ts';
import { offsetClock, type SteppedClock } from '../../lab/aws/simulator-clock.ts';
import { ACCOUNT, STAND_INS, specAt } from './stand-in.ts';

/** Whose keys are in the Secret. */
export const USER = `arn:aws:iam::${ACCOUNT}:user/operator`;

/** The ARN of a role of the account. */
export const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** AWS, and connections to it that have their keys out of one Secret. */
export interface IdentityLab {
  readonly aws: AwsSimulator<SteppedClock>;
  /** New ones after each `renew`. */
  readonly connections: Connections;
  /** What is in the Secret. */
  keys: AccessKey;
  /** How often the Secret was read. */
  reads: number;
  /** Other keys and other connections, and nothing asked so far. */
  renew(): void;
  spec(credentials?: RegistrySpec['credentials'], more?: Partial<RegistrySpec>): RegistrySpec;
  /** A call of ECR. */
  look(registry: RegistrySpec): Promise<unknown>;
  /** What STS was asked, as `AssumeRole NAME`, in order. */
  stsCalls(): readonly string[];
  stop(): Promise<void>;
}

/** An {@link IdentityLab} that is to be stopped. */
export async function startIdentityLab(): Promise<IdentityLab> {
  const aws = await startAwsSimulator({ clock: offsetClock() });
  const connect = (): Connections => {
    const read = async (): Promise<AccessKey> => {
      lab.reads += 1;
      return lab.keys;
    };
    return createConnections(read, { now: () => aws.clock.now().getTime(), network: STAND_INS });
  };
  let connections = connect();
  const lab: IdentityLab = {
    aws,
    get connections() {
      return connections;
    },
    keys: aws.addUser({ arn: USER }),
    reads: 0,
    renew() {
      lab.reads = 0;
      lab.keys = aws.addUser({ arn: USER });
      connections.close();
      connections = connect();
      aws.actions.clear();
    },
    spec: (credentials = {}, more = {}) =>
      specAt(aws, { credentials: { secretRef: { name: 'keys' }, ...credentials }, ...more }),
    look: (registry) => connections.to(registry).ecr.describeRepository('nothing'),
    stsCalls: () =>
      aws.actions
        .all()
        .filter(({ action }) => action.startsWith('sts:'))
        .map(({ action, resource }) => `${action.slice(4)} ${resource.split('/').at(-1)}`),
    async stop() {
      connections.close();
      await aws.stop();
    },
  };
  return lab;
}
