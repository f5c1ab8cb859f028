import type { ECRClient } from '@aws-sdk/client-ecr';
import type { EcrApi } from '../../../../src/ecr/ecr-api.ts';
import { sdkEcrApi } from '../../../../src/ecr/sdk-ecr-api.ts';
import type { RegistryHandle } from '../../../lab/aws/registry-handle.ts';

interface Command {
  readonly input: object;
}

/** Our adapter over the simulator's operations, without HTTP between them: thousands of calls in a second. */
export function directEcr({ registry, call }: Pick<RegistryHandle, 'registry' | 'call'>): {
  readonly ecr: EcrApi;
  /** Names of the operations, in order. */
  readonly calls: string[];
} {
  const calls: string[] = [];
  const client = {
    async send(command: Command) {
      const operation = command.constructor.name.replace(/Command$/, '');
      calls.push(operation);
      // As over the wire: undefined is not sent.
      return call(operation, JSON.parse(JSON.stringify(command.input)));
    },
  };
  return { ecr: sdkEcrApi(client as unknown as ECRClient, registry), calls };
}
