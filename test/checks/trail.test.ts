import { describe, expect, it } from 'vitest';
import { trail } from '#core/checks';
import { refusal, told } from './build-check.ts';

const arn = (name: string) => `arn:aws:cloudtrail:eu-central-1:111122223333:trail/${name}`;
const trailOf = (Name: string, more: object = {}) => ({
  Name,
  TrailARN: arn(Name),
  HomeRegion: 'eu-central-1',
  IsMultiRegionTrail: false,
  ...more,
});
const basic = (ReadWriteType: string, IncludeManagementEvents = true) => ({
  EventSelectors: [{ ReadWriteType, IncludeManagementEvents, DataResources: [] }],
});
const management = { Field: 'eventCategory', Equals: ['Management'] };
const advanced = (...fields: object[]) => ({ AdvancedEventSelectors: [{ Name: 'x', FieldSelectors: fields }] });

type Around = { trails?: object[]; logging?: unknown; selectors?: unknown };
const lines = ({ trails = [trailOf('a')], logging = { IsLogging: true }, selectors = basic('All') }: Around) =>
  told(trail, {
    'cloudtrail:DescribeTrails': { trailList: trails },
    'cloudtrail:GetTrailStatus': logging,
    'cloudtrail:GetEventSelectors': selectors,
  });

const also = 'ok the trail a logs changes; calls that only read are also logged, and no rule needs them';
const not = also.replace('are also', 'are not');
const put = `aws cloudtrail put-event-selectors --trail-name ${arn('a')} --event-selectors …`;
const noChanges = `missing a it does not log management events that change something: ${put}`;

describe('a trail', () => {
  it.each<[string, Around, string]>([
    ['that logs all management events', {}, also],
    ['that logs changes alone', { selectors: basic('WriteOnly') }, not],
    ['that logs reads alone', { selectors: basic('ReadOnly') }, noChanges],
    ['that logs data alone', { selectors: basic('All', false) }, noChanges],
    ['with finer selectors', { selectors: advanced(management) }, also],
    [
      'with finer selectors of changes',
      { selectors: advanced(management, { Field: 'readOnly', Equals: ['false'] }) },
      not,
    ],
    [
      'with finer selectors of reads',
      { selectors: advanced(management, { Field: 'readOnly', Equals: ['true'] }) },
      noChanges,
    ],
    ['with finer selectors of data', { selectors: advanced({ Field: 'eventCategory', Equals: ['Data'] }) }, noChanges],
    [
      'that was stopped',
      { logging: { IsLogging: false } },
      `missing a it is not logging: aws cloudtrail start-logging --name ${arn('a')}`,
    ],
    ['of all Regions', { trails: [trailOf('a', { HomeRegion: 'us-east-1', IsMultiRegionTrail: true })] }, also],
  ])('%s is told as what it is', async (_, around, line) => {
    expect(await lines(around)).toEqual([line]);
  });

  it('of another Region alone is none', async () => {
    const [line] = await lines({ trails: [trailOf('a', { HomeRegion: 'us-east-1' })] });
    expect(line).toMatch(/^missing no trail logs in eu-central-1: aws cloudtrail create-trail .*start-logging/);
  });

  it('that logs is enough beside one that does not, and beside one that may not be looked into', async () => {
    const trails = [trailOf('stopped'), trailOf('hidden'), trailOf('a')];
    const logging = ({ Name }: { Name: string }) => {
      if (Name === arn('hidden')) throw refusal('AccessDeniedException');
      return { IsLogging: Name === arn('a') };
    };
    expect(await lines({ trails, logging })).toEqual([also]);
  });

  it('that may not be looked into is never taken for one that is missing', async () => {
    await expect(lines({ logging: refusal('AccessDeniedException') })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});
