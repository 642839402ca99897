import { describe, expect, it } from 'vitest';
import { calls } from '#core/sources/cloudtrail-calls';
import { callPatterns } from '#core/sources/cloudtrail-patterns';

const detailOf = (at: number) => callPatterns[at]?.detail as Record<string, unknown[]>;

describe('the rules of CloudTrail', () => {
  it('listen to every call of the table, at the bus name of its service', () => {
    for (const { service, name } of calls) {
      const rule = callPatterns.find(({ source, detail }) => {
        const { eventName = [] } = (detail ?? {}) as Record<string, unknown[]>;
        return source.includes(`aws.${service}`) && eventName.includes(name);
      });
      expect(rule?.detail, `${service}:${name}`).toMatchObject({
        eventSource: expect.arrayContaining([`${service}.amazonaws.com`]),
      });
    }
  });

  it('are few: each is a rule on two buses', () => {
    expect(callPatterns).toHaveLength(4);
  });

  it('fit into a rule of EventBridge, which holds 2,048 characters', () => {
    for (const pattern of callPatterns) expect(JSON.stringify(pattern).length).toBeLessThan(2048);
  });

  it('take no calls that failed, so that nobody fills the queue with them', () => {
    for (const at of [0, 1, 3]) expect(detailOf(at).errorCode).toEqual([{ exists: false }]);
  });

  it('take sign-ins of users and of root, by both spellings of their kind, and not those of federated people', () => {
    const rule = callPatterns.find(({ source }) => source.includes('aws.signin'));
    expect(rule?.['detail-type']).toEqual(['AWS Console Signin via CloudTrail', 'AWS Console Sign In via CloudTrail']);
    expect(rule?.detail).toMatchObject({ userIdentity: { type: ['Root', 'IAMUser'] } });
  });

  it('take whatever root calls', () => {
    const [rule] = callPatterns.filter(({ detail }) => !Object.hasOwn(detail ?? {}, 'eventName'));
    expect(rule?.detail).toMatchObject({ userIdentity: { type: ['Root'] } });
    expect(rule?.source).toEqual([{ prefix: 'aws.' }]);
  });

  it('do not take reads of secrets', () => {
    expect(JSON.stringify(callPatterns)).not.toContain('GetSecretValue');
  });
});
