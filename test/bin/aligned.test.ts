import { describe, expect, it } from 'vitest';
import { aligned } from '../../bin/aligned.ts';

describe('aligned columns', () => {
  it('are as wide as their widest cell, and leave no blanks at the end', () => {
    expect(
      aligned([
        ['A', 'B'],
        ['long', 'x'],
        ['a', 'longer still'],
      ]),
    ).toEqual(['A     B', 'long  x', 'a     longer still']);
  });

  it('count a cell as it will be shown, and cut it only where a limit is given', () => {
    expect(aligned([['\u001b', 'x']])).toEqual(['\\u001b  x']);
    expect(aligned([['abcdefgh', 'x']], 4)).toEqual(['abc…  x']);
    expect(aligned([['a'.repeat(500), 'x']])[0]).toHaveLength(503);
  });

  it('are none where there is no row', () => {
    expect(aligned([])).toEqual([]);
  });
});
