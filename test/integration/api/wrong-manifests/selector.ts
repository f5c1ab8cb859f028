import { many, manyKeys, type WrongManifest, wrong } from './wrong-manifest.ts';

/** The ways to get a label selector at `at` wrong; `spec` makes the patch that puts a selector there. */
export function wrongSelectors(at: string, spec: (selector: object) => object): WrongManifest[] {
  const labels = (matchLabels: object) => spec({ matchLabels });
  const expressions = (...matchExpressions: object[]) => spec({ matchExpressions });
  const expression = `${at}.matchExpressions[]`;
  return [
    wrong(`${at}.matchLabels`, 'maxProperties', labels(manyKeys(33)), 'must have at most 32 items'),
    wrong(`${at}.matchLabels`, 'rule', labels({ 'team a': 'x' }), 'no label has this key'),
    wrong(`${at}.matchLabels{}`, 'maxLength', labels({ team: 'x'.repeat(64) }), 'may not be more than 63'),
    wrong(`${at}.matchLabels{}`, 'rule', labels({ team: 'a/b' }), 'no label has this value'),
    wrong(
      `${at}.matchExpressions`,
      'maxItems',
      expressions(...many(9).map((key) => ({ key, operator: 'Exists' }))),
      'must have at most 8 items',
    ),
    wrong(expression, 'required:key', expressions({ operator: 'Exists' }), 'Required value'),
    wrong(expression, 'required:operator', expressions({ key: 'team' }), 'Required value'),
    wrong(
      expression,
      'rule',
      expressions({ key: 'team', operator: 'In' }),
      'In and NotIn compare with values',
    ),
    wrong(
      expression,
      'rule',
      expressions({ key: 'team', operator: 'Exists', values: ['a'] }),
      'Exists and DoesNotExist look at the key alone',
    ),
    wrong(
      `${expression}.key`,
      'maxLength',
      expressions({ key: 'x'.repeat(318), operator: 'Exists' }),
      'may not be more than 317',
    ),
    wrong(`${expression}.key`, 'rule', expressions({ key: '', operator: 'Exists' }), 'no label has this key'),
    wrong(
      `${expression}.operator`,
      'enum',
      expressions({ key: 'team', operator: '=' }),
      'supported values: "In", "NotIn", "Exists", "DoesNotExist"',
    ),
    wrong(
      `${expression}.values`,
      'maxItems',
      expressions({ key: 'team', operator: 'In', values: many(33) }),
      'must have at most 32 items',
    ),
    wrong(
      `${expression}.values[]`,
      'maxLength',
      expressions({ key: 'team', operator: 'In', values: ['x'.repeat(64)] }),
      'may not be more than 63',
    ),
    wrong(
      `${expression}.values[]`,
      'rule',
      expressions({ key: 'team', operator: 'In', values: ['-a'] }),
      'no label has this value',
    ),
  ];
}
