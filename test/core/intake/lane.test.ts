import { describe, expect, it } from 'vitest';
import { laneOf } from '#core/intake/lane';
import { parseSettings } from '#core/settings';
import { event } from '../../seed.ts';
import { account, aliceKey, guarddutyFinding } from '../../sources/guardduty-finding.ts';

const settings = parseSettings({});
const laneOfEvent = (about: unknown) => laneOf(typeof about === 'string' ? about : JSON.stringify(about), settings);
const about = (userName: string) =>
  guarddutyFinding({ resource: { resourceType: 'AccessKey', accessKeyDetails: { ...aliceKey, userName } } });

describe('the lane of a message', () => {
  it('is that of the identity, whatever the finding', () => {
    expect(laneOfEvent(event())).toBe(`user/${account}/alice`);
    expect(laneOfEvent(guarddutyFinding({ id: '5ec1de0000000000000000000000a002' }))).toBe(`user/${account}/alice`);
    expect(laneOfEvent(about('bob'))).toBe(`user/${account}/bob`);
  });

  it.each(['', 'no JSON', '[]', '{"control":"retry"}'])('is its own where it tells of nobody: %s', (body) => {
    expect(laneOfEvent(body)).toBeNull();
  });
});
