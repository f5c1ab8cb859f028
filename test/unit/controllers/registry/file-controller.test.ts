import { expect, test } from '@jest/globals';
import type { Registry } from '../../../../src/api/registry.generated.ts';
import type { Parts } from '../../../../src/controllers/parts.ts';
import { fileRegistryController } from '../../../../src/controllers/registry/file-controller.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { conditionOf } from '../../../../src/runtime/status.ts';
import { createFakeClock, settled } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { samplesOf, shownOf } from '../metrics/shown.ts';
import { NOW, registry, type stored } from '../objects.ts';

const ARN = 'arn:aws:iam::123456789012:user/ecr-operator';

/** The controller over a Registry `default`, beside an AWS that takes its keys until `refused` is set. */
function trial() {
  const shown = shownOf({ registries: [registry()] });
  const registries = shown.world.registries as ReturnType<typeof stored<Registry>>;
  const clock = createFakeClock(NOW);
  const log = recordedLog();
  const aws = { refused: false, asked: 0 };
  const connections = {
    to: () => ({
      async verify() {
        aws.asked += 1;
        if (aws.refused) throw new RetryableError('CredentialsRefused', 'no such key');
        return { accountId: '123456789012', arn: ARN };
      },
    }),
    retain: () => undefined,
  };
  const caches = { registries: { lister: registries, listen: registries.listen.bind(registries) } };
  const parts = { caches, world: shown.world, connections, clock, log, config: {} };
  let version = 0;
  const controller = fileRegistryController(parts as unknown as Parts, {
    setStatus(name, status) {
      version += 1;
      registries.set(name, { ...(registries.get(name) as Registry), status }, `status ${version}`);
    },
  });
  return { ...shown, registries, clock, log, aws, controller };
}

test('a Registry of a file is told of by metrics as one of the cluster is: Ready, and not when AWS refuses it', async () => {
  const { controller, aws, clock, registries, log, ...shown } = trial();
  const stop = new AbortController();
  controller.connect(stop.signal);
  controller.start();
  try {
    await settled();
    expect(await samplesOf(shown, 'ecr_operator_registry_ready')).toEqual(['{registry="default"} 1']);
    // Its own status is no change for it to look at.
    expect(aws.asked).toBe(1);
    aws.refused = true;
    await clock.elapse(3_600_000);
    await settled();
    expect(await samplesOf(shown, 'ecr_operator_registry_ready')).toEqual(['{registry="default"} 0']);
    expect(conditionOf(registries.get('default')?.status, 'Ready')).toMatchObject({
      reason: 'CredentialsRefused',
    });
    expect(log.messages()).toEqual(['registry connected', 'registry not connected']);
  } finally {
    stop.abort();
    await controller.stop(0);
  }
});
