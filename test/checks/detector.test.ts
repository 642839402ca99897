import { expect, it } from 'vitest';
import { detector } from '#core/checks';
import { told } from './build-check.ts';

const list = { DetectorIds: ['d1'] };

it.each([
  [
    'ok where it is enabled, with how often repeats come',
    { list, one: { Status: 'ENABLED', FindingPublishingFrequency: 'SIX_HOURS' } },
    'ok GuardDuty is enabled; repeats of a finding come at the rate SIX_HOURS',
  ],
  [
    'missing where it is suspended',
    { list, one: { Status: 'DISABLED' } },
    'missing the detector is DISABLED: aws guardduty update-detector --detector-id d1 --enable',
  ],
  [
    'missing where the Region has none',
    { list: { DetectorIds: [] } },
    'missing GuardDuty has no detector in eu-central-1: aws guardduty create-detector --enable',
  ],
])('the detector is %s', async (_, { list, one }: { list: unknown; one?: unknown }, line) => {
  expect(await told(detector, { 'guardduty:ListDetectors': list, 'guardduty:GetDetector': one })).toEqual([line]);
});
