import { expect, it } from 'vitest';
import { refuse } from '#core/sources/refuse';

it('a refusal names the thing, what is wrong with it, and the remedy, in one line', () => {
  const { missing, invalid, ignored } = refuse('hand over the whole event');
  expect([missing('id'), invalid('account', 'is not a text of 12 digits'), ignored('no work')]).toEqual([
    { outcome: 'rejected', code: 'FIELD_MISSING', message: 'id is missing: hand over the whole event' },
    {
      outcome: 'rejected',
      code: 'FIELD_INVALID',
      message: 'account is not a text of 12 digits: hand over the whole event',
    },
    { outcome: 'ignored', reason: 'no work' },
  ]);
});
