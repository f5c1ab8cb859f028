import type { RepositoryClass } from '../../../../src/api/repository-class.generated.ts';
import { placeNamed } from '../../../../src/controllers/registry/place.ts';
import { undeclaredReconciler } from '../../../../src/controllers/repository-class/undeclared.ts';
import { createUndeclaredStore } from '../../../../src/controllers/repository-class/undeclared-store.ts';
import type { EcrApi } from '../../../../src/ecr/ecr-api.ts';
import { NOW, namespace, registry, repositoryClass, type Things, worldOf } from '../objects.ts';
import { accessTo, loneRegistry } from '../repository/lone-registry.ts';

export const CLASS = 'ecr-operator.io/class';
export const NAME = 'cache/alpine';
export const KEY = `standard/${NAME}`;
export const PLACE = '123456789012/us-east-1';
export const UNDECLARED = { registryRef: { name: 'default' }, prefixes: ['cache'] };

export const standard = (spec: RepositoryClass['spec'] = {}) =>
  repositoryClass('standard', { scanOnPush: true, undeclared: UNDECLARED, ...spec });

/** A registry in which that one repository was listed, and passes over it. */
function trial({ broken, ...things }: Things & { readonly broken?: Partial<EcrApi> } = {}) {
  const aws = loneRegistry(NOW);
  aws.addRepository(NAME);
  let world = worldOf();
  const store = createUndeclaredStore();
  const [news, lanes]: [string[], string[]] = [[], []];
  const previews = new Map();
  const refusals = new Map();
  const grantless = new Set<string>();
  let now = NOW;
  const pass = (key = KEY) =>
    undeclaredReconciler({
      access: accessTo({ ...aws.ecr, ...broken }, world, (lane) => void lanes.push(lane)),
      world,
      store,
      cluster: 'c',
      onResult: (name) => void news.push(name),
      previews,
      refusals,
      grantless,
      imageUsage: undefined,
      now: () => now,
    })(key);
  const change = (other: Things): void => {
    world = worldOf({
      registries: [registry()],
      namespaces: [namespace()],
      repositoryClasses: [standard()],
      ...things,
      ...other,
    });
  };
  change({});
  return {
    ...aws,
    store,
    news,
    lanes,
    previews,
    refusals,
    grantless,
    pass,
    change,
    result: () => store.results('standard').get(NAME),
    async list() {
      for await (const page of aws.ecr.listRepositories())
        store.see(placeNamed(world.registries, 'default') ?? PLACE, page);
      aws.calls.length = 0;
    },
    later(ms: number) {
      now += ms;
      aws.clock.advance(ms);
    },
  };
}

/** A trial that was listed. */
export async function listed(given?: Parameters<typeof trial>[0]) {
  const one = trial(given);
  await one.list();
  return one;
}
