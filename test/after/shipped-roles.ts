import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Right, type Rule, rightsOf } from './rights-comparison.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/kustomize');

interface Role {
  readonly kind?: string;
  readonly rules?: readonly Rule[];
}

/**
 * Every right of every role of `deploy/kustomize`: the base, the components, the overlays. A Role is for the operator's
 * own namespace, but where it stands in an overlay for the namespaces that are watched.
 */
export function shippedRights(): readonly Right[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yaml'),
  );
  return files
    .sort()
    .flatMap((file) =>
      rolesIn(file).flatMap(({ kind, rules = [] }) =>
        rules.flatMap((rule) =>
          rightsOf(rule, { file, isOwn: kind === 'Role' && !file.includes('/watched/') }),
        ),
      ),
    );
}

function rolesIn(file: string): readonly Role[] {
  return parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'))
    .map((document) => document.toJS() as Role | null)
    .filter((object): object is Role => object?.kind === 'ClusterRole' || object?.kind === 'Role');
}
