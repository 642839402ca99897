import { DescribeRuleCommand, EventBridgeClient, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { evidenceBucket } from '#adapters/evidence';
import { recordKey } from '#core/run/record';
import type { CallRecord } from '#verifier/format';
import { tracesOf } from '../../local/demo/traces.ts';
import { predicateOf } from '../predicate-of.ts';
import { bus, caseOf, cloud, findingOn, seed, simulated } from './account.ts';
import { event, look, roleOf } from './watched.ts';

const { account, endpoint, region, root } = cloud.engine;

describe('the rule of the watch', () => {
  const events = new EventBridgeClient({ endpoint, region, credentials: root });
  let EventPattern: string;
  beforeAll(async () => {
    EventPattern = (await events.send(new DescribeRuleCommand({ Name: 'rescind-watch' }))).EventPattern ?? '';
  });
  const matches = async (each: object) =>
    (await events.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(each) }))).Result;

  it.each(['contain', 'rotate', 'revoke', 'rollback'])('matches a change by our role %s', async (name) => {
    expect(await matches(event(roleOf(name)))).toBe(true);
  });

  it.each<[string, object]>([
    ['of somebody else', event(`arn:aws:iam::${account}:role/admin`)],
    ['of a role that only begins like ours', event(`${roleOf('contain')}-evil`)],
    ['that IAM refused', event(roleOf('contain'), { errorCode: 'AccessDenied' })],
    ['of another service', { ...event(roleOf('contain')), source: 'aws.sts' }],
  ])('does not match a call %s', async (_, each) => {
    expect(await matches(each)).toBe(false);
  });
});

describe('the watch', () => {
  it('lets pass what a record of a case tells of, and hands back what none does', async () => {
    const decoy = await seed.decoy('decoy-47', 'team-a');
    await (await bus('operator-watch')).put(simulated(findingOn(decoy)));
    const found = await caseOf(decoy.name, ({ records }) => records.some(({ step }) => step === 'contain'));
    const s3 = new S3Client({ endpoint, region, credentials: root, forcePathStyle: true });
    const store = evidenceBucket(cloud.outputs.EvidenceBucket, cloud.outputs.DataKey, s3);
    const calls: CallRecord[] = [];
    for (const { number } of found.records)
      calls.push(...predicateOf((await store.get(recordKey(found.id, number))) ?? new Uint8Array()).calls);
    const cut = calls.find(({ operation }) => operation === 'iam:UpdateAccessKey');
    expect(cut?.requestId).toMatch(/.{8}/);

    expect(await look(event(roleOf('contain'), { requestID: cut?.requestId }))).toEqual([]);
    const other = { requestID: cut?.requestId, eventName: 'DeleteAccessKey' };
    expect(await look(event(roleOf('contain'), other))).toEqual([{ itemIdentifier: 'm-1' }]);
  });

  it('hands a change that nobody accounts for back at each look, and tells of it at the last', async () => {
    const traces = tracesOf(cloud);
    const told = async () => {
      const own = (await traces.calls()).filter((each) => each.function === 'rescind-watch');
      return own.filter(({ actions }) => actions.includes('sns:Publish')).length;
    };
    const before = await told();
    for (const [times, notices] of [
      [1, 0],
      [2, 1],
    ] as const) {
      expect(await look(event(roleOf('rotate')), times)).toEqual([{ itemIdentifier: 'm-1' }]);
      expect((await told()) - before).toBe(notices);
    }
    traces.close();
  });

  it('hands back what it cannot read', async () => {
    expect(await look({ detail: {} })).toEqual([{ itemIdentifier: 'm-1' }]);
  });
});
