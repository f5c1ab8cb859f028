import { expect, test } from '@jest/globals';
import { publicRepositoryState } from '../../../../src/controllers/public-repository/public-repository-state.ts';
import { LOGO, publicRepository } from './public-objects.ts';

/** `printf 'logo' | base64 -w0 | sha256sum` */
const HASH = '7f91c0068544cd4c05bc7d0427de370f6741f567d7a4416f45b8190ea8749611';

test('of a PublicRepository all is kept but its logo, of which there is a hash', () => {
  const texts = { description: 'd', architectures: ['ARM'] };
  const rest = { tags: { a: 'b' }, policy: { document: '{}' } };
  const whole = publicRepository({ ...rest, catalogData: { ...texts, logoImage: LOGO } }, { arn: 'arn' });
  expect(publicRepositoryState(whole)).toEqual({
    ...whole,
    spec: { ...whole.spec, catalogData: { ...texts, logoHash: HASH } },
  });
});

test('neither the logo nor a copy of it is anywhere in what is kept', () => {
  const whole = publicRepository({ catalogData: { logoImage: LOGO } });
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(whole),
    'team.example.com/note': 'kept',
  };
  const metadata = { ...whole.metadata, annotations, managedFields: [{ manager: 'kubectl' }] };
  const kept = publicRepositoryState({ ...whole, metadata });
  expect(JSON.stringify(kept)).not.toContain(LOGO);
  expect(kept.metadata).toEqual({
    ...whole.metadata,
    annotations: { 'team.example.com/note': 'kept' },
  });
});

test.each([{}, { catalogData: { description: 'd' } }])('one without a logo is kept as it is: %j', (spec) => {
  expect(publicRepositoryState(publicRepository(spec))).toEqual(publicRepository(spec));
});
