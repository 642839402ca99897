import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '#verifier/failure';
import { strictJson } from '#verifier/strict-json';
import { bytesOf } from './signed-pack.ts';

const read = (input: string | number[]) =>
  strictJson(typeof input === 'string' ? bytesOf(input) : Uint8Array.from(input), 'statement', 'here');

function flawOf(input: string | number[]): string {
  try {
    read(input);
  } catch (error) {
    if (error instanceof Refusal) return error.failure.message;
    throw error;
  }
  return 'accepted';
}

describe('strict JSON', () => {
  it('is what JSON.stringify writes, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'large' }), (value) => {
        const text = JSON.stringify(value);
        expect(read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a key twice', '{"a":1,"a":2}', 'has the key "a" twice in one object'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}', 'has the key "\\u0061" twice in one object'],
    ['a key twice far inside', '[{"x":[{"k":1,"l":{"k":1},"k":2}]}]', 'has the key "k" twice in one object'],
    ['the key __proto__ twice', '{"__proto__":1,"__proto__":2}', 'has the key "__proto__" twice in one object'],
    [
      'a number beyond a double',
      '[9007199254740993]',
      'has a number that parsers may read differently: 9007199254740993',
    ],
    ['a number with a needless zero', '[1.0]', 'has a number that parsers may read differently: 1.0'],
    ['a number that is infinite', '[1e999]', 'has a number that parsers may read differently: 1e999'],
    ['a lone surrogate', '["\\ud800"]', 'holds a lone surrogate'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d], 'is not JSON'],
    ['an overlong UTF-8 sequence', [0x22, 0xc0, 0xaf, 0x22], 'is not UTF-8'],
    ['something after its end', '{}{}', 'is not JSON'],
    ['a comma too many', '[1,]', 'is not JSON'],
    ['nothing', '', 'is not JSON'],
    ['nesting without end', '['.repeat(65) + ']'.repeat(65), 'is nested deeper than 64'],
  ])('has not %s', (_what, text, flaw) => {
    expect(flawOf(text)).toBe(flaw);
  });

  it.each([
    '{"a":{"b":1},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"\\\\","b":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":["a","a"]}',
  ])('may be %s, where no key is there twice in one object', (text) => {
    expect(flawOf(text)).toBe('accepted');
  });
});
