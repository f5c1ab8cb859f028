import { ECR } from '@aws-sdk/client-ecr';
import { STS } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { startAwsSimulator } from '../lab/aws/aws-simulator.ts';
import { startMoto } from '../lab/moto.ts';
import { differences, type Outcome, outcomeOf } from './contract-outcome.ts';
import { CONTRACT_SCRIPT } from './contract-script.ts';
import { CONTRACT_IDENTITY, CONTRACT_ROLE } from './contract-step.ts';
import { MOTO_FAULTS } from './moto-faults.ts';

const TEN_MINUTES = 600_000;
const USER = { accessKeyId: 'AKIACONTRACT', secretAccessKey: 'contract' };

type Outcomes = ReadonlyMap<string, Outcome>;

/** Runs the script from its first step to its last. */
async function runScript(endpoint: string): Promise<Outcomes> {
  const settings = { endpoint, region: 'us-east-1', credentials: USER, maxAttempts: 1 };
  const target = { ecr: new ECR(settings), sts: new STS(settings) };
  const outcomes = new Map<string, Outcome>();
  try {
    for (const step of CONTRACT_SCRIPT) outcomes.set(step.name, await outcomeOf(() => step.run(target)));
    return outcomes;
  } finally {
    target.ecr.destroy();
    target.sts.destroy();
  }
}

async function onSimulator(): Promise<Outcomes> {
  const aws = await startAwsSimulator();
  try {
    aws.addUser({ arn: 'arn:aws:iam::123456789012:user/contract', ...USER });
    aws.addRole({ arn: CONTRACT_ROLE, trusts: ['123456789012'], webIdentityToken: CONTRACT_IDENTITY });
    return await runScript(aws.endpoint);
  } finally {
    await aws.stop();
  }
}

async function onMoto(): Promise<Outcomes> {
  const moto = await startMoto();
  try {
    return await runScript(moto.url);
  } finally {
    await moto.stop();
  }
}

// Only by a deliberate word: a comparison that quietly does not happen is worth less than none.
const skipped = process.env['ECR_OPERATOR_SKIP_MOTO'] === '1' && process.env['CI'] !== 'true';

describe('the simulator and moto', () => {
  (skipped ? test.skip : test)(
    'agree on every step, but for the known faults of moto',
    async () => {
      const [ours, theirs] = [await onSimulator(), await onMoto()];
      const found = CONTRACT_SCRIPT.flatMap(({ name }) =>
        differences(ours.get(name), theirs.get(name)).map((path) => `${name}: ${path}`),
      );
      const known = MOTO_FAULTS.flatMap((fault) => fault.paths.map((path) => `${fault.step}: ${path}`));
      const unexpected = found.filter((one) => !known.includes(one));
      // A fault that moto no longer has goes off the list, so that the list stays true.
      const mended = known.filter((one) => !found.includes(one));
      const details = [...new Set(unexpected.map((one) => one.slice(0, one.lastIndexOf(': '))))].map(
        (step) => ({
          step,
          simulator: ours.get(step),
          moto: theirs.get(step),
        }),
      );
      expect({ unexpected, mended, details }).toEqual({ unexpected: [], mended: [], details: [] });
    },
    TEN_MINUTES,
  );
});
