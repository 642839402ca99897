import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminal } from '../../bin/terminal.ts';

function written(line: string): string {
  const texts: string[] = [];
  const write = { out: (text: string) => void texts.push(text), err: () => undefined };
  terminal(write, async () => new Uint8Array()).out(line);
  return texts.join('');
}

describe('the terminal', () => {
  it('shows an escape sequence in a name instead of obeying it', () => {
    expect(written('user/1/\u001b[31mroot\u009b2J')).toBe('user/1/\\u001b[31mroot\\u009b2J\n');
  });

  it('lets no text add a line, move the cursor or turn its direction', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(written(text)).toMatch(/^[^\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*\n$/u);
      }),
    );
  });

  it('keeps what JSON means', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(JSON.parse(written(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps names in every script', () => {
    expect(written('Łukasz 工藤 é')).toBe('Łukasz 工藤 é\n');
  });
});
