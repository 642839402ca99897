import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownWords, withholder } from '#adapters/withheld';
import * as actions from '#core/actions';
import { stages } from '#core/case';
import { stepNames } from '#core/pipeline';
import * as rotators from '#core/rotators';
import { answers, rungResults, rungs, verdicts } from '#core/step-facts';

const codeOf = (made: () => void): string => {
  try {
    made();
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a withholder', () => {
  it.each(['SecretAccessKey', 'SecretString', 'SecretBinary', 'SessionToken', 'Password'])(
    'withholds what AWS marks as secret: %s',
    (field) => {
      const { withhold } = withholder();
      expect(withhold({ deep: [{ [field]: 'a-secret-value', Name: 'n' }] })).toEqual({
        deep: [{ [field]: '(withheld)', Name: 'n' }],
      });
    },
  );

  it('writes no bytes out, and dates as text', () => {
    const { withhold } = withholder();
    expect(withhold({ a: new Uint8Array([1]), b: new Date(0), $metadata: { requestId: 'r' } })).toEqual({
      a: '(bytes)',
      b: '1970-01-01T00:00:00.000Z',
    });
  });

  it('refuses a record that would hold a value it has seen, under whatever name', () => {
    const { withhold, guard } = withholder();
    withhold({ SecretAccessKey: 'wJalr/XUtnFEMI+bPx' });
    expect(codeOf(() => guard('{"note":"it was wJalr/XUtnFEMI+bPx"}'))).toBe('SECRET_IN_RECORD');
    expect(codeOf(() => guard('{"note":"it was withheld"}'))).toBe('none');
  });

  it('refuses the secret key within a secret that is JSON, also where it is escaped there', () => {
    const { withhold, guard } = withholder();
    withhold({ SecretString: JSON.stringify({ accessKeyId: 'AKIA1', secretAccessKey: 'with "quotes" in it' }) });
    expect(codeOf(() => guard(JSON.stringify({ a: 'with "quotes" in it' })))).toBe('SECRET_IN_RECORD');
  });

  it('lets the key id pass: it is public', () => {
    const { withhold, guard } = withholder();
    withhold({
      SecretString: JSON.stringify({ accessKeyId: 'AKIA1111222233334444', secretAccessKey: 'x'.repeat(20) }),
    });
    expect(codeOf(() => guard('AKIA1111222233334444'))).toBe('none');
  });

  it('refuses a password beside the key, and lets pass what AWS itself tells in clear', () => {
    const { withhold, guard } = withholder();
    withhold({ ARN: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:a' });
    withhold({ SecretString: JSON.stringify({ password: 'correct-horse', region: 'eu-central-1' }) });
    expect(codeOf(() => guard('{"in":"eu-central-1"}'))).toBe('none');
    expect(codeOf(() => guard('{"facts":[{"what":"correct-horse"}]}'))).toBe('SECRET_IN_RECORD');
  });

  it('takes neither a part of other words nor a word of its own for a password', () => {
    const { withhold, guard } = withholder();
    withhold({ SecretString: JSON.stringify({ kind: 'access-key', use: 'rotation', rotator: 'iam-access-key' }) });
    const facts = { rotations: [{ rotator: 'iam-access-key', credential: 'access-key/AKIA1111222233334444' }] };
    expect(codeOf(() => guard(JSON.stringify(facts)))).toBe('none');
  });

  it.each([stages, stepNames, rungs, rungResults, verdicts, answers])(
    'knows the words of its records for its own',
    (...words) => {
      const { withhold, guard } = withholder();
      withhold({ SecretString: JSON.stringify(Object.fromEntries(words.map((word) => [word, word]))) });
      expect(codeOf(() => guard(JSON.stringify(words)))).toBe('none');
    },
  );

  it('knows the names of all actions and rotators for its own', () => {
    const names = [...Object.values(actions), ...Object.values(rotators)].map(({ name }) => name);
    expect(names.filter((name) => !ownWords.has(name))).toEqual([]);
  });

  it('never quotes the secret in its own error', () => {
    const { withhold, guard } = withholder();
    withhold({ Password: 'correct-horse' });
    expect(() => guard('"correct-horse"')).toThrow(/^(?!.*correct-horse)/);
  });

  it('scrubs every secret from any text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!'(withheld)'.includes(secret));
        const { withhold, scrub } = withholder();
        withhold({ SecretString: secret });
        expect(scrub(`${before}${secret}${after}`)).not.toContain(secret);
      }),
    );
  });
});
