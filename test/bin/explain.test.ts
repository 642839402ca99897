import { describe, expect, it } from 'vitest';
import { RescindError, RetryableError } from '#core/error';
import { AwsRefusal } from '#core/ports';
import { explain } from '../../bin/explain.ts';

const unanswered = (name: string, message: string, code?: string) =>
  new RetryableError(`cloudformation:DescribeStacks: ${name}: ${message}`, {
    cause: Object.assign(new Error(message), { name, code }),
  });
const refused = (name: string, message = 'no') => new AwsRefusal('cloudformation:DescribeStacks', name, message);

describe('what stops a command', () => {
  it.each([
    [
      'no credentials',
      unanswered('CredentialsProviderError', 'Could not load credentials from any providers'),
      /set AWS_PROFILE/,
    ],
    ['no Region', unanswered('Error', 'Region is missing'), /give --region/],
    [
      'no network',
      unanswered('AggregateError', '', 'ECONNREFUSED'),
      /DescribeStacks: ECONNREFUSED\): check the network/,
    ],
    [
      'no such stack',
      refused('ValidationError', 'Stack with id Rescind does not exist'),
      /there is no stack Rescind .*--stack/,
    ],
    ['no permission', refused('AccessDenied'), /may not cloudformation:DescribeStacks \(AccessDenied\): use/],
    ['old credentials', refused('ExpiredToken'), /renew them$/],
    ['another refusal', refused('Odd', 'first\nsecond'), /^AWS refused: .*first second$/],
    [
      'a full disk',
      Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', path: 'pack/manifest.json' }),
      /pack\/manifest.json \(ENOSPC\): check/,
    ],
    [
      'a fault of ours',
      new TypeError('x is not\n a function'),
      /^unexpected TypeError: x is not a function: please report/,
    ],
  ])('%s is one line with its remedy, and exit 3', (_, error, line) => {
    expect(explain(error, 'Rescind')).toEqual({ line: expect.stringMatching(line), exit: 3 });
    expect(explain(error, 'Rescind').line).not.toContain('\n');
  });

  it('a case that does not exist is an answer, and exit 1', () => {
    const { line, exit } = explain(new RescindError('CASE_UNKNOWN', 'c-0123456789abcdef'), 'Rescind');
    expect([exit, line]).toEqual([1, expect.stringContaining('no such case: c-0123456789abcdef')]);
  });
});
