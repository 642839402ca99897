import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '#core/settings';
import * as sources from '#core/sources';
import { type Class, classify } from '#core/sources/signal';
import { noLists } from './read-finding.ts';

const classes: Class[] = [
  { types: 'A:B/C', signal: 'blocking', why: 'the very one' },
  { types: 'A:*', atLeast: 4, signal: 'blocking', why: 'of A, and grave' },
  { types: '*', signal: 'advisory', why: 'the rest' },
];

describe('the signal of a type', () => {
  it.each<[string, string, number | null, object, string, string]>([
    ['its own class, where the settings list nothing', 'A:B/C', 1, {}, 'blocking', 'the very one'],
    ['the first class that fits its severity', 'A:D', 4, {}, 'blocking', 'of A, and grave'],
    ['a later class, where its severity is less', 'A:D', 3.9, {}, 'advisory', 'the rest'],
    ['the graver class, where no severity is told', 'A:D', null, {}, 'blocking', 'of A, and grave'],
    ['an entry of the settings', 'A:B/C', 1, { advisory: ['A:B/C'] }, 'advisory', 'list A:B/C as advisory'],
    ['an exact entry before a pattern', 'A:B/C', 1, { immediate: ['A:*'], advisory: ['A:B/C'] }, 'advisory', 'A:B/C'],
    [
      'a closer pattern before a wider one',
      'A:B/C',
      1,
      { immediate: ['A:B*'], advisory: ['A:*'] },
      'immediate',
      'A:B*',
    ],
    ['the stronger of two equal entries', 'A:B/C', 1, { immediate: ['A:B*'], blocking: ['A:B*'] }, 'immediate', 'A:B*'],
  ])('is %s', (_, type, severity, lists, signal, why) => {
    expect(classify(type, severity, classes, { ...noLists, ...lists })).toEqual({
      signal,
      why: expect.stringContaining(why),
    });
  });

  it('of no source is immediate unless the settings list it', () => {
    const all = Object.values(sources).flatMap((source) => source.classes.map((each) => ({ ...each, source })));
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.string(),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (own, end, rate) => {
          const type = own.types.replace(/\*$/, end);
          expect(classify(type, rate, own.source.classes, noLists).signal).not.toBe('immediate');
        },
      ),
    );
  });

  it.each(Object.values(sources))('of $name always has a class of its own', ({ classes: own }) => {
    expect(own.at(-1)).toMatchObject({ types: '*' });
    expect(own.at(-1)?.atLeast).toBeUndefined();
  });
});

describe('the lists of the settings', () => {
  it.each(['*', 'A B/../*x', '', 'A'.repeat(200), 'A*B'])('refuse %j, which is no type', (entry) => {
    expect(() => parseSettings({ blocking: [entry] })).toThrow(/is not a finding type/);
  });

  it('take the types of every source', () => {
    const types = [
      'IAM.3',
      'AWS_RISK_CREDENTIALS_EXPOSED',
      'IAM:CreateAccessKey/BySelf',
      'Backdoor:EC2/C&CActivity.B!DNS',
    ];
    expect(parseSettings({ advisory: types }).advisory).toEqual(types);
  });
});
