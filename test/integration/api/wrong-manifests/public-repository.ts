import { wrongKept, wrongRegistryRefs } from './managed.ts';
import { settings, wrongSettings } from './settings.ts';
import { type KindCases, many, type WrongManifest, wrong, wrongChange } from './wrong-manifest.ts';

const CATALOG = 'spec.catalogData';
const catalog = (fields: object) => ({ catalogData: fields });

function wrongWords(field: 'architectures' | 'operatingSystems'): WrongManifest[] {
  const words = (...list: string[]) => catalog({ [field]: list });
  return [
    wrong(`${CATALOG}.${field}`, 'maxItems', words(...many(51)), 'must have at most 50 items'),
    wrong(`${CATALOG}.${field}`, 'unique', words('ARM', 'ARM'), 'Duplicate value'),
    wrong(`${CATALOG}.${field}[]`, 'minLength', words(''), 'at least 1 chars'),
    wrong(`${CATALOG}.${field}[]`, 'maxLength', words('x'.repeat(51)), 'may not be more than 50'),
  ];
}

function wrongText(field: 'description' | 'aboutText' | 'usageText', longest: number): WrongManifest {
  const text = catalog({ [field]: 'x'.repeat(longest + 1) });
  return wrong(`${CATALOG}.${field}`, 'maxLength', text, `may not be more than ${longest}`);
}

/** PublicRepository: the complete manifest, and the ways to get it wrong. */
export const publicRepository: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'PublicRepository',
    metadata: { name: 'complete', namespace: 'default' },
    spec: {
      registryRef: { name: 'default' },
      name: 'team-a/web_app-1.0/x',
      catalogData: {
        description: 'What it is.',
        architectures: ['ARM 64', 'x86-64'],
        operatingSystems: ['Linux'],
        logoImage: 'bG9nbw==',
        aboutText: '# About\n',
        usageText: '',
      },
      policy: { document: '\n  {"Version": "2012-10-17", "Statement": []}', allowLockout: false },
      tags: settings.tags,
      mode: 'Enforce',
      adoption: 'IfUnowned',
      deletionPolicy: 'Retain',
      suspend: false,
    },
  },
  wrong: [
    {
      at: '',
      breaks: 'rule',
      name: 'a',
      spec: { name: null },
      says: 'set spec.name, or choose a longer metadata.name',
    },
    {
      at: '',
      breaks: 'rule',
      name: 'x'.repeat(206),
      spec: { name: null },
      says: 'set spec.name, or choose a shorter metadata.name',
    },
    {
      at: '',
      breaks: 'rule',
      name: 'web--app',
      spec: { name: null },
      says: 'set spec.name, or choose another metadata.name',
    },
    ...wrongRegistryRefs,
    wrong('spec.name', 'minLength', { name: 'a' }, 'at least 2 chars'),
    wrong('spec.name', 'maxLength', { name: 'x'.repeat(206) }, 'may not be more than 205'),
    wrong('spec.name', 'rule', { name: 'team-a/Web:1.0' }, 'write a name such as team-a/web_app'),
    wrong('spec.name', 'rule', { name: 'web__app' }, 'write a name such as team-a/web_app'),
    wrongChange('spec', {}, { name: 'other' }, 'name cannot be changed, added or removed'),
    wrongChange('spec', {}, { name: null }, 'name cannot be changed, added or removed'),
    wrongChange('spec', { name: null }, { name: 'complete' }, 'name cannot be changed, added or removed'),

    {
      at: CATALOG,
      breaks: 'minProperties',
      spec: catalog({
        description: null,
        architectures: null,
        operatingSystems: null,
        logoImage: null,
        aboutText: null,
        usageText: null,
      }),
      says: 'at least 1 properties',
    },
    wrongText('description', 1_024),
    wrongText('aboutText', 25_600),
    wrongText('usageText', 25_600),
    ...wrongWords('architectures'),
    ...wrongWords('operatingSystems'),
    wrong(`${CATALOG}.logoImage`, 'minLength', catalog({ logoImage: '' }), 'at least 4 chars'),
    wrong(
      `${CATALOG}.logoImage`,
      'maxLength',
      catalog({ logoImage: 'x'.repeat(682_669) }),
      'may not be more than 682668',
    ),
    wrong(`${CATALOG}.logoImage`, 'rule', catalog({ logoImage: 'logo.png' }), 'base64 in one line'),
    wrong(`${CATALOG}.logoImage`, 'rule', catalog({ logoImage: 'bG9nb' }), 'base64 in one line'),

    ...wrongSettings.filter(({ at }) => at.startsWith('spec.tags')),
    ...wrongKept,
  ],
};
