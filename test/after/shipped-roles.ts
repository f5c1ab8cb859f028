import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_NAMESPACE } from '../lab/account-record.ts';
import { type Right, type RightsPlace, rightsIn } from '../lab/rights.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/kustomize');

/** Every right of every role of `deploy/kustomize`: the base, the components, the overlays. */
export function shippedRights(): readonly Right[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => rightsIn(readFileSync(join(FOLDER, file), 'utf8'), placeOf(file)));
}

/** A Role is for the operator's own namespace, but where an overlay has it for the namespaces that are watched. */
function placeOf(file: string): RightsPlace {
  return file.includes('/watched/') ? { file } : { file, namespace: OWN_NAMESPACE };
}
