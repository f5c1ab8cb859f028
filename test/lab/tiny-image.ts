import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TarEntry, tarFile, tarFiles } from './tar-file.ts';

export interface TinyImageOptions {
  /** The text of its one file; another text is another digest. */
  readonly text?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly architecture?: string;
  /** The path of a static program for that architecture, which containers of the image run. */
  readonly program?: string;
}

export interface TinyImage {
  /** A folder in OCI layout, for `crane push`. */
  readonly path: string;
  /** Of its manifest: `sha256:...`. */
  readonly digest: string;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Index {
  readonly schemaVersion: 2;
  readonly manifests: readonly Blob[];
}

const OCI_LAYOUT = JSON.stringify({ imageLayoutVersion: '1.0.0' });
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** Writes an image of a small file and, if told, a program. The same options give the same digest. */
export async function writeTinyImage(path: string, options: TinyImageOptions = {}): Promise<TinyImage> {
  const { text = 'hello\n', labels = {}, architecture = 'amd64', program } = options;
  const layers = [tarFile('hello.txt', Buffer.from(text))];
  if (program) layers.push(tarFile('program', await readFile(program), 0o755));
  const config = { Labels: labels, ...(program ? { Entrypoint: ['/program'] } : {}) };
  return writeImage(path, { layers, architecture, config });
}

export interface ImageParts {
  /** Tar archives, each laid over the one before. */
  readonly layers: readonly Buffer[];
  readonly architecture: string;
  /** User, entrypoint and the like, as OCI's image configuration has them. */
  readonly config: object;
}

/** Writes an image for linux. The same parts give the same digest. */
export async function writeImage(path: string, parts: ImageParts): Promise<TinyImage> {
  const blobs = join(path, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const store = async (mediaType: string, content: Buffer): Promise<Blob> => {
    const hash = createHash('sha256').update(content).digest('hex');
    await writeFile(join(blobs, hash), content);
    return { mediaType, digest: `sha256:${hash}`, size: content.length };
  };
  const storeJson = (mediaType: string, value: object) =>
    store(mediaType, Buffer.from(JSON.stringify(value)));

  const layers = await Promise.all(parts.layers.map((layer) => store(LAYER, layer)));
  const config = await storeJson('application/vnd.oci.image.config.v1+json', {
    architecture: parts.architecture,
    os: 'linux',
    config: parts.config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await storeJson(mediaType, { schemaVersion: 2, mediaType, config, layers });
  await writeFile(join(path, 'oci-layout'), OCI_LAYOUT);
  const index: Index = { schemaVersion: 2, manifests: [manifest] };
  await writeFile(join(path, 'index.json'), JSON.stringify(index));
  return { path, digest: manifest.digest };
}

/** Writes the image as one file that `ctr images import` enters under the name; returns the file's path. */
export async function writeImageArchive({ path }: TinyImage, name: string): Promise<string> {
  const index = JSON.parse(await readFile(join(path, 'index.json'), 'utf8')) as Index;
  const annotations = { 'io.containerd.image.name': name };
  const named = { ...index, manifests: index.manifests.map((manifest) => ({ ...manifest, annotations })) };
  const entries: TarEntry[] = [
    { name: 'oci-layout', content: Buffer.from(OCI_LAYOUT) },
    { name: 'index.json', content: Buffer.from(JSON.stringify(named)) },
  ];
  for (const blob of await readdir(join(path, 'blobs', 'sha256'))) {
    const file = `blobs/sha256/${blob}`;
    entries.push({ name: file, content: await readFile(join(path, file)) });
  }
  const archive = `${path}.tar`;
  await writeFile(archive, tarFiles(entries));
  return archive;
}
