import { grants, wrongGrants } from './grants.ts';
import { lifecycle, lifecycleDocument, wrongLifecycles } from './lifecycle.ts';
import { wrongSelectors } from './selector.ts';
import { settings, wrongSettings } from './settings.ts';
import { type KindCases, many, wrong } from './wrong-manifest.ts';

const UNDECLARED = 'spec.undeclared';
const undeclared = (fields: object) => ({ undeclared: fields });
const prefixes = (...list: string[]) => undeclared({ prefixes: list });

/** RepositoryClass: the complete manifest, and the ways to get it wrong. */
export const repositoryClass: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'RepositoryClass',
    metadata: { name: 'complete' },
    spec: {
      ...settings,
      lifecycle,
      grants,
      sharesFor: {
        matchLabels: { team: 'payments' },
        matchExpressions: [{ key: 'stage', operator: 'In', values: ['prod'] }],
      },
      undeclared: { registryRef: { name: 'default' }, prefixes: ['cache/docker-hub', 'team-a/'] },
      suspend: false,
    },
  },
  alternatives: [{ lifecycle: { rules: null, document: lifecycleDocument } }],
  wrong: [
    ...wrongSettings,
    ...wrongLifecycles,
    ...wrongGrants,
    ...wrongSelectors('spec.sharesFor', (sharesFor) => ({ sharesFor })),
    wrong(UNDECLARED, 'required:prefixes', undeclared({ prefixes: null }), 'Required value'),
    wrong(
      `${UNDECLARED}.registryRef`,
      'required:name',
      undeclared({ registryRef: { name: null } }),
      'Required value',
    ),
    wrong(
      `${UNDECLARED}.registryRef.name`,
      'maxLength',
      undeclared({ registryRef: { name: 'x'.repeat(254) } }),
      'may not be more than 253',
    ),
    wrong(
      `${UNDECLARED}.registryRef.name`,
      'rule',
      undeclared({ registryRef: { name: 'My_Registry' } }),
      'the metadata.name of a Registry',
    ),
    wrong(`${UNDECLARED}.prefixes`, 'minItems', prefixes(), 'at least 1 items'),
    wrong(`${UNDECLARED}.prefixes`, 'maxItems', prefixes(...many(101)), 'must have at most 100 items'),
    wrong(`${UNDECLARED}.prefixes`, 'unique', prefixes('a', 'a'), 'Duplicate value'),
    wrong(`${UNDECLARED}.prefixes[]`, 'minLength', prefixes(''), 'at least 1 chars'),
    wrong(`${UNDECLARED}.prefixes[]`, 'maxLength', prefixes('x'.repeat(257)), 'may not be more than 256'),
    wrong(`${UNDECLARED}.prefixes[]`, 'rule', prefixes('cache/*'), 'write a prefix such as cache/docker-hub'),
  ],
};
