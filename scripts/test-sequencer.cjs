const { sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const QUICK = `${sep}test${sep}unit${sep}`;

/**
 * Jest's order (the largest files first, or those that took longest where it knows that), but the unit tests last: so
 * that no worker is alone at the end of a run with minutes of starts and waits.
 */
class UnitTestsLast extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [
      ...sorted.filter(({ path }) => !path.includes(QUICK)),
      ...sorted.filter(({ path }) => path.includes(QUICK)),
    ];
  }
}

module.exports = UnitTestsLast;
