import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '#core/instant';

describe('instant', () => {
  it.each<[unknown, string]>([
    ['2023-01-10T22:04:02Z', '2023-01-10T22:04:02.000Z'],
    ['2023-01-10t22:04:02z', '2023-01-10T22:04:02.000Z'],
    ['2023-01-10 22:04:02', '2023-01-10T22:04:02.000Z'],
    ['2023-01-10 22:04:02.000000000', '2023-01-10T22:04:02.000Z'],
    ['2023-01-10T22:04:02.1Z', '2023-01-10T22:04:02.100Z'],
    ['2023-01-10T22:04:02.123987654Z', '2023-01-10T22:04:02.123Z'],
    ['2017-12-18 21:28:11.551000+05:30', '2017-12-18T15:58:11.551Z'],
    ['2023-01-10T22:04:02-0100', '2023-01-10T23:04:02.000Z'],
    [1.646144449e9, '2022-03-01T14:20:49.000Z'],
    [1646144449000, '2022-03-01T14:20:49.000Z'],
    [1646144449.5, '2022-03-01T14:20:49.500Z'],
  ])('reads %s as %s', (written, utc) => {
    expect(instant(written)).toBe(utc);
  });

  it.each([
    undefined,
    null,
    '',
    'never',
    '2023-02-30T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-01-10',
    -1,
    Number.NaN,
    1e300,
    {},
  ])('finds no time in %j', (written) => {
    expect(instant(written)).toBeNull();
  });

  it('reads its own answers unchanged', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(instant(date.toISOString())).toBe(date.toISOString());
        },
      ),
    );
  });
});
