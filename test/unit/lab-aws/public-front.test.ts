import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public';
import { describe, expect, test } from '@jest/globals';
import { ask, askByHost, errorOf, fakeUpstream, login } from './front-requests.ts';
import { ACCOUNT, REGION, type Simulated, simulate } from './simulated-clients.ts';

const HOUR = 3_600_000;
const PUBLIC = '?ns=public.ecr.aws';
const MANIFEST = `/v2/docker/library/app/manifests/v1${PUBLIC}`;
const REFUSED = [400, 'DENIED', 'Your Authorization Token is invalid.'];

/** The token of GetAuthorizationToken, as it stands in `auth` of a pull Secret. */
async function publicAuth(lab: Simulated): Promise<string> {
  const { authorizationData } = await lab.ecrPublic.send(new GetAuthorizationTokenCommand({}));
  return authorizationData?.authorizationToken ?? '';
}

/** Goes the way of container runtimes: ask, follow the challenge to its realm, ask again. */
async function pull(lab: Simulated, basic: string | undefined, path = MANIFEST) {
  const challenge = (await ask(lab, path, undefined)).headers.get('www-authenticate') ?? '';
  const realm = /^Bearer realm="([^"]+)"/.exec(challenge)?.[1] ?? '';
  const headers: Record<string, string> = basic === undefined ? {} : { authorization: `Basic ${basic}` };
  const access = await fetch(`${realm}?service=public.ecr.aws&scope=aws`, { headers });
  if (access.status !== 200) return access;
  const { token } = (await access.json()) as { token: string };
  return ask(lab, path, `Bearer ${token}`);
}

describe('public.ecr.aws at the front', () => {
  test('asks for a bearer token of its own', async () => {
    await using lab = await simulate();
    const response = await ask(lab, `/v2/${PUBLIC}`, undefined);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="${lab.aws.registryUrl}/token/",service="public.ecr.aws",scope="aws"`,
    );
    expect(await errorOf(response)).toEqual([401, 'DENIED', 'Not Authorized']);
  });

  test.each([
    ['manifests', MANIFEST, 'manifests/v1'],
    ['layers', `/v2/docker/library/app/blobs/sha256:a${PUBLIC}`, 'blobs/sha256:a'],
    ['tags', `/v2/docker/library/app/tags/list${PUBLIC}&n=2`, 'tags/list?n=2'],
  ])('gives %s from the registry behind, with a token and without any', async (_what, path, rest) => {
    await using upstream = await fakeUpstream();
    await using lab = await simulate({ upstream: upstream.url });
    for (const credentials of [await publicAuth(lab), undefined]) {
      const response = await pull(lab, credentials, path);
      expect([response.status, await response.text()]).toEqual([200, 'layer']);
    }
    const asked = { method: 'GET', url: `/v2/public/docker/library/app/${rest}`, body: '' };
    expect(upstream.asked).toEqual([asked, asked].map((one) => ({ ...one, authorization: undefined })));
  });

  test('takes the token of GetAuthorizationToken as a bearer, as it is', async () => {
    await using lab = await simulate();
    expect((await ask(lab, `/v2/${PUBLIC}`, `Bearer ${await publicAuth(lab)}`)).status).toBe(200);
  });

  test.each(['public.ecr.aws', 'ecr-public.aws.com', 'public.ecr.aws:80'])(
    'goes by Host too, and then has its realm there: %s',
    async (host) => {
      await using lab = await simulate();
      const { statusCode, headers } = await askByHost(lab, '/v2/', { host });
      expect([statusCode, headers['www-authenticate']]).toEqual([
        401,
        `Bearer realm="http://${host}/token/",service="public.ecr.aws",scope="aws"`,
      ]);
      expect((await askByHost(lab, '/token/', { host })).statusCode).toBe(200);
    },
  );

  test('refuses Basic credentials but at the realm, and bearers that nobody issued', async () => {
    await using lab = await simulate();
    for (const header of [`Basic ${await publicAuth(lab)}`, 'Bearer invented', 'nonsense']) {
      expect(await errorOf(await ask(lab, MANIFEST, header))).toEqual(REFUSED);
    }
  });

  test('and private ECR each refuse the tokens of the other', async () => {
    await using lab = await simulate();
    const privateAuth = await login(lab);
    const bare = privateAuth.slice('Basic '.length);
    expect((await errorOf(await pull(lab, bare))).slice(0, 2)).toEqual([403, 'DENIED']);
    expect(await errorOf(await ask(lab, MANIFEST, `Bearer ${bare}`))).toEqual(REFUSED);
    const publicBasic = `Basic ${await publicAuth(lab)}`;
    expect((await errorOf(await ask(lab, '/v2/', publicBasic))).slice(0, 2)).toEqual([403, 'DENIED']);
    expect((await ask(lab, '/v2/', privateAuth)).status).toBe(200);
  });

  test('ends what it gave out after an hour, and credentials after their own time', async () => {
    await using lab = await simulate();
    const auth = await publicAuth(lab);
    const access = await fetch(`${lab.aws.registryUrl}/token/`, {
      headers: { authorization: `Basic ${auth}` },
    });
    const bearer = `Bearer ${((await access.json()) as { token: string }).token}`;
    lab.aws.clock.advance(HOUR - 1);
    expect((await ask(lab, `/v2/${PUBLIC}`, bearer)).status).toBe(200);
    lab.aws.clock.advance(1);
    expect(await errorOf(await ask(lab, `/v2/${PUBLIC}`, bearer))).toEqual(REFUSED);
    lab.aws.clock.advance(11 * HOUR);
    expect(await errorOf(await pull(lab, auth))).toEqual([
      403,
      'DENIED',
      'Your authorization token has expired. Reauthenticate and try again.',
    ]);
  });

  test('ends a bearer with the credentials behind it, where these end sooner', async () => {
    await using lab = await simulate({ tokenLifetimeMs: 30_000 });
    const headers = { authorization: `Basic ${await publicAuth(lab)}` };
    const access = await fetch(`${lab.aws.registryUrl}/token/`, { headers });
    const bearer = `Bearer ${((await access.json()) as { token: string }).token}`;
    lab.aws.clock.advance(29_999);
    expect((await ask(lab, `/v2/${PUBLIC}`, bearer)).status).toBe(200);
    lab.aws.clock.advance(1);
    expect((await ask(lab, `/v2/${PUBLIC}`, bearer)).status).toBe(400);
  });

  test('takes neither pushes nor a POST for a token', async () => {
    await using lab = await simulate();
    const bearer = `Bearer ${await publicAuth(lab)}`;
    expect((await ask(lab, MANIFEST, bearer, { method: 'PUT', body: '{}' })).status).toBe(405);
    expect((await ask(lab, '/token/', undefined, { method: 'POST' })).status).toBe(405);
  });

  test('leaves the private registries’ record alone', async () => {
    await using upstream = await fakeUpstream();
    await using lab = await simulate({ upstream: upstream.url });
    await pull(lab, undefined);
    expect(lab.aws.actions.all()).toEqual([]);
    expect(lab.aws.as(ACCOUNT, REGION).repositories()).toEqual([]);
  });
});
