import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runCommand } from '../../lab/run-command.ts';
import { shippedPolicies } from '../../lab/shipped-policies.ts';

const FOLDER = join(import.meta.dirname, '../../../deploy/iam');

test.each(shippedPolicies().map(({ name, text }) => [name, text]))(
  '%s.json is to these tests what sed makes of it',
  async (name, text) => {
    const args = ['-f', join(FOLDER, 'values.sed'), join(FOLDER, `${name}.json`)];
    const { code, stdout } = await runCommand('sed', args);
    expect([code, stdout]).toEqual([0, text]);
  },
);
