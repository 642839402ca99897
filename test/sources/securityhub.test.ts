import { describe, expect, it } from 'vitest';
import type { Finding, Reading } from '#core/finding';
import * as registry from '#core/sources';
import { patternsFor, readEvent } from '#core/sources/read';
import { securityhub } from '#core/sources/securityhub';
import { account, guarddutyFinding, type Json, userId } from './guardduty-finding.ts';
import { found, noLists, read } from './read-finding.ts';
import {
  control,
  customAction,
  event,
  hub,
  iamUser,
  ocsfControl,
  ocsfEvent,
  secretArn,
  seen,
  user,
} from './securityhub-event.ts';

const all = (document: unknown): Reading[] => readEvent(JSON.stringify(document), { lists: noLists });
const findings = (document: unknown): Finding[] =>
  all(document).flatMap((each) => (each.outcome === 'finding' ? [each.finding] : []));

describe('securityhub: a finding', () => {
  it('is read whole from ASFF', () => {
    expect(found(event([control()]))).toEqual({
      source: 'securityhub',
      id: control().Id,
      type: 'IAM.3',
      signal: 'advisory',
      why: 'a control on how access is set up: nobody is seen to misuse it',
      severity: 4,
      account,
      region: 'eu-central-1',
      observedAt: '2026-08-20T09:30:00.000Z',
      simulated: false,
      identity: {
        kind: 'iam-user',
        key: `user/${account}/alice`,
        aliases: [`user/${account}/alice`],
        arn: user('alice'),
        name: 'alice',
        uniqueId: userId,
      },
      credential: {},
      raw: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  const { raw: _, ...same } = found(event([control()]));
  it.each<[string, Json]>([
    ['OCSF, under the same id, so that listening to both doubles nothing', ocsfEvent(ocsfControl())],
    ['bare ASFF', control()],
    ['GetFindings output', { Findings: [control()] }],
    ['bare OCSF', ocsfControl()],
    ['GetFindingsV2 output', { Findings: [ocsfControl()], NextToken: 'x' }],
    ['an envelope without a source', event([control()], { source: undefined })],
    ['an envelope without a detail-type', event([control()], { 'detail-type': undefined })],
    ['an envelope with neither', event([control()], { source: undefined, 'detail-type': undefined })],
  ])('is the same from %s', (_, document) => {
    expect(found(document)).toMatchObject(same);
  });

  it('is the same in whatever casing its keys are (trap 1)', () => {
    const shouted = JSON.parse(
      JSON.stringify(event([control()])).replace(/"([A-Za-z]+)":/g, (key) => key.toLowerCase()),
    );
    const { raw: _, ...rest } = found(shouted);
    expect(rest).toEqual(same);
  });

  it('is read though tags of its resources hold one key in two casings', () => {
    const tagged = { ...iamUser(), Tags: { Owner: 'a', owner: 'b' } };
    expect(found(event([control('IAM.3', { Resources: [tagged] })])).identity.key).toBe(`user/${account}/alice`);
  });

  it('comes one for every finding of an event that holds several (trap 16)', () => {
    const other = control('IAM.5', { Id: 'arn:x/2', Resources: [iamUser('bob', null)] });
    const document = customAction(control(), other, control('S3.1'));
    expect(all(document).map(({ outcome }) => outcome)).toEqual(['finding', 'finding', 'ignored']);
    expect(findings(document).map(({ type }) => type)).toEqual(['IAM.3', 'IAM.5']);
  });

  it('that names several identities is one for each, with an id of its own', () => {
    const document = event([seen({ Resources: [iamUser('alice', null), iamUser('bob', null)] })]);
    expect(findings(document).map(({ id, identity }) => [id, identity.key])).toEqual([
      [`acme/watch/partner-finding-1/user/${account}/alice`, `user/${account}/alice`],
      [`acme/watch/partner-finding-1/user/${account}/bob`, `user/${account}/bob`],
    ]);
  });

  it('of a product other than AWS has an id that no other product can take', () => {
    expect(found(event([seen({ Id: control().Id })])).id).toBe(`acme/watch/${control().Id}`);
  });

  it.each([
    ['a hash mark', 'finding#1'],
    ['a letter beyond ASCII', 'fündling'],
    ['more than 512 signs', 'x'.repeat(600)],
  ])('whose id has %s has its digest for an id, the same at every repeat', (_, Id) => {
    const [first, second] = [found(event([seen({ Id })])), found(event([seen({ Id })], { id: 'another' }))];
    expect(first.id).toMatch(/^sha256\/[0-9a-f]{64}$/);
    expect(second.id).toBe(first.id);
  });

  it('keeps no text of its title, its description or its notes', () => {
    const secret = 'wJalrXUtnFEMI';
    const note = { Text: secret, UpdatedBy: 'x' };
    expect(
      JSON.stringify(all(event([control('IAM.3', { Title: secret, Description: secret, Note: note })]))),
    ).not.toContain(secret);
  });

  it('is simulated when it comes over the simulation bus', () => {
    expect(found(event([control()], { source: 'rescind.simulated.securityhub' })).simulated).toBe(true);
  });
});

describe('securityhub: its account and Region', () => {
  it("are the finding's, where a member's finding reaches its administrator in another Region", () => {
    const document = event([control()], { account: '999988887777', region: 'us-east-1' });
    expect(found(document)).toMatchObject({ account, region: 'eu-central-1' });
  });

  it("are the envelope's Region where the finding has none", () => {
    expect(found(event([control('IAM.3', { Region: undefined })], { region: 'us-east-1' })).region).toBe('us-east-1');
  });
});

describe('securityhub: when it was observed (trap 21)', () => {
  it.each<[string, Json]>([
    ['2026-08-20 09:30:00.000000000', {}],
    ['2026-08-20T09:30:00z', {}],
    ['never', { UpdatedAt: '2026-08-20T11:30:00+02:00' }],
  ])('may be written as %s', (LastObservedAt, overrides) => {
    expect(found(event([control('IAM.3', { LastObservedAt, ...overrides })])).observedAt).toBe(
      '2026-08-20T09:30:00.000Z',
    );
  });
});

describe('securityhub: what is rejected', () => {
  it.each<[string, Json, string]>([
    ['no finding', event([]), 'FIELD_MISSING'],
    ['findings that are no list', event([], { detail: { findings: 'x' } }), 'FIELD_MISSING'],
    ['a finding that is null', event([null]), 'FIELD_MISSING'],
    ['no product', event([control('IAM.3', { ProductArn: undefined })]), 'FIELD_MISSING'],
    ['a product that is none', event([control('IAM.3', { ProductArn: 'arn:aws:iam::1:x' })]), 'FIELD_INVALID'],
    ['no id', event([control('IAM.3', { Id: '' })]), 'FIELD_MISSING'],
    ['an id that is a number', event([control('IAM.3', { Id: 7 })]), 'FIELD_INVALID'],
    ['no account', event([control('IAM.3', { AwsAccountId: undefined })]), 'FIELD_MISSING'],
    ['an account of nine digits (trap 21)', event([control('IAM.3', { AwsAccountId: '123456789' })]), 'FIELD_INVALID'],
    ['an account that is a number', event([control('IAM.3', { AwsAccountId: 111122223333 })]), 'FIELD_INVALID'],
    ['an envelope of no account', event([control()], { account: '<ACCOUNT_ID>' }), 'FIELD_INVALID'],
    ['a Region that is none', event([control('IAM.3', { Region: 'everywhere' })]), 'FIELD_INVALID'],
    ['an envelope of no Region', event([control()], { region: 'everywhere' }), 'FIELD_INVALID'],
    [
      'no time',
      event([control('IAM.3', { LastObservedAt: 1e99, UpdatedAt: null, CreatedAt: {} })], { time: 'x' }),
      'FIELD_MISSING',
    ],
    [
      'a user of another account (trap 24)',
      event([control('IAM.3', { AwsAccountId: '999988887777' })]),
      'ACCOUNT_CLASH',
    ],
    ['one key in two casings', event([{ ...control(), resources: [] }]), 'AMBIGUOUS'],
  ])('is an event with %s', (_, document, code) => {
    expect(read(document)).toMatchObject({ outcome: 'rejected', code });
  });
});

describe('securityhub: what it listens to', () => {
  it('is findings imported in both forms and those that a person has chosen, on both buses', () => {
    expect(patternsFor(securityhub, false).flatMap((pattern) => pattern['detail-type'])).toEqual([
      'Security Hub Findings - Imported',
      'Security Hub Findings - Custom Action',
      'Findings Imported V2',
    ]);
    expect(patternsFor(securityhub, true).flatMap(({ source }) => source)).toEqual(
      Array(3).fill('rescind.simulated.securityhub'),
    );
  });

  it('is no insight, which names users by text alone', () => {
    const insight = event([], {
      'detail-type': 'Security Hub Insight Results',
      detail: { insightResults: [{ alice: 2 }] },
    });
    expect(read(insight).outcome).toBe('ignored');
  });

  it('is recognised bare by this source alone, and no finding of another by it', () => {
    const bare = [
      control(),
      ocsfControl(),
      { findings: [control()] },
      seen({ Resources: [{ Type: 'Other', Id: secretArn }] }),
    ];
    for (const document of bare.map((each) => JSON.parse(JSON.stringify(each).toLowerCase())))
      expect(
        Object.values(registry)
          .filter((each) => each.recognises(document))
          .map(({ name }) => name),
      ).toEqual(['securityhub']);
    for (const other of [
      guarddutyFinding(),
      { eventname: 'x', useridentity: {} },
      { ProductArn: hub },
      { findings: 'x' },
      null,
    ])
      expect(securityhub.recognises(JSON.parse(JSON.stringify(other).toLowerCase()))).toBe(false);
  });
});
