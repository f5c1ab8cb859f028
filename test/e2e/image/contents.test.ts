import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Sbom } from '../../../scripts/build-sbom.ts';
import { type Docker, startDocker } from '../../lab/docker/docker.ts';
import { LAB_BUILD, type OperatorImage, operatorImages } from '../../lab/docker/operator-image.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { describeOnNode, START_TIMEOUT_MS } from '../node/describe-on-node.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FILES = ['LICENSE', 'THIRD-PARTY-LICENSES.txt', 'ecr-operator.js', 'package.json', 'sbom.cdx.json'];
const MOST_BYTES = 200_000_000;
/** `e_machine` of ELF. */
const MACHINES = { amd64: 0x3e, arm64: 0xb7 };

interface Inspected {
  readonly Architecture: string;
  readonly Os: string;
  readonly Size: number;
  readonly Config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly Env: readonly string[];
    readonly ExposedPorts: object;
  };
}

interface Contents {
  readonly inspected: Inspected;
  readonly history: string;
  /** Of /app, by name. */
  readonly app: ReadonlyMap<string, Buffer>;
  readonly node: Buffer;
}

describeOnNode('what is in the image', () => {
  let docker: Docker;
  let folder: TemporaryFolder;
  const contents = new Map<string, Contents>();

  beforeAll(async () => {
    [docker, folder] = [await startDocker(), await temporaryFolder('image')];
    for (const image of Object.values(await operatorImages()))
      contents.set(image.architecture, await readImage(docker, folder.path, image));
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await docker?.stop();
    await folder?.remove();
  }, 60_000);

  function of(architecture: string): Contents {
    const found = contents.get(architecture);
    if (!found) throw new Error(`no image for ${architecture}`);
    return found;
  }

  describe.each(['amd64', 'arm64'] as const)('for %s', (architecture) => {
    test('Node is a program of that architecture, and the image says so', () => {
      const { inspected, node } = of(architecture);
      expect([inspected.Os, inspected.Architecture]).toEqual(['linux', architecture]);
      expect(node.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
      expect(node.readUInt16LE(18)).toBe(MACHINES[architecture]);
    });

    test('it is under 200 MB', () => {
      const { Size } = of(architecture).inspected;
      process.stderr.write(`image tests: ${architecture} has ${(Size / 1_000_000).toFixed(1)} MB unpacked\n`);
      expect(Size).toBeLessThan(MOST_BYTES);
    });

    test('it starts the operator as nobody in particular, wherever the base has its Node', () => {
      expect(of(architecture).inspected.Config).toMatchObject({
        User: '65532:65532',
        Entrypoint: ['node', '/app/ecr-operator.js'],
        Env: expect.arrayContaining([expect.stringMatching(/^PATH=\/nodejs\/bin:.*:\/usr\/local\/bin:/)]),
        ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} },
      });
    });

    test('its labels say what it is and what it was built from', () => {
      expect(of(architecture).inspected.Config.Labels).toEqual({
        'org.opencontainers.image.title': 'ecr-operator',
        'org.opencontainers.image.description': expect.stringContaining('Amazon ECR'),
        'org.opencontainers.image.licenses': 'Apache-2.0',
        'org.opencontainers.image.version': LAB_BUILD.VERSION,
        'org.opencontainers.image.revision': LAB_BUILD.REVISION,
        'org.opencontainers.image.created': LAB_BUILD.CREATED,
        'org.opencontainers.image.source': LAB_BUILD.SOURCE,
      });
    });

    test('nothing of ours is in it beside the bundle and what has to go with it', () => {
      expect([...of(architecture).app.keys()].sort()).toEqual([...FILES].sort());
    });

    test('nothing of the machine that built it is in it', async () => {
      const { app, history } = of(architecture);
      const texts = [history, ...[...app.values()].map((content) => content.toString('utf8'))];
      for (const trace of [ROOT, tmpdir(), ...(await authorityLines())])
        expect(texts.filter((text) => text.includes(trace)).length).toBe(0);
    });
  });

  test('both architectures have the same bundle', () => {
    const [amd64, arm64] = [of('amd64').app, of('arm64').app];
    expect(FILES.filter((name) => !amd64.get(name)?.equals(arm64.get(name) as Buffer))).toEqual([]);
  });

  test('each package in the SBOM stands among the licences, and the other way round', async () => {
    const { app } = of('amd64');
    const sbom = JSON.parse(app.get('sbom.cdx.json')?.toString() ?? '') as Sbom;
    const licences = app.get('THIRD-PARTY-LICENSES.txt')?.toString() ?? '';
    const named = [...licences.matchAll(/^((?:@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+) \(.*\)$/gm)].map(
      ([, ref]) => ref,
    );
    expect(sbom.components.map((each) => each['bom-ref']).sort()).toEqual(named.sort());
    expect(named.length).toBeGreaterThan(50);
    expect(app.get('LICENSE')).toEqual(await readFile(join(ROOT, 'LICENSE')));
  });
});

async function readImage(docker: Docker, folder: string, image: OperatorImage): Promise<Contents> {
  const { name, archive, architecture } = image;
  await docker.run(['load', '--input', archive], { timeoutMs: 300_000 });
  const [inspected] = JSON.parse(await docker.run(['inspect', name])) as [Inspected];
  const id = (
    await docker.run(['create', `--platform=linux/${architecture}`, '--network=host', name])
  ).trim();
  const target = join(folder, architecture);
  await mkdir(target);
  await docker.run(['cp', `${id}:/app`, target]);
  await docker.run(['cp', `${id}:/nodejs/bin/node`, join(target, 'node')]);
  const app = new Map<string, Buffer>();
  for (const file of await readdir(join(target, 'app')))
    app.set(file, await readFile(join(target, 'app', file)));
  return {
    inspected,
    history: await docker.run(['history', '--no-trunc', name]),
    app,
    node: await readFile(join(target, 'node')),
  };
}

/** Some of the certificates that the build was given to reach npm's registry. */
async function authorityLines(): Promise<readonly string[]> {
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  const lines = file ? (await readFile(file, 'utf8')).split('\n') : [];
  return lines.filter((line) => line.length === 64).slice(-20);
}
