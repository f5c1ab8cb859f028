import { describe, expect, test } from '@jest/globals';
import {
  decideRepair,
  type LeaveReason,
  type Remedy,
  type RepairInput,
} from '../../../../../src/controllers/pull-secret/repair/decide-repair.ts';
import { ATTACHED, account, claim, demand, HOST, HOUR, pod, SECOND, secret } from './repair-objects.ts';

function remedy(more: Partial<Remedy> = {}): Remedy {
  return { secretName: 'ecr-pull', demand: demand(), secret: secret(), triedUntil: undefined, ...more };
}

/** A Pod that is to be deleted, but for what is given. */
function input(more: Partial<RepairInput> = {}): RepairInput {
  return { pod: pod(), account: account(), remedies: [remedy()], now: ATTACHED + HOUR, ...more };
}

/** The same, of a claim with such a spec. */
function withSpec(spec: Parameters<typeof claim>[0]): Partial<RepairInput> {
  return { remedies: [remedy({ demand: demand({ holder: claim(spec) }) })] };
}

function withSecret(more: Parameters<typeof secret>[0]): Partial<RepairInput> {
  return { remedies: [remedy({ secret: secret(more) })] };
}

const [LOGIN] = secret().logins;
if (!LOGIN) throw new Error('the Secret has no login');

function scopedTo(...patterns: string[]): Partial<RepairInput> {
  const id = `default|${patterns.join()}`;
  const want = {
    id,
    login: 'default',
    registry: 'default',
    scope: { kind: 'Repositories', patterns },
  } as const;
  return {
    remedies: [
      remedy({ demand: demand({ wants: [want] }), secret: secret({ logins: [{ ...LOGIN, id } as never] }) }),
    ],
  };
}

test('a Pod that was created before its ServiceAccount named the Secret is deleted', () => {
  expect(decideRepair(input())).toEqual({
    repair: {
      secretName: 'ecr-pull',
      holder: claim(),
      attachedAt: ATTACHED,
      image: { host: HOST, repository: 'team-a/web' },
    },
  });
});

describe('it is deleted too', () => {
  const elsewhere = { host: 'ghcr.io', repository: 'side' };
  const here = { host: HOST, repository: 'team-a/web' };
  test.each<[string, Partial<RepairInput>]>([
    ['in the second of the attachment', { pod: pod({ createdAt: ATTACHED }) }],
    ['while the API server may not have seen that yet', { pod: pod({ createdAt: ATTACHED + 2 * SECOND }) }],
    ['long before', { pod: pod({ createdAt: ATTACHED - 1_000 * HOUR }) }],
    ['with one image of ours among others', { pod: pod({ unpulled: [elsewhere, here] }) }],
    [
      'with the list that its ServiceAccount had then',
      { pod: pod({ pullSecrets: ['a', 'b'] }), account: account({ pullSecrets: ['a', 'ecr-pull', 'b'] }) },
    ],
    [
      'without a list, whatever its ServiceAccount has by now',
      { account: account({ pullSecrets: ['a', 'ecr-pull'] }) },
    ],
    [
      'with another Secret of ours, which came first',
      {
        pod: pod({ pullSecrets: ['first'] }),
        account: account({ pullSecrets: ['first', 'ecr-pull'], ours: ['first', 'ecr-pull'] }),
      },
    ],
    [
      'where the first Secret does not help, but the second',
      { remedies: [remedy({ secret: undefined }), remedy()] },
    ],
    ['for a repository that its token opens', scopedTo('team-b', 'team-a/*')],
    ['with others of its controller', { remedies: [remedy({ triedUntil: pod().createdAt })] }],
    ['without a list, where nobody knows since when', { account: account({ attachedAt: undefined }) }],
    [
      'of any ServiceAccount, with All',
      {
        ...withSpec({ serviceAccounts: { mode: 'All' } }),
        account: account({ name: 'builder' }),
        pod: pod({ serviceAccount: 'builder' }),
      },
    ],
  ])('%s', (_what, more) => {
    expect(decideRepair(input(more))).toHaveProperty('repair');
  });
});

describe('it is left alone', () => {
  const gone = { kind: 'Job', uid: 'u' };
  test.each<[LeaveReason, string, Partial<RepairInput>]>([
    ['NoController', 'without a controller', { pod: pod({ controller: undefined }) }],
    ['OwnedByNode', 'as a static Pod', { pod: pod({ controller: { ...gone, kind: 'Node' } }) }],
    ['Terminating', 'while it is going', { pod: pod({ terminating: true }) }],
    ['NothingUnpulled', 'while no pull has failed', { pod: pod({ unpulled: [] }) }],
    ['NoRemedy', 'without a ServiceAccount that we know', { account: undefined }],
    ['NoRemedy', 'where nothing in its ServiceAccount is ours', { remedies: [] }],
    ['ListOfItsOwn', 'with a list of its own', { pod: pod({ pullSecrets: ['mine'] }) }],
    [
      'ListOfItsOwn',
      'with the same names in another order',
      { pod: pod({ pullSecrets: ['b', 'a'] }), account: account({ pullSecrets: ['a', 'b', 'ecr-pull'] }) },
    ],
    ['NotAttached', 'where somebody took the entry out', { account: account({ pullSecrets: [] }) }],
    ['HasSecret', 'where it has the Secret', { pod: pod({ pullSecrets: ['ecr-pull'] }) }],
    [
      'AttachmentUnknown',
      'with the list that its ServiceAccount had then, where nobody knows when that was',
      {
        pod: pod({ pullSecrets: ['a'] }),
        account: account({ pullSecrets: ['a', 'ecr-pull'], attachedAt: undefined }),
      },
    ],
    ['CreatedAfter', 'where it was created later', { pod: pod({ createdAt: ATTACHED + 3 * SECOND }) }],
    ['CreatedAfter', 'without a time', { pod: pod({ createdAt: Number.NaN }) }],
    [
      'CameBackTheSame',
      'where it came after others of its controller were deleted',
      { remedies: [remedy({ triedUntil: ATTACHED - 2 * SECOND })] },
    ],
    ['NotHeld', 'where nobody wants the Secret', { remedies: [remedy({ demand: undefined })] }],
    ['NotHeld', 'where nobody may', { remedies: [remedy({ demand: demand({ holder: undefined }) })] }],
    ['NotAskedFor', 'where repairPods is false', withSpec({ repairPods: false })],
    ['NotAskedFor', 'where repairPods is absent', withSpec({ repairPods: undefined as never })],
    ['Suspended', 'where the holder is suspended', withSpec({ suspend: true })],
    ['NotAttached', 'where the entry is about to go', withSpec({ serviceAccounts: { mode: 'None' } })],
    ['SecretNotReady', 'where the Secret is missing', { remedies: [remedy({ secret: undefined })] }],
    ['SecretNotReady', 'where the Secret is not ours', withSecret({ managed: false })],
    ['SecretNotReady', 'where somebody edited the Secret', withSecret({ intact: false })],
    ['SecretNotReady', 'where the Secret is going', withSecret({ terminating: true })],
    ['SecretNotReady', 'where the Secret is another’s', withSecret({ holder: 'PullSecret/mine' })],
    ['NoLogin', 'where the Secret has no login', withSecret({ logins: [] })],
    ['NoLogin', 'where the login has run out', { now: ATTACHED + 12 * HOUR }],
    [
      'NoLogin',
      'with images of other registries',
      { pod: pod({ unpulled: [{ host: HOST.replace('east', 'west'), repository: 'team-a/web' }] }) },
    ],
    ['NoLogin', 'for a repository that its token does not open', scopedTo('team-b/*', 'team-a/website')],
    [
      'NoLogin',
      'while the Secret has another token than is wanted',
      { remedies: [remedy({ secret: secret({ logins: [{ ...LOGIN, id: 'default|team-b' }] }) })] },
    ],
  ])('%s: %s', (leave, _what, more) => {
    expect(decideRepair(input(more))).toEqual({ leave });
  });
});
