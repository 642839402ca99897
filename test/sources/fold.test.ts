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
    expect(Object.keys(folded as object).sort()).toEqual(['__proto__', 'constructor']);
    expect(({} as { isadmin?: boolean }).isadmin).toBeUndefined();
  });

  it('gives objects that inherit nothing, and nothing can be added to what they inherit', () => {
    const { folded } = fold({ a: 1 });
    const above = Object.getPrototypeOf(folded);
    expect('constructor' in (folded as object) || '__proto__' in (folded as object)).toBe(false);
    expect([Reflect.ownKeys(above), Object.isFrozen(above)]).toEqual([[], true]);
  });

  it('refuses what nests deeper than any event', () => {
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(fold(nested(64)).doubts).toEqual([]);
    expect(fold(nested(65)).doubts).toMatchObject([{ at: [], refusal: { code: 'TOO_LARGE' } }]);
  });

  it('does not repeat a key to people that could be a message of its own', () => {
    expect(fold({ 'a\nb': 1, 'A\nb': 2 }).doubts[0]?.refusal.message).not.toContain('\n');
  });

  it('counts the keys of every object, those that differ in casing only each for itself', () => {
    expect(fold({ a: [{ b: 1, B: 1 }, 'c', []], e: { d: null } }).keys).toBe(5);
  });

  it('puts a key in lower case however many others, and however long ones, came before', () => {
    for (let n = 0; n < 11_000; n += 1) fold({ [`Key${n}`]: n });
    expect(plain(fold({ Key10999: 1, NewKey: 2, ['X'.repeat(100)]: 3 }).folded)).toEqual({
      key10999: 1,
      newkey: 2,
      ['x'.repeat(100)]: 3,
    });
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = fold(value);
        fc.pre(once.doubts.length === 0);
        expect(fold(once.folded)).toMatchObject({ folded: once.folded, doubts: [] });
      }),
    );
  });
});
