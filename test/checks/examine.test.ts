import { describe, expect, it } from 'vitest';
import { examine } from '#core/checks/examine';
import { RescindError, RetryableError } from '#core/error';
import { type Answers, around, queueArn, refusal } from './build-check.ts';

const lineOf = async (name: string, answers: Answers, more = {}) => {
  const { lines } = await examine(around(answers, more));
  return lines.find(({ part, check }) => `${part}/${check}` === name);
};
const list = 'guardduty:ListDetectors';

describe('an examination', () => {
  it('tells each check with its part, and what each line is about', async () => {
    const Targets = [{ Arn: queueArn('IntakeQueue') }];
    const answers = { 'events:DescribeRule': { State: 'ENABLED' }, 'events:ListTargetsByRule': { Targets } };
    expect(await lineOf('guardduty/rules', answers)).toEqual({
      ...{ part: 'guardduty', check: 'rules', state: 'ok' },
      detail: 'enabled, and sending to rescind-intake: 1',
    });
    expect(
      await lineOf('accessanalyzer/analyzer/unused', { 'access-analyzer:ListAnalyzers': { analyzers: [] } }),
    ).toMatchObject({ state: 'missing' });
  });

  it('calls nothing ok where nothing may be asked, but what the register and the Region tell', async () => {
    const { lines } = await examine(around({}));
    const states = new Map(Map.groupBy(lines, ({ state }) => state));
    expect(states.get('ok')?.map(({ part, check }) => `${part}/${check}`)).toEqual(['deployment/brakes']);
    expect(states.get('missing')?.map(({ part, check }) => `${part}/${check}`)).toEqual([
      'cloudtrail/region',
      'health/region',
      'watch/region',
    ]);
    expect(lines.filter((line) => line.state !== 'ok' && !line.remedy)).toEqual([]);
  });

  it.each<[string, Error, string, RegExp]>([
    [
      'a permission that is missing',
      refusal('AccessDeniedException', list),
      `${list} was refused (AccessDeniedException)`,
      /OperatorRole/,
    ],
    ['a service that is not there', refusal('Unknown', list), `${list} was refused (Unknown)`, /console/],
    ['no answer', new RetryableError(`${list}: TimeoutError`), `${list}: TimeoutError`, /try again/],
    [
      'an answer that nobody expected',
      new RescindError('ANSWER_UNEXPECTED', list),
      `AWS answered in a shape that its documentation does not show: ${list}`,
      /one version/,
    ],
  ])('says of %s that it is unknown, and why', async (_, error, detail, remedy) => {
    expect(await lineOf('guardduty/detector', { [list]: error })).toMatchObject({
      ...{ state: 'unknown', detail },
      remedy: expect.stringMatching(remedy),
    });
  });

  it('does not take a fault of ours for an answer', async () => {
    await expect(examine(around({ [list]: new TypeError('x is not a function') }))).rejects.toThrow(TypeError);
  });

  it('goes by the settings that are deployed', async () => {
    const eventBus = 'aws.partner/okta.com/acme/rescind';
    const deployedSettings = async () => ({ identityProviders: { okta: { eventBus, subjects: {} } } });
    const { lines, off } = await examine(around({}, { deployedSettings }));
    expect(lines.some(({ part }) => part === 'okta')).toBe(true);
    expect(off).not.toContain('okta');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['cannot be read', () => Promise.reject(refusal('AccessDeniedException', 'lambda:GetFunction'))],
    ['are those of another version', async () => ({ later: true })],
  ])('without the settings, because they %s, examines the rest and says so', async (_, deployedSettings) => {
    const { lines, off } = await examine(around({}, { deployedSettings }));
    expect(lines.at(-1)).toMatchObject({
      ...{ part: 'deployment', check: 'settings', state: 'unknown' },
      detail: expect.stringContaining('nothing is told of okta, auth0, ssf, github'),
    });
    expect([lines.some(({ part }) => part === 'guardduty'), off]).toEqual([true, []]);
  });
});
