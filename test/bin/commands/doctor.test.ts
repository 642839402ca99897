import { describe, expect, it } from 'vitest';
import { doctorCommand } from '../../../bin/commands/doctor.ts';
import { type Answers, around, queueArn } from '../../checks/build-check.ts';
import { printed } from '../stored-case.ts';

const queues = ['IntakeQueue', 'ControlQueue', 'ReceivedQueue', 'WatchQueue'];
const Attributes = {
  ...{ SubscriptionsConfirmed: '1', ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
};
/** Everything is there. */
const healthy: Answers = {
  'access-analyzer:ListAnalyzers': {
    analyzers: ['', '_UNUSED_ACCESS', '_INTERNAL_ACCESS'].map((ending) => ({
      ...{ name: 'a', type: `ACCOUNT${ending}`, status: 'ACTIVE' },
    })),
  },
  'cloudtrail:DescribeTrails': { trailList: [{ Name: 't', TrailARN: 'arn:t', IsMultiRegionTrail: true }] },
  'cloudtrail:GetTrailStatus': { IsLogging: true },
  'cloudtrail:GetEventSelectors': { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }] },
  'events:DescribeRule': { State: 'ENABLED' },
  'events:ListTargetsByRule': { Targets: queues.map((queue) => ({ Arn: queueArn(queue) })) },
  'guardduty:ListDetectors': { DetectorIds: ['d'] },
  'guardduty:GetDetector': { Status: 'ENABLED' },
  'lambda:GetFunction': {},
  'lambda:ListEventSourceMappings': {
    EventSourceMappings: queues.map((queue) => ({ UUID: 'u', EventSourceArn: queueArn(queue), State: 'Enabled' })),
  },
  'securityhub:DescribeHub': {},
  'sns:GetTopicAttributes': { Attributes },
  'sqs:GetQueueAttributes': { Attributes },
};

async function run(answers: Answers, { accept = [] as string[], json = false, region = 'us-east-1' } = {}) {
  const { out, err, io } = printed();
  const code = await doctorCommand({ accept, json }, around({ ...healthy, ...answers }, { region }), io);
  return { code, out, err };
}
const noDetector = { 'guardduty:ListDetectors': { DetectorIds: [] } };
const denied = { 'guardduty:ListDetectors': undefined };

describe('rescind doctor', () => {
  it('exits 0 where everything is there, one line a check, and names what is not listened to', async () => {
    const { code, out, err } = await run({});
    expect(code).toBe(0);
    expect(out.every((line) => /^ok +[a-z]+\/[a-z-]+/.test(line))).toBe(true);
    expect(err).toEqual([
      'not listened to: auth0, github, okta, ssf (docs/signals.md says how to switch them on)',
      `missing: 0; unknown: 0; of ${out.length} checks`,
    ]);
  });

  it('exits 1 where something is missing, with the remedy on its line', async () => {
    const { code, out } = await run(noDetector);
    expect(code).toBe(1);
    expect(out.filter((line) => !line.startsWith('ok'))).toEqual([
      expect.stringMatching(
        /^missing +guardduty\/detector +GuardDuty has no detector in us-east-1: aws guardduty create-detector --enable$/,
      ),
    ]);
  });

  it('exits 3 where something could not be looked at: that is neither fine nor missing', async () => {
    const { code, out, err } = await run(denied);
    expect(code).toBe(3);
    expect(out.join('\n')).toMatch(/^unknown +guardduty\/detector .*AccessDeniedException/m);
    expect(err.at(-1)).toMatch(/^missing: 0; unknown: 1; /);
  });

  it('exits 1 where both are so', async () => {
    expect((await run({ ...noDetector, 'securityhub:DescribeHub': undefined })).code).toBe(1);
  });

  it.each([
    ['a part', 'guardduty'],
    ['a check of it', 'guardduty/detector'],
  ])('tells what is missing on purpose and goes on: %s', async (_, accept) => {
    const { code, out } = await run(noDetector, { accept: [accept] });
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/^\(missing\) +guardduty\/detector/m);
  });

  it('accepts nothing that only begins alike', async () => {
    expect((await run(noDetector, { accept: ['guard', 'guardduty/detect'] })).code).toBe(1);
  });

  it('answers one object as JSON', async () => {
    const { out } = await run(noDetector, { json: true, accept: ['health'] });
    const { checks, off } = JSON.parse(out.join(''));
    expect(off).toEqual(['auth0', 'github', 'okta', 'ssf']);
    expect(checks).toContainEqual({
      ...{ part: 'guardduty', check: 'detector', state: 'missing', accepted: false },
      detail: 'GuardDuty has no detector in us-east-1',
      remedy: 'aws guardduty create-detector --enable',
    });
    expect(checks).toContainEqual(expect.objectContaining({ part: 'health', state: 'ok', accepted: false }));
  });

  it('says what does not arrive in another Region than us-east-1', async () => {
    const { code, out } = await run({}, { region: 'eu-central-1' });
    expect(code).toBe(1);
    expect(out.filter((line) => line.startsWith('missing')).map((line) => line.split(/ +/)[1])).toEqual([
      'cloudtrail/region',
      'health/region',
      'watch/region',
    ]);
  });
});
