import { execFile } from 'node:child_process';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, type Lab, OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { condition, scenes, servedIn, settledAs, statusOf } from '../pull-secret/pull-lab.ts';
import { type PullObject, pullSecret, registry } from '../pull-secret/pull-objects.ts';
import { NAMESPACED, namespaceIn, startModeLab } from './mode-lab.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');
const NAMESPACE = 'team';

jest.setTimeout(90_000);

let lab: Lab;
/** Regions that nobody else uses. */
let regions: (name: string) => { readonly region: string };
let mount: string;
let mounted = 0;

beforeAll(async () => {
  lab = await startModeLab(NAMESPACED, { audit: false });
  regions = scenes(lab);
  mount = join(lab.controlPlane.folder, 'mounted');
  await mkdir(mount);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** As kubelet brings a ConfigMap: the file is a link into a folder that is a link, which is swapped. */
async function bring(text: string): Promise<void> {
  mounted += 1;
  const version = `..version-${mounted}`;
  await mkdir(join(mount, version));
  await writeFile(join(mount, version, 'registries.yaml'), text);
  await symlink(version, join(mount, '..data_tmp'));
  await rename(join(mount, '..data_tmp'), join(mount, '..data'));
  if (mounted === 1) await symlink('..data/registries.yaml', join(mount, 'registries.yaml'));
  else await lab.advance(10_000);
}

type Specs = Readonly<Record<string, Partial<RegistrySpec>>>;

function manifests(specs: Specs): string {
  return Object.entries(specs)
    .map(([name, spec]) => JSON.stringify(registry(name, { accountId: ACCOUNT, ...spec })))
    .join('\n---\n');
}

const claim = (name: string, secretName: string) =>
  lab.admin.apply<PullObject>(
    pullSecret(NAMESPACE, name, { registries: [{ name }], secretName, serviceAccounts: { mode: 'None' } }),
  );

describe('a file that changes', () => {
  let specs: Specs;

  beforeAll(async () => {
    specs = { first: { region: regions('first').region } };
    await bring(manifests(specs));
    await namespaceIn(lab, NAMESPACE);
    // Names of their own, so that each object holds one; the Role is widened as its comment says.
    const names = ['ecr-pull', 'second', 'third'];
    await lab.kubectl(
      ...['patch', 'role', 'ecr-operator', '-n', NAMESPACE, '--type=json', '-p'],
      JSON.stringify([{ op: 'replace', path: '/rules/3/resourceNames', value: names }]),
    );
    await lab.startOperator({
      env: {
        ECR_OPERATOR_CONTROLLERS: 'pull-secrets',
        ECR_OPERATOR_WATCH_NAMESPACES: NAMESPACE,
        ECR_OPERATOR_REGISTRIES_FILE: join(mount, 'registries.yaml'),
        ECR_OPERATOR_PULL_SECRET_NAMES: names.join(','),
        ECR_OPERATOR_POD_NAME: 'the-pod',
        ECR_OPERATOR_LEADER_ELECT: 'true',
      },
    });
  }, 120_000);

  const logged = (word: string) =>
    waitFor(() => lab.operatorLog(), { what: `the log to say ${word}`, until: (log) => log.includes(word) });

  test('is read without a restart: a Registry that was missing serves who waited for it', async () => {
    await servedIn(lab, await claim('first', 'ecr-pull'), 1);
    const waiting = await settledAs(lab, await claim('second', 'second'), 'RegistryNotFound');
    expect(condition(waiting.status, 'Ready')?.message).toContain('registries.yaml');
    specs = { ...specs, second: { region: regions('second').region } };
    await bring(manifests(specs));
    await servedIn(lab, waiting, 1);
    expect(await logged('"registries":["first","second"]')).toContain('"registry":"second"');
  });

  test('and is wrong then: the one of before stays in force, and log and Event say what is wrong', async () => {
    const wrong = {
      ...specs,
      third: { region: 'Frankfurt' },
      second: { ...specs['second'], accountId: '1' },
    };
    await bring(manifests(wrong));
    const log = await logged('registries file is wrong');
    expect(log).toContain('Registry third: spec.region: write the name of a region');
    expect(log).toContain('Registry second: spec.accountId: an account ID has exactly 12 digits');
    const event = await waitFor(() => told('RegistriesFileRefused'), { what: 'the Event' });
    expect(event).toMatchObject({ involvedObject: { kind: 'Pod', name: 'the-pod' }, type: 'Warning' });
    await settledAs(lab, await claim('third', 'third'), 'RegistryNotFound');
    const fresh = await lab.admin.get<PullObject>(await claim('second', 'second'));
    await servedIn(lab, fresh as PullObject, 1);

    specs = { ...specs, third: { region: regions('third').region } };
    await bring(manifests(specs));
    await servedIn(lab, await claim('third', 'third'), 1);
  });

  test('changes no account of a Registry, as the API server would not', async () => {
    await bring(manifests({ ...specs, first: { region: 'sa-east-1' } }));
    await logged('Registry first: spec.region: region cannot be changed');
    await bring(manifests(specs));
  });

  test('may name hosts that the installation lets in: another one fails for its own Registry alone', async () => {
    const endpoint = { sts: 'https://sts.example.org' };
    await bring(manifests({ ...specs, second: { ...specs['second'], endpoint } }));
    const object = await settledAs(lab, await claim('second', 'second'), 'EndpointRefused', 'Refreshed');
    expect(condition(object.status, 'Refreshed')?.message).toContain('--endpoint-hosts');
    await logged('"registry":"second","reason":"EndpointRefused"');
    const beside = await lab.admin.get<PullObject>(await claim('third', 'third'));
    expect(condition(beside?.status, 'Refreshed')?.status).toBe('True');
    await bring(manifests(specs));
    await settledAs(lab, object, 'Refreshed', 'Refreshed');
  });

  test('has what stands in the status of a Registry elsewhere in the conditions of who names it', async () => {
    const credentials = { secretRef: { name: 'aws-credentials' } };
    specs = { ...specs, first: { ...specs['first'], credentials } };
    await bring(manifests(specs));
    const object = await settledAs(
      lab,
      await claim('first', 'ecr-pull'),
      'CredentialsSecretNotReadable',
      'Refreshed',
    );
    expect(condition(object.status, 'Refreshed')?.message).toContain('aws-credentials');
    await logged('registry not connected');
    const { first: _, ...others } = specs;
    await bring(manifests(others));
    // Its token is good for hours: there is time to mend it.
    await statusOf(
      lab,
      object,
      (status) => condition(status, 'Refreshed')?.reason === 'RegistryNotFound',
      'miss its Registry',
    );
  });
});

async function told(reason: string): Promise<KubeObject | undefined> {
  const list = { apiVersion: 'v1', kind: 'Event', namespace: OPERATOR_NAMESPACE };
  const all = await lab.admin.list<KubeObject & { readonly reason: string }>(list);
  return all.find((event) => event.reason === reason);
}

describe('a file that is wrong from the start', () => {
  test('ends the operator with exit code 2, and everything that is wrong is told at once', async () => {
    const file = join(lab.controlPlane.folder, 'wrong.yaml');
    await writeFile(
      file,
      manifests({ one: { region: 'Frankfurt' }, two: { region: 'eu-west-1', accountId: '1' } }),
    );
    const env = {
      PATH: process.env['PATH'],
      KUBECONFIG: lab.kubeconfig,
      ECR_OPERATOR_CONTROLLERS: 'pull-secrets',
      ECR_OPERATOR_WATCH_NAMESPACES: NAMESPACE,
      ECR_OPERATOR_REGISTRIES_FILE: file,
    };
    const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, ['--no-warnings', MAIN], { env, timeout: 60_000 }, (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr.trim().split('\n')).toEqual([
      `ecr-operator: ${file}: Registry one: spec.region: write the name of a region, such as eu-central-1 or us-gov-west-1, not a place, an availability zone or a host name`,
      `ecr-operator: ${file}: Registry two: spec.accountId: an account ID has exactly 12 digits; write it in quotes, such as "012345678901"`,
    ]);
  });
});
