import { type WrongManifest, wrong } from './wrong-manifest.ts';

/** The ways to get a schedule at `at` wrong; `spec` makes the patch that puts one there. */
export function wrongSchedules(at: string, spec: (schedule: object) => object): WrongManifest[] {
  const timed = (fields: object) => spec({ schedule: '0 6 * * 1', ...fields });
  const schedule = `${at}.schedule`;
  const timeZone = `${at}.timeZone`;
  return [
    wrong(at, 'required:schedule', spec({ schedule: null }), 'Required value'),
    wrong(
      schedule,
      'maxLength',
      timed({ schedule: `${'1,'.repeat(64)}1 * * * *` }),
      'may not be more than 128',
    ),
    wrong(schedule, 'rule', timed({ schedule: '@daily' }), 'write five cron fields'),
    wrong(schedule, 'rule', timed({ schedule: '1-9999999 * * * *' }), 'write numbers of one or two digits'),
    wrong(timeZone, 'maxLength', timed({ timeZone: 'x'.repeat(65) }), 'may not be more than 64'),
    wrong(timeZone, 'rule', timed({ timeZone: '+02:00' }), 'such as Europe/Berlin or UTC'),
  ];
}
