import { describe, expect, it } from 'vitest';
import { readEvent } from '#core/sources/read';
import { account, type Json, userId, userKey } from './guardduty-finding.ts';
import { found, noLists, read } from './read-finding.ts';
import {
  accessKey,
  control,
  customAction,
  event,
  ocsfEvent,
  ocsfSeen,
  ocsfUser,
  product,
  seen,
} from './securityhub-event.ts';

describe('securityhub: its signal', () => {
  it.each<[string, Json, string]>([
    ['a key of root', control('IAM.4'), 'blocking'],
    ['any other control of IAM, however rated', control('IAM.9', { Severity: { Label: 'CRITICAL' } }), 'advisory'],
    ['a control of Secrets Manager', control('SecretsManager.1'), 'advisory'],
    ['what a product has seen', seen(), 'blocking'],
    ['what a product has seen, and rates low', seen({ Severity: { Label: 'LOW' } }), 'advisory'],
    ['what a product has seen, and does not rate', seen({ Severity: {} }), 'blocking'],
    ["a product's check", seen({ Types: ['Software and Configuration Checks/X'] }), 'advisory'],
    [
      "a product's check, rated critical",
      seen({ Types: ['Software and Configuration Checks/X'], Severity: { Label: 'CRITICAL' } }),
      'blocking',
    ],
  ])('is by default, for %s', (_, finding, signal) => {
    expect(found(event([finding])).signal).toBe(signal);
  });

  it.each<[string, Json]>([
    ['ASFF', control()],
    ['a low rating', seen({ Severity: { Label: 'LOW' } })],
  ])('is blocking at least where a person has chosen the finding by a custom action: %s', (_, finding) => {
    expect(found(customAction(finding))).toMatchObject({
      signal: 'blocking',
      why: 'a person has sent it here, by a custom action of Security Hub',
    });
  });

  it("is the settings' where they say immediate, also by a custom action", () => {
    const [reading] = readEvent(JSON.stringify(customAction(seen())), {
      lists: { ...noLists, immediate: ['TTPs/Credential Access'] },
    });
    expect(reading).toMatchObject({ finding: { signal: 'immediate', why: expect.stringContaining('settings') } });
  });

  it('is not what another source gives a type that a product borrows from it (trap 20)', () => {
    const types = ['UnauthorizedAccess:IAMUser/TorIPCaller'];
    expect(found(event([seen({ Types: types })]))).toMatchObject({ type: 'Unclassified', signal: 'blocking' });
  });
});

describe('securityhub: a copy of what another source reads itself', () => {
  const resources = [
    accessKey({ AccessKeyId: userKey, PrincipalId: userId, PrincipalName: 'alice', PrincipalType: 'IAMUser' }),
  ];
  const copy = (overrides: Json = {}) =>
    seen({
      ProductArn: product('aws/guardduty'),
      Id: 'arn:aws:guardduty:x/finding/1',
      Resources: resources,
      ...overrides,
    });

  it.each(['aws/guardduty', 'aws/access-analyzer', 'aws/health'])('is ignored: %s', (name) => {
    expect(read(event([copy({ ProductArn: product(name) })]))).toMatchObject({
      outcome: 'ignored',
      reason: expect.stringMatching(/^a copy: read from .* itself$/),
    });
  });

  it('is ignored in OCSF, whose key details are in two places (trap 23)', () => {
    const uid = 'arn:aws:securityhub:eu-central-1::productv2/aws/guardduty';
    expect(read(ocsfEvent(ocsfSeen([ocsfUser()], { metadata: { product: { uid } } }))).outcome).toBe('ignored');
  });

  it('is read where only Security Hub brings it: from another Region', () => {
    expect(found(event([copy({ Region: 'us-east-1' })]))).toMatchObject({
      id: 'arn:aws:guardduty:x/finding/1',
      region: 'us-east-1',
      identity: { key: `user/${account}/alice`, aliases: [`access-key/${userKey}`, `user/${account}/alice`] },
    });
  });

  it('is read where a person has chosen it', () => {
    expect(found(customAction(copy())).signal).toBe('blocking');
  });
});
