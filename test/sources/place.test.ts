import { expect, it } from 'vitest';
import { placeOf } from '#core/sources/place';
import { refuse } from '#core/sources/refuse';

const { invalid } = refuse('hand over the event as it was sent');

it.each([
  ['no envelope', undefined, { account: null, region: null }],
  ['an envelope that tells neither', { account: null }, { account: null, region: null }],
  ['an account alone', { account: '111122223333' }, { account: '111122223333', region: null }],
  ['both', { account: '111122223333', region: 'eu-west-1' }, { account: '111122223333', region: 'eu-west-1' }],
])('takes the account and the Region from %s', (_, envelope, place) => {
  expect(placeOf(envelope, invalid)).toEqual(place);
});

it.each([
  ['account', { account: '1111', region: 'eu-west-1' }, 'account is not a text of 12 digits'],
  ['account', { account: 111122223333 }, 'account is not a text of 12 digits'],
  ['region', { account: '111122223333', region: 'moon' }, 'region is not an AWS Region'],
])('refuses an envelope whose %s is none: %o', (_, envelope, problem) => {
  expect(placeOf(envelope, invalid)).toEqual({
    outcome: 'rejected',
    code: 'FIELD_INVALID',
    message: `${problem}: hand over the event as it was sent`,
  });
});
