import { ECRClient } from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ask, errorOf, fakeUpstream, login, NAME, OCI, push } from './front-requests.ts';
import { ACCOUNT, REGION, simulate } from './simulated-clients.ts';

const HOUR = 3_600_000;
const LAYERS = {
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 10 },
  layers: [{ size: 90 }],
};

describe('tokens at the front', () => {
  test('are asked for with ECR’s challenge', async () => {
    await using lab = await simulate();
    const response = await ask(lab, '/v2/', undefined);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Basic realm="https://${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/",service="ecr.amazonaws.com"`,
    );
  });

  test('are valid side by side, each to its own end', async () => {
    await using lab = await simulate();
    const first = await login(lab);
    lab.aws.clock.advance(11 * HOUR);
    const second = await login(lab);
    expect((await ask(lab, '/v2/', first)).status).toBe(200);
    lab.aws.clock.advance(HOUR);
    expect(await errorOf(await ask(lab, '/v2/', first))).toEqual([
      403,
      'DENIED',
      'Your authorization token has expired. Reauthenticate and try again.',
    ]);
    expect((await ask(lab, '/v2/', second)).status).toBe(200);
  });

  test('that nobody issued are refused, and so are those of another region', async () => {
    await using lab = await simulate();
    const invented = `Basic ${Buffer.from('AWS:invented').toString('base64')}`;
    const elsewhere = await login(lab, new ECRClient({ ...lab.settings, region: 'eu-west-1' }));
    for (const token of [invented, elsewhere]) {
      expect((await errorOf(await ask(lab, '/v2/', token))).slice(0, 2)).toEqual([403, 'DENIED']);
    }
    const there = `/v2/?ns=${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
    expect((await ask(lab, there, elsewhere)).status).toBe(200);
  });

  test.each([
    [false, 200],
    [true, 403],
  ])('outlive the session behind them unless told: %s', async (tokensEndWithSession, status) => {
    await using lab = await simulate({ tokensEndWithSession });
    const role = `arn:aws:iam::${ACCOUNT}:role/node`;
    lab.aws.addRole({ arn: role });
    const token = await login(
      lab,
      new ECRClient({ ...lab.settings, credentials: lab.aws.issueSession(role) }),
    );
    lab.aws.clock.advance(2 * HOUR);
    expect((await ask(lab, '/v2/', token)).status).toBe(status);
  });
});

describe('repositories at the front', () => {
  test('have to exist in ECR', async () => {
    await using lab = await simulate();
    expect(await errorOf(await ask(lab, `/v2/${NAME}/manifests/v1`, await login(lab)))).toEqual([
      404,
      'NAME_UNKNOWN',
      `The repository with name '${NAME}' does not exist in the registry with id '${ACCOUNT}'`,
    ]);
  });

  test('take a push into ECR’s state and give it back, recorded as ECR’s own actions', async () => {
    await using upstream = await fakeUpstream();
    await using lab = await simulate({ upstream: upstream.url });
    const handle = lab.aws.as(ACCOUNT, REGION);
    handle.addRepository(NAME);
    const token = await login(lab);
    lab.aws.actions.clear();
    const pushed = await push(lab, token, 'v1', LAYERS);
    const digest = digestOf(JSON.stringify(LAYERS));
    expect([pushed.status, pushed.headers.get('docker-content-digest')]).toEqual([201, digest]);
    expect(handle.repository(NAME)?.images.get(digest)).toMatchObject({
      tags: new Set(['v1']),
      sizeInBytes: 100,
      pushedAt: lab.aws.clock.now(),
      manifestMediaType: OCI,
    });
    const pulled = await ask(lab, `/v2/${NAME}/manifests/v1`, token);
    expect(await pulled.json()).toEqual(LAYERS);
    expect((await ask(lab, `/v2/${NAME}/tags/list`, token).then((one) => one.json())) as unknown).toEqual({
      name: NAME,
      tags: ['v1'],
    });
    expect(lab.aws.actions.all().map((one) => one.action)).toEqual([
      'ecr:PutImage',
      'ecr:BatchGetImage',
      'ecr:ListImages',
    ]);
    handle.removeRepository(NAME);
    handle.addRepository(NAME);
    expect((await ask(lab, `/v2/${NAME}/manifests/v1`, token)).status).toBe(404);
  });

  test('keep immutable tags', async () => {
    await using upstream = await fakeUpstream();
    await using lab = await simulate({ upstream: upstream.url });
    const filters = [{ filterType: 'WILDCARD', filter: 'dev-*' }] as const;
    lab.aws
      .as(ACCOUNT, REGION)
      .addRepository(NAME, { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusionFilters: filters });
    const token = await login(lab);
    for (const tag of ['v1', 'dev-1']) expect((await push(lab, token, tag, LAYERS)).status).toBe(201);
    expect((await push(lab, token, 'v1', LAYERS)).status).toBe(201);
    expect((await push(lab, token, 'dev-1', { ...LAYERS, other: true })).status).toBe(201);
    expect(await errorOf(await push(lab, token, 'v1', { ...LAYERS, other: true }))).toEqual([
      400,
      'TAG_INVALID',
      `The image tag 'v1' already exists in the '${NAME}' repository and cannot be overwritten because the tag is immutable.`,
    ]);
  });

  test('pass layers on below their account and region, without the token, and bring uploads back to the front', async () => {
    await using upstream = await fakeUpstream();
    await using lab = await simulate({ upstream: upstream.url });
    lab.aws.as(ACCOUNT, REGION).addRepository(NAME);
    const token = await login(lab);
    const started = await ask(lab, `/v2/${NAME}/blobs/uploads/?mount=sha256:a&from=other`, token, {
      method: 'POST',
    });
    expect(started.headers.get('location')).toBe(`/v2/${NAME}/blobs/uploads/id?_state=signed`);
    await ask(lab, `/v2/${NAME}/blobs/uploads/id?_state=signed`, token, { method: 'PUT', body: 'layer' });
    const layer = await ask(
      lab,
      `/v2/${NAME}/blobs/sha256:a?ns=${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`,
      token,
    );
    expect(await layer.text()).toBe('layer');
    const base = `/v2/${ACCOUNT}/${REGION}/${NAME}/blobs`;
    expect(upstream.asked).toEqual([
      { method: 'POST', url: `${base}/uploads/`, body: '', authorization: undefined },
      { method: 'PUT', url: `${base}/uploads/id?_state=signed`, body: 'layer', authorization: undefined },
      { method: 'GET', url: `${base}/sha256:a`, body: '', authorization: undefined },
    ]);
  });
});
