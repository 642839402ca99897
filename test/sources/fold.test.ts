import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '#core/sources/fold';

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('fold', () => {
  it('puts every key in lower case and leaves every value alone', () => {
    const { folded, doubts } = fold({
      Resource: [{ AccessKeyDetails: { userNAME: 'Alice' } }],
      N: 1,
      B: true,
      Z: null,
    });
    expect(doubts).toEqual([]);
    expect(plain(folded)).toEqual({ resource: [{ accesskeydetails: { username: 'Alice' } }], n: 1, b: true, z: null });
  });

  it('refuses two keys of one object that differ in casing and in value', () => {
    expect(fold({ detail: [{ accountId: '1', AccountId: '2' }] }).doubts).toMatchObject([
      { at: ['detail', 'accountid'], refusal: { code: 'AMBIGUOUS', message: expect.stringContaining('"accountid"') } },
    ]);
  });

  it('takes two spellings of one key when they say the same', () => {
    expect(fold({ a: { x: 1, y: 2 }, A: { Y: 2, X: 1 } }).doubts).toEqual([]);
  });

  it('tells values apart that differ only below __proto__', () => {
    const twice = JSON.parse('{"a":{"__proto__":{"x":1}},"A":{"__proto__":{"x":2}}}');
    expect(fold(twice).doubts).toMatchObject([{ refusal: { code: 'AMBIGUOUS' } }]);
  });

  it('keeps hostile keys as mere keys', () => {
    const { folded } = fold(JSON.parse('{"__proto__":{"isAdmin":true},"constructor":1}'));
    expect(Object.getPrototypeOf(folded)).toBeNull();
    expect(Object.keys(folded as object).sort()).toEqual(['__proto__', 'constructor']);
    expect(({} as { isadmin?: boolean }).isadmin).toBeUndefined();
  });

  it('refuses what nests deeper than any event', () => {
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(fold(nested(64)).doubts).toEqual([]);
    expect(fold(nested(65)).doubts).toMatchObject([{ at: [], refusal: { code: 'TOO_LARGE' } }]);
  });

  it('does not repeat a key to people that could be a message of its own', () => {
    expect(fold({ 'a\nb': 1, 'A\nb': 2 }).doubts[0]?.refusal.message).not.toContain('\n');
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = fold(value);
        fc.pre(once.doubts.length === 0);
        expect(fold(once.folded)).toEqual(once);
      }),
    );
  });
});
