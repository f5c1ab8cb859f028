import { randomUUID } from 'node:crypto';

/** Somebody whom the API server knows by a fixed token. */
export interface LabUser {
  readonly name: string;
  readonly groups?: readonly string[];
}

export interface UserWithToken extends LabUser {
  readonly token: string;
}

/** In system:masters: RBAC does not apply. */
export const ADMIN = 'admin';
/** Known to the API server, with no right but those of every authenticated user. */
export const NOBODY = 'nobody';
/** As in a real cluster: its own rights come with the API server, each controller has its ServiceAccount. */
export const CONTROLLER_MANAGER = 'system:kube-controller-manager';

/** The users of every lab, and the caller's. Each has a new token. */
export function usersWithTokens(more: readonly LabUser[]): readonly UserWithToken[] {
  const users: readonly LabUser[] = [
    { name: ADMIN, groups: ['system:masters'] },
    { name: NOBODY },
    { name: CONTROLLER_MANAGER },
    ...more,
  ];
  return users.map((user) => ({ ...user, token: randomUUID() }));
}

/** The file for `--token-auth-file`: token, name, uid, "groups". */
export function tokenFile(users: readonly UserWithToken[]): string {
  return users
    .map(({ token, name, groups = [] }) => `${token},"${name}","uid-${name}","${groups.join(',')}"\n`)
    .join('');
}

/** The token of a user that the lab was started with. */
export function tokenOf(users: readonly UserWithToken[], name: string): string {
  const user = users.find((each) => each.name === name);
  if (user === undefined)
    throw new Error(`the lab has no user ${name}; name it in startControlPlane({ users })`);
  return user.token;
}
