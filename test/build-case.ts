import { awsCaller } from '#adapters/call-aws';
import type { Case } from '#core/case';
import type { Finding } from '#core/finding';
import { openCase } from '#core/intake/open-case';
import type { Decide, Ports, Question } from '#core/ports';
import { parseSettings } from '#core/settings';
import type { RoleFacts, UserFacts } from '#core/step-facts';
import { finding } from './build-finding.ts';
import { policiesOf } from './case-run.ts';
import { type FakeAws, fakeAws } from './fake-aws.ts';
import { account, roleId, userId, userKey } from './sources/guardduty-finding.ts';

/** A case as the register holds it, opened by one finding that its run has taken. */
export const aCase = (overrides: Partial<Case> = {}, about: Finding = finding()): Case => ({
  ...openCase(about, '2026-08-20T09:40:00.000Z', 'enforce'),
  taken: 1,
  ...overrides,
});

export const aUser = (overrides: Partial<UserFacts> = {}): UserFacts => ({
  arn: `arn:aws:iam::${account}:user/alice`,
  name: 'alice',
  uniqueId: userId,
  createdAt: null,
  tags: { rescind: 'managed' },
  keys: [{ id: userKey, status: 'Active', createdAt: null }],
  ...overrides,
});

export const aRole = (overrides: Partial<RoleFacts> = {}): RoleFacts => ({
  arn: `arn:aws:iam::${account}:role/web-server`,
  name: 'web-server',
  path: '/',
  uniqueId: roleId,
  createdAt: null,
  tags: {},
  maxSessionSeconds: 3600,
  trust: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
  inlinePolicies: [],
  attachedPolicies: [],
  instanceProfiles: [],
  ...overrides,
});

export const always =
  (answer: 'auto' | 'approval' | 'forbidden'): Decide =>
  () => ({ answer, policies: [{ id: `always-${answer}`, text: '' }], reason: `always-${answer}` });

/** Ports over a fake AWS; what is kept and asked is remembered. */
export function ports({
  aws = fakeAws(),
  settings = {},
  decide = always('auto'),
}: {
  aws?: FakeAws;
  settings?: Record<string, unknown>;
  decide?: Decide;
} = {}) {
  const kept: unknown[] = [];
  const asked: Question[] = [];
  const made: Ports = {
    aws: awsCaller(aws.operations, aws.clock.now, aws.probe).call,
    decide: (question) => {
      asked.push(question);
      return decide(question);
    },
    probe: aws.probe,
    trail: aws.trail.trail,
    now: aws.clock.now,
    wait: aws.clock.wait,
    keep: async (work) => void kept.push(structuredClone(work)),
    seal: async () => true,
    learn: async () => [],
    heard: async () => [],
    stopped: async () => null,
    countCut: async () => null,
    deployment: {
      account: aws.account,
      region: 'eu-central-1',
      settings: parseSettings({ mode: 'enforce', ...settings }),
      policies: policiesOf(),
    },
  };
  return { ports: made, aws, kept, asked };
}
