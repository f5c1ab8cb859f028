import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type StartedTestContainer, Wait } from 'testcontainers';
import { request } from 'undici';
import { ACCOUNT, type Lab, REGION, startLab } from '../../lab/lab.ts';
import { freePort } from '../../lab/ports.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { describeOnNode, START_TIMEOUT_MS } from '../node/describe-on-node.ts';
import {
  type DockerWithImage,
  MEMORY_MIB,
  operatorContainer,
  startDockerWithImage,
  testcontainersEnvironment,
  USER,
} from './image-lab.ts';

/** A container starts in a fraction of a second, where nobody else uses the machine. */
jest.setTimeout(60_000);

const API = 'ecr-operator.io/v1alpha1';
const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;

describeOnNode('the image, run as the shipped Deployment runs it', () => {
  let lab: Lab;
  let daemon: DockerWithImage;
  let container: StartedTestContainer;
  let health: string;
  let metrics: string;

  beforeAll(async () => {
    [lab, daemon] = await Promise.all([startLab(), startDockerWithImage()]);
    Object.assign(process.env, testcontainersEnvironment(daemon.docker));
    [health, metrics] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const flags = [`--health-probe-bind-address=${health}`, `--metrics-bind-address=${metrics}`];
    const made = await operatorContainer(lab, daemon.image.name, flags);
    const started = performance.now();
    container = await made.withWaitStrategy(Wait.forLogMessage(/"msg":/)).start();
    await waitFor(async () => (await get(health, '/readyz')).status === 200, {
      what: `/readyz of the container; its log: ${await daemon.docker.run(['logs', container.getId()])}`,
      timeoutMs: 30_000,
      intervalMs: 10,
    });
    const startMs = Math.round(performance.now() - started);
    process.stderr.write(`image tests: container start to Ready ${startMs} ms\n`);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    try {
      // Where the lab looks for what must not have been written.
      const log = container && (await daemon.docker.run(['logs', container.getId()]));
      if (log) await writeFile(join(lab.controlPlane.folder, 'container.log'), log);
    } finally {
      await Promise.all([daemon?.stop(), lab?.stop()]);
    }
  });

  async function inside<T>(script: string): Promise<T> {
    const id = container.getId();
    return JSON.parse(
      await daemon.docker.run(['exec', id, 'node', '--input-type=module', '-e', script]),
    ) as T;
  }

  test('puts a pull Secret into a namespace, as the ServiceAccount that is mounted into it', async () => {
    const spec = { accountId: ACCOUNT, region: REGION, tenancy: { rules: [{ allow: ['Pull'] }] } };
    await lab.admin.create({ apiVersion: API, kind: 'Registry', metadata: { name: 'main' }, spec } as never);
    await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } } as never);
    await lab.admin.create({
      apiVersion: API,
      kind: 'PullSecret',
      metadata: { name: 'pull', namespace: 'team-a' },
      spec: { registries: [{ name: 'main' }], secretName: 'ecr-pull' },
    } as never);
    const config = await waitFor(() => lab.dockerConfig('team-a'), {
      what: 'the pull Secret',
    });
    expect(Object.keys((JSON.parse(config) as { auths: object }).auths)).toEqual([HOST]);
  });

  test('is nobody in particular there, may do nothing that needs a capability, and cannot write', async () => {
    expect(await inside(WHO)).toEqual({
      user: USER,
      group: USER,
      capabilities: '0000000000000000',
      noNewPrivileges: '1',
      writing: ['EROFS', 'EROFS', 'EROFS'],
    });
  });

  test('answers probes and scrapers', async () => {
    expect(await get(health, '/healthz')).toMatchObject({ status: 200 });
    const scraped = await get(metrics, '/metrics');
    expect(scraped.status).toBe(200);
    expect(scraped.text).toContain('process_resident_memory_bytes');
    expect(scraped.text).toContain(`\necr_operator_memory_limit_bytes ${MEMORY_MIB * 1_024 ** 2}\n`);
  });

  test('idle, needs less than half of its memory limit', async () => {
    const { rss } = await inside<{ rss: string }>(RSS);
    const mebibytes = Math.round(Number(rss) / 1_024);
    process.stderr.write(`image tests: idle RSS ${mebibytes} MiB of ${MEMORY_MIB} MiB\n`);
    expect(mebibytes).toBeLessThan(MEMORY_MIB / 2);
  });

  test('prints its settings for --help, and says all that is wrong with its flags, with exit code 2', async () => {
    const run = (...flags: string[]) =>
      daemon.docker.run(['run', '--rm', '--network=host', '--read-only', daemon.image.name, ...flags]);
    expect(await run('--help')).toContain('--pull-secret-names');
    const refused = run('--nope', '--log-level=loud');
    await expect(refused).rejects.toThrow('exited with 2');
    await expect(refused).rejects.toThrow('--nope is not known');
    await expect(refused).rejects.toThrow('write debug, info, warn or error');
  });

  test('ends on SIGTERM within its grace with exit code 0, having written nothing', async () => {
    const id = container.getId();
    const started = performance.now();
    await daemon.docker.run(['stop', '--time=30', id]);
    process.stderr.write(`image tests: SIGTERM to exit ${Math.round(performance.now() - started)} ms\n`);
    const state = await daemon.docker.run([
      'inspect',
      '--format={{.State.ExitCode}} {{.State.OOMKilled}}',
      id,
    ]);
    expect(state.trim()).toBe('0 false');
    expect(await daemon.docker.run(['logs', id])).toContain('"clean":true');
    // What is there is where the ServiceAccount was mounted.
    const changed = (await daemon.docker.run(['diff', id])).trim().split('\n');
    expect(changed.filter((line) => !/^[AC] \/(var|(var\/)?run(\/secrets.*)?)$/.test(line))).toEqual([]);
  });
});

const WHO = `
import { readFileSync, writeFileSync } from 'node:fs';
const status = readFileSync('/proc/1/status', 'utf8');
const field = (name) => new RegExp(name + ':\\\\s+(\\\\S+)').exec(status)[1];
const attempt = (file) => { try { writeFileSync(file, 'x'); return 'written'; } catch ({ code }) { return code; } };
console.log(JSON.stringify({
  user: Number(field('Uid')),
  group: Number(field('Gid')),
  capabilities: field('CapEff'),
  noNewPrivileges: field('NoNewPrivs'),
  writing: ['/app/x', '/tmp/x', '/home/nonroot/x'].map(attempt),
}));
`;

const RSS = `
import { readFileSync } from 'node:fs';
console.log(JSON.stringify({ rss: /VmRSS:\\s+(\\d+)/.exec(readFileSync('/proc/1/status', 'utf8'))[1] }));
`;

async function get(host: string, path: string): Promise<{ readonly status: number; readonly text: string }> {
  const { statusCode, body } = await request(`http://${host}${path}`);
  return { status: statusCode, text: await body.text() };
}
