import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tarFile } from './tar-file.ts';

export interface TinyImageOptions {
  /** The text of its one file; another text is another digest. */
  readonly text?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly architecture?: string;
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

/** Writes an image of one layer with one small file. The same options give the same digest. */
export async function writeTinyImage(path: string, options: TinyImageOptions = {}): Promise<TinyImage> {
  const { text = 'hello\n', labels = {}, architecture = 'amd64' } = options;
  const blobs = join(path, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const store = async (mediaType: string, content: Buffer): Promise<Blob> => {
    const hash = createHash('sha256').update(content).digest('hex');
    await writeFile(join(blobs, hash), content);
    return { mediaType, digest: `sha256:${hash}`, size: content.length };
  };
  const storeJson = (mediaType: string, value: object) =>
    store(mediaType, Buffer.from(JSON.stringify(value)));

  const layer = await store(
    'application/vnd.oci.image.layer.v1.tar',
    tarFile('hello.txt', Buffer.from(text)),
  );
  const config = await storeJson('application/vnd.oci.image.config.v1+json', {
    architecture,
    os: 'linux',
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await storeJson(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] });
  await writeFile(join(path, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return { path, digest: manifest.digest };
}
