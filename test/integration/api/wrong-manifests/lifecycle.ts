import { many, type WrongManifest, wrong } from './wrong-manifest.ts';

const AT = 'spec.lifecycle';
const RULES = `${AT}.rules`;
const RULE = `${RULES}[]`;

const keepTen = {
  rulePriority: 1,
  description: 'keep ten',
  selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 },
  action: { type: 'expire' },
};

/** A lifecycle policy as ECR takes it. */
export const lifecycleDocument = JSON.stringify({ rules: [keepTen] });

/** Every field of a lifecycle but `document`, which stands in the place of the rules. */
export const lifecycle = {
  rules: [
    {
      priority: 1,
      description: 'pull requests',
      tagStatus: 'tagged',
      tagPrefixes: ['pr-'],
      countType: 'sinceImagePushed',
      countNumber: 14,
      action: 'expire',
    },
    {
      priority: 2,
      tagStatus: 'tagged',
      tagPatterns: ['*-dev', 'v*.*.*-*'],
      countType: 'imageCountMoreThan',
      countNumber: 5,
      action: 'expire',
    },
    {
      priority: 4,
      tagStatus: 'any',
      storageClass: 'standard',
      countType: 'sinceImagePulled',
      countNumber: 30,
      action: 'transition',
    },
    {
      priority: 3,
      tagStatus: 'any',
      storageClass: 'archive',
      countType: 'sinceImageTransitioned',
      countNumber: 90,
      action: 'expire',
    },
  ],
  preview: 'Block',
};

const one = {
  priority: 1,
  tagStatus: 'any',
  countType: 'imageCountMoreThan',
  countNumber: 10,
  action: 'expire',
};
const rules = (...list: object[]) => ({ lifecycle: { rules: list } });
/** One rule that differs from a good one in these fields. */
const rule = (change: object) => rules({ ...one, ...change });
const tagged = (change: object) => rule({ tagStatus: 'tagged', ...change });
const document = (text: string) => ({ lifecycle: { rules: null, document: text } });
const archived = { storageClass: 'archive', countType: 'sinceImageTransitioned', countNumber: 90 };

function without(field: keyof typeof one): object {
  const { [field]: _, ...rest } = one;
  return rules(rest);
}

/** The ways to get a list of tags wrong, whichever it is. */
function wrongTags(field: 'tagPrefixes' | 'tagPatterns'): WrongManifest[] {
  const at = `${RULE}.${field}`;
  return [
    wrong(at, 'minItems', tagged({ [field]: [] }), 'at least 1 items'),
    wrong(at, 'maxItems', tagged({ [field]: many(51) }), 'must have at most 50 items'),
    wrong(at, 'unique', tagged({ [field]: ['v', 'v'] }), 'Duplicate value'),
    wrong(`${at}[]`, 'minLength', tagged({ [field]: [''] }), 'at least 1 chars'),
    wrong(`${at}[]`, 'maxLength', tagged({ [field]: ['x'.repeat(129)] }), 'may not be more than 128'),
  ];
}

/** The ways to get one rule wrong. */
const wrongRules: readonly WrongManifest[] = [
  wrong(RULE, 'required:priority', without('priority'), 'Required value'),
  wrong(RULE, 'required:tagStatus', without('tagStatus'), 'Required value'),
  wrong(RULE, 'required:countType', without('countType'), 'Required value'),
  wrong(RULE, 'required:countNumber', without('countNumber'), 'Required value'),
  wrong(RULE, 'required:action', without('action'), 'Required value'),
  wrong(RULE, 'rule', tagged({}), 'takes either tagPrefixes or tagPatterns'),
  wrong(
    RULE,
    'rule',
    tagged({ tagPrefixes: ['v'], tagPatterns: ['v*'] }),
    'takes either tagPrefixes or tagPatterns',
  ),
  wrong(RULE, 'rule', rule({ tagPrefixes: ['v'] }), 'and the others take neither'),
  wrong(RULE, 'rule', rule({ tagStatus: 'untagged', tagPatterns: ['v*'] }), 'and the others take neither'),
  wrong(
    RULE,
    'rule',
    rule({ tagPrefixes: ['v'], tagPatterns: ['v*'] }),
    'tagStatus tagged takes either tagPrefixes or tagPatterns',
  ),
  wrong(
    RULE,
    'rule',
    rule({ ...archived, storageClass: 'standard' }),
    'sinceImageTransitioned is for images that are archived',
  ),
  wrong(
    RULE,
    'rule',
    rule({ countType: 'sinceImageTransitioned', countNumber: 90 }),
    'sinceImageTransitioned is for images that are archived',
  ),
  wrong(RULE, 'rule', rule({ ...archived, countNumber: 89 }), 'a countNumber of 90 or more'),
  wrong(RULE, 'rule', rule({ ...archived, action: 'transition' }), 'are archived already'),
  wrong(RULE, 'rule', rule({ storageClass: 'archive' }), 'are counted in days since they were archived'),
  wrong(`${RULE}.priority`, 'minimum', rule({ priority: 0 }), 'greater than or equal to 1'),
  wrong(`${RULE}.description`, 'minLength', rule({ description: '' }), 'at least 1 chars'),
  wrong(
    `${RULE}.description`,
    'maxLength',
    rule({ description: 'x'.repeat(257) }),
    'may not be more than 256',
  ),
  wrong(
    `${RULE}.tagStatus`,
    'enum',
    rule({ tagStatus: 'TAGGED' }),
    'supported values: "tagged", "untagged", "any"',
  ),
  ...wrongTags('tagPrefixes'),
  ...wrongTags('tagPatterns'),
  wrong(`${RULE}.tagPatterns[]`, 'rule', tagged({ tagPatterns: ['*-*-*-*-*'] }), 'four * at most'),
  wrong(
    `${RULE}.storageClass`,
    'enum',
    rule({ storageClass: 'glacier' }),
    'supported values: "standard", "archive"',
  ),
  wrong(
    `${RULE}.countType`,
    'enum',
    rule({ countType: 'days' }),
    'supported values: "imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"',
  ),
  wrong(`${RULE}.countNumber`, 'minimum', rule({ countNumber: 0 }), 'greater than or equal to 1'),
  wrong(`${RULE}.action`, 'enum', rule({ action: 'delete' }), 'supported values: "expire", "transition"'),
];

/** The ways to get the lifecycle of a Repository or RepositoryClass wrong, whose complete manifest has rules. */
export const wrongLifecycles: readonly WrongManifest[] = [
  wrong(AT, 'rule', { lifecycle: { document: lifecycleDocument } }, 'write either rules or a document'),
  wrong(AT, 'rule', { lifecycle: { rules: null } }, 'not both and not neither'),
  wrong(
    RULES,
    'maxItems',
    rules(...many(51).map((_, index) => ({ ...one, tagStatus: 'untagged', priority: index + 1 }))),
    'must have at most 50 items',
  ),
  wrong(RULES, 'unique', rules(one, { ...one, tagStatus: 'untagged' }), 'Duplicate value'),
  wrong(
    RULES,
    'rule',
    rules(one, { ...one, tagStatus: 'untagged', priority: 2 }),
    'it has the highest priority number of its storage class',
  ),
  wrong(
    RULES,
    'rule',
    rules({ ...one, priority: 2 }, { ...one, priority: 7, storageClass: 'standard' }),
    'it has the highest priority number of its storage class',
  ),
  ...wrongRules,
  wrong(`${AT}.document`, 'minLength', document('{}'), 'at least 100 chars'),
  wrong(`${AT}.document`, 'maxLength', document(`{${' '.repeat(30720)}}`), 'may not be more than 30720'),
  wrong(
    `${AT}.document`,
    'rule',
    document(`rules:\n- rulePriority: 1\n${' '.repeat(100)}`),
    'write the policy as JSON text',
  ),
  wrong(
    `${AT}.preview`,
    'enum',
    { lifecycle: { preview: 'On' } },
    'supported values: "Off", "Report", "Block"',
  ),
];
