import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';

/** A CycloneDX 1.5 document, as far as it is changed here. */
export interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp?: string; readonly component: SbomComponent };
  readonly components: readonly SbomComponent[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface SbomComponent {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly scope?: string;
  readonly purl: string;
}

/** What is locked for the project, in npm's own words. With `--omit=dev` it leaves out what tests need as well. */
export async function npmSbom(project: string): Promise<Sbom> {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: project, maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Sbom;
}

/**
 * The document with nothing but the packages of the bundle (`name@version`) in it (pure). The day and the random number
 * of the document go, so that the same bundle has the same document. Throws where it does not know one of them.
 */
export function restrictSbom(sbom: Sbom, project: string, bundled: readonly string[]): Sbom {
  const components = sbom.components.filter((each) => bundled.includes(each['bom-ref']));
  const unknown = bundled.filter((ref) => !components.some((each) => each['bom-ref'] === ref));
  if (unknown.length > 0) throw new Error(`npm sbom says nothing of ${unknown.join(', ')}`);
  const { timestamp: _, ...metadata } = sbom.metadata;
  const root = metadata.component['bom-ref'];
  const kept = new Set([root, ...bundled]);
  const dependencies = sbom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) }));
  return {
    ...sbom,
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([root, components, dependencies]))}`,
    // npm calls it after the folder that it is in.
    metadata: { ...metadata, component: { ...metadata.component, type: 'application', name: project } },
    components,
    dependencies,
  };
}

/** A UUID of version 8: made of the content. */
function uuidOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return `${parts.join('-')}-${hex.slice(20, 32)}`;
}
