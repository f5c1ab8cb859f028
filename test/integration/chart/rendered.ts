import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CHART, type HelmOptions, helm, helmOk, withoutNotes } from '../../lab/helm.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { kubectlOk } from '../../lab/kubectl.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';

/** The folder of the kustomizations. */
export const KUSTOMIZE = join(import.meta.dirname, '../../../deploy/kustomize');

/** What a user's values file holds. */
export type Values = Readonly<Record<string, unknown>>;

/** Objects by `kind/namespace/name`. */
export type Objects = ReadonlyMap<string, KubeObject>;

const renderings = new Map<string, Promise<string>>();

/** What `helm template` prints for these values, as YAML; the same values are rendered once. */
export function renderedText(values: Values = {}): Promise<string> {
  const key = JSON.stringify(values);
  const text = renderings.get(key) ?? helmOk(templateArgs(), { values });
  renderings.set(key, text);
  return text;
}

/** {@link renderedText}, parsed. */
export async function rendered(values: Values = {}): Promise<Objects> {
  return objectsIn(await renderedText(values));
}

/** What `helm template` says against these values. */
export async function refusal(values: Values, options: HelmOptions = {}): Promise<string> {
  const { code, stderr } = await helm(templateArgs(), { values, ...options });
  if (code === 0) throw new Error('helm took the values');
  return withoutNotes(stderr);
}

function templateArgs(): string[] {
  return ['template', 'ecr-operator', CHART, `--namespace=${OPERATOR_NAMESPACE}`];
}

/** What `kubectl kustomize` prints for a folder of `deploy/kustomize` or another one. */
export async function kustomized(folder: string): Promise<Objects> {
  return objectsIn(await kubectlOk('/dev/null', ['kustomize', resolve(KUSTOMIZE, folder)]));
}

/** Sorts the documents of a YAML text by what they are; throws where it is no valid YAML. */
export function objectsIn(text: string): Objects {
  const objects = parseAllDocuments(text).flatMap((document) => {
    // Such as a key that stands there twice.
    for (const error of document.errors ?? []) throw error;
    return (document.toJS() as KubeObject | null) ?? [];
  });
  return new Map(objects.map((object) => [idOf(object), object]));
}

function idOf({ kind, metadata }: KubeObject): string {
  return [kind, metadata.namespace, metadata.name].filter(Boolean).join('/');
}

/** The one with this {@link Objects} key; throws with those that there are. */
export function objectOf<T extends KubeObject>(objects: Objects, id: string): T {
  const object = objects.get(id);
  if (!object) throw new Error(`there is no ${id}, but ${[...objects.keys()].join(', ')}`);
  return object as T;
}

/** The environment of the container that runs the operator. */
export function environmentIn(
  objects: Objects,
  name = 'ecr-operator',
): Readonly<Record<string, string | undefined>> {
  const { spec } = objectOf<Deployment>(objects, `Deployment/${OPERATOR_NAMESPACE}/${name}`);
  const [container] = spec.template.spec.containers;
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
}

/** The parts of a Deployment that these tests look at. */
export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly {
          readonly image: string;
          readonly env?: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
}
