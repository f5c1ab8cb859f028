import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crane, craneOk } from '../lab/crane.ts';
import { kubectl } from '../lab/kubectl.ts';
import { ACCOUNT, REGION } from '../lab/lab.ts';
import { writeTinyImage } from '../lab/tiny-image.ts';
import { waitFor } from '../lab/wait-for.ts';
import { ROOT, type Stage } from './stage.ts';
import type { Story } from './story.ts';

const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const IMAGE = `${HOST}/team-a/web`;
const TOKEN_HALF_LIFE_MS = 6 * 3_600_000;

const READY = '.status.conditions[?(@.type=="Ready")].status';

/** Narrower than the kinds' own columns: a terminal of 80 has to hold them. */
function columns(byTitle: Readonly<Record<string, string>>): string {
  return `custom-columns=${Object.entries(byTitle)
    .map(([title, path]) => `${title}:${path}`)
    .join(',')}`;
}

type Scene = (stage: Stage, story: Story) => Promise<void>;

/** The story in its order; a scene that does not come true throws. */
export async function playAll(stage: Stage, story: Story): Promise<void> {
  const scenes: readonly Scene[] = [
    applySamples,
    showRepository,
    showSecrets,
    newNamespace,
    pushAndPull,
    rotate,
    mendDrift,
    refuseBadManifest,
  ];
  for (const scene of scenes) await scene(stage, story);
}

async function applySamples({ lab }: Stage, story: Story): Promise<void> {
  story.scene('kubectl apply -f deploy/samples');
  story.detail((await lab.kubectl('apply', '-f', join(ROOT, 'deploy/samples'))).trim());
  const started = performance.now();
  await lab.kubectl(
    'wait',
    '--for=condition=Ready',
    'ecrreg/default',
    'ecrcps/everywhere',
    'ecrptc/k8s',
    'ecrtpl/k8s',
    '--timeout=30s',
  );
  await lab.kubectl(
    'wait',
    '--for=condition=Ready',
    '-n',
    'team-a',
    'ecrrepo/web',
    'ecrpub/web',
    '--timeout=30s',
  );
  story.done('all of it is Ready', performance.now() - started);
}

async function showRepository({ lab }: Stage, story: Story): Promise<void> {
  story.scene('The repository exists in ECR, as declared');
  const live = lab.aws.as(ACCOUNT, REGION).repository('team-a/web');
  if (!live) throw new Error('there is no repository team-a/web in ECR');
  story.detail(
    (
      await lab.kubectl(
        'get',
        'ecrrepo',
        '-n',
        'team-a',
        '-o',
        columns({ NAME: '.metadata.name', READY: READY, URI: '.status.uri' }),
      )
    ).trim(),
  );
  story.done(`its tags are ${live.mutability}, scan on push is ${live.scanOnPush ? 'on' : 'off'}`);
  story.done(`its owner tag names this cluster and object, beside ${live.tags.size - 1} tags of ours`);
  story.done(
    `made in ${lab.aws.actions.all().filter(({ resource }) => resource.endsWith('/team-a/web')).length} AWS calls, lifecycle and policy included`,
  );
}

async function showSecrets({ lab }: Stage, story: Story): Promise<void> {
  story.scene('Every namespace has a pull Secret; one token serves them all');
  story.detail(
    (
      await lab.kubectl(
        'get',
        'ecrcps',
        '-o',
        columns({
          NAME: '.metadata.name',
          READY: READY,
          NAMESPACES: '.status.namespaces.ready',
          'NEXT ROTATION': '.status.tokens[0].nextRotation',
        }),
      )
    ).trim(),
  );
  story.detail((await lab.kubectl('get', 'secret', '-A', '--field-selector=metadata.name=ecr-pull')).trim());
  story.done(`tokens asked of ECR so far: ${lab.aws.actions.count('ecr:GetAuthorizationToken')}`);
}

async function newNamespace({ lab }: Stage, story: Story): Promise<void> {
  story.scene('kubectl create namespace team-b');
  const started = performance.now();
  await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-b' } });
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'team-b', name: 'ecr-pull' } };
  await waitFor(() => lab.admin.get(secret), { what: 'the Secret in team-b', intervalMs: 2 });
  story.done('its Secret is there', performance.now() - started);
  await waitFor(() => attached(lab, 'team-b'), { what: 'the ServiceAccount in team-b', intervalMs: 2 });
  story.done('its default ServiceAccount names it', performance.now() - started);
}

async function attached(lab: Stage['lab'], namespace: string): Promise<boolean> {
  const account = await lab.admin.get<never>({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace, name: 'default' },
  });
  return JSON.stringify(account ?? {}).includes('"imagePullSecrets":[{"name":"ecr-pull"}]');
}

async function pushAndPull(stage: Stage, story: Story): Promise<void> {
  const { lab, folder } = stage;
  story.scene('An image is pushed, and pulled with the Secret of team-b');
  const proxy = lab.aws.registryUrl;
  const image = await writeTinyImage(join(folder.path, 'image'), { text: 'hello from team a\n' });
  const withSecret = { dockerConfig: await loginOf(stage, 'team-b'), proxy };
  await craneOk(['push', image.path, `${IMAGE}:1.0`], withSecret);
  story.done(`pushed ${IMAGE}:1.0`);
  const digest = await craneOk(['digest', `${IMAGE}:1.0`], withSecret);
  await craneOk(['pull', `${IMAGE}:1.0`, join(folder.path, 'pulled.tar')], withSecret);
  story.done(`pulled with the Secret: ${digest.slice(0, 26)}…`);
  const empty = join(folder.path, 'no-login');
  await mkdir(empty, { recursive: true });
  const refused = await crane(['pull', `${IMAGE}:1.0`, join(folder.path, 'never.tar')], {
    dockerConfig: empty,
    proxy,
  });
  if (refused.code === 0) throw new Error('a pull without the Secret was not refused');
  story.done('refused without it');
  story.detail(refused.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '');
}

/** A folder whose config.json is the Secret of a namespace, as it is. */
async function loginOf({ lab, folder }: Stage, namespace: string, age = 'first'): Promise<string> {
  const config = join(folder.path, `login-${namespace}-${age}`);
  await mkdir(config, { recursive: true, mode: 0o700 });
  await writeFile(join(config, 'config.json'), await lab.dockerConfig(namespace), { mode: 0o600 });
  return config;
}

async function rotate(stage: Stage, story: Story): Promise<void> {
  const { lab } = stage;
  story.scene("Six hours later: half of the token's life is over");
  const namespaces = ['default', 'ecr-operator', 'team-a', 'team-b'];
  const old = await lab.dockerConfig('team-b');
  const oldLogin = await loginOf(stage, 'team-b', 'old');
  const started = performance.now();
  await lab.advance(TOKEN_HALF_LIFE_MS);
  const contents = (): Promise<string[]> =>
    Promise.all(namespaces.map((namespace) => lab.dockerConfig(namespace)));
  const rotated = (now: readonly string[]): boolean =>
    now.every((content) => content === now[0] && content !== old);
  await waitFor(contents, { what: 'the rotated Secrets', until: rotated, intervalMs: 5 });
  story.done(`one new token is in all ${namespaces.length} namespaces`, performance.now() - started);
  const proxy = lab.aws.registryUrl;
  await craneOk(['digest', `${IMAGE}:1.0`], { dockerConfig: await loginOf(stage, 'team-b', 'new'), proxy });
  await craneOk(['digest', `${IMAGE}:1.0`], { dockerConfig: oldLogin, proxy });
  story.done('it pulls, and so does the old one, for pulls that began with it');
  story.done(`tokens asked of ECR so far: ${lab.aws.actions.count('ecr:GetAuthorizationToken')}`);
}

async function mendDrift({ lab }: Stage, story: Story): Promise<void> {
  story.scene('Somebody makes the tags mutable in the AWS console');
  const registry = lab.aws.as(ACCOUNT, REGION);
  registry.call('PutImageTagMutability', { repositoryName: 'team-a/web', imageTagMutability: 'MUTABLE' });
  const started = performance.now();
  const mended = (): boolean => registry.repository('team-a/web')?.mutability === 'IMMUTABLE_WITH_EXCLUSION';
  await waitFor(mended, { what: 'the drift to be mended' });
  story.done('seen and mended', performance.now() - started);
  const events = await waitFor(
    () =>
      lab.kubectl(
        'get',
        'events',
        '-n',
        'team-a',
        '--field-selector=reason=DriftMended',
        '-o',
        'jsonpath={.items[*].message}',
      ),
    { what: 'the Event' },
  );
  story.detail(`Event DriftMended: ${events.trim()}`);
}

async function refuseBadManifest({ lab }: Stage, story: Story): Promise<void> {
  story.scene('kubectl apply -f test/demo/bad-repository.yaml');
  const { code, stderr } = await kubectl(lab.kubeconfig, [
    'apply',
    '-f',
    join(import.meta.dirname, 'bad-repository.yaml'),
  ]);
  if (code === 0) throw new Error('a bad manifest was not refused');
  story.done('refused by the API server, before anything reached AWS');
  story.detail(stderr.trim());
}
