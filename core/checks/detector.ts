import * as v from 'valibot';
import { type Check, missing, ok } from './check.ts';

const list = v.object({ DetectorIds: v.array(v.string()) });
const one = v.object({ Status: v.string(), FindingPublishingFrequency: v.optional(v.string(), 'unknown') });

/** GuardDuty has one detector in a Region (API Reference, GetDetector). */
export const detector: Check = {
  name: 'detector',
  async examine(_, { ask, region }) {
    const [id] = (await ask('guardduty:ListDetectors', {}, list)).DetectorIds;
    if (id === undefined)
      return missing(`GuardDuty has no detector in ${region}`, 'aws guardduty create-detector --enable');
    const { Status, FindingPublishingFrequency } = await ask('guardduty:GetDetector', { DetectorId: id }, one);
    return Status === 'ENABLED'
      ? ok(`GuardDuty is enabled; repeats of a finding come at the rate ${FindingPublishingFrequency}`)
      : missing(`the detector is ${Status}`, `aws guardduty update-detector --detector-id ${id} --enable`);
  },
};
