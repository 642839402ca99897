import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { split } from '#core/sources/split';

const texts = (text: string) => split(text).map((slice) => slice.text);

describe('split', () => {
  it.each<[string, string, string[]]>([
    ['one document is its whole text, line feed included', '{ "a": 1 }\n', ['{ "a": 1 }\n']],
    [
      'an array gives the exact text of its elements',
      '[ {"a": "],[\\"}"} ,\n {"b" :[1, 2]}]',
      ['{"a": "],[\\"}"}', '{"b" :[1, 2]}'],
    ],
    ['numbers keep their spelling', '[{"a":1.0},{"a":1E9}]', ['{"a":1.0}', '{"a":1E9}']],
    ['an empty array holds no event', ' [ ] ', []],
    ['arrays in arrays are opened', '[[{"a":1}],[{"b":2},3]]', ['{"a":1}', '{"b":2}', '3']],
    [
      'GetFindings output gives its findings',
      '{"Findings": [{"Id":"1"}, {"Id":"2"}], "NextToken": ""}',
      ['{"Id":"1"}', '{"Id":"2"}'],
    ],
    [
      'a log file of CloudTrail gives its records',
      '{"Records":[{"eventID":"1"},{"eventID":"2"}]}',
      ['{"eventID":"1"}', '{"eventID":"2"}'],
    ],
    [
      'a document that holds findings beside other things stays whole',
      '{"detail":1,"findings":[{}]}',
      ['{"detail":1,"findings":[{}]}'],
    ],
    ['lines are events, blank ones are not', '{"a":1}\r\n\r\n  \n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['a line may be an array', '[{"a":1},{"b":2}]\n{"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
    ['a broken line stands for itself', '{"a":1}\n{"b":\n{"c":3}', ['{"a":1}', '{"b":', '{"c":3}']],
    ['broken JSON over many lines is one event', '{\n "a": 1,\n "b": [\n', ['{\n "a": 1,\n "b": [\n']],
    ['nothing is one event, to be rejected rather than passed over', '', ['']],
  ])('%s', (_, text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  it('counts events from zero through the file', () => {
    expect(split('[{},{}]\n{}').map((slice) => slice.index)).toEqual([0, 1, 2]);
  });

  it.each<[string, number[]]>([
    ['{"a":1}\n\n \r\n{"b":\n{"c":3}', [1, 4, 5]],
    ['[{"a":1},\n{"a":1}, {"a":1},\n\n{"a":1}]', [1, 2, 2, 4]],
    ['\n{"Findings":\n[{"Id":\n"1"}, {"Id":"1"}]}', [3, 4]],
  ])('tells on which line each begins: %j', (text, lines) => {
    expect(split(text).map((slice) => slice.line)).toEqual(lines);
  });

  it('cuts out what JSON says the elements are', () => {
    const elements = fc.array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.double()));
    fc.assert(
      fc.property(elements, fc.constantFrom(0, 1, '\t'), (values, space) => {
        expect(texts(JSON.stringify(values, null, space)).map((text) => JSON.parse(text))).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
      }),
    );
  });

  it('comes to an end over hostile blanks and nesting', () => {
    const blanks = split(`{"a":"${' '.repeat(500_000)}"}x${' '.repeat(500_000)}x`);
    const open = split('['.repeat(100_000));
    const nested = split('['.repeat(5_000) + ']'.repeat(5_000));
    expect([blanks.length, open.length, nested.length]).toEqual([1, 1, 1]);
  });
});
