import type { PlannedAction } from '#core/step-facts';

export const account = '111122223333';
export const caseId = 'c-3f1d09a27be84c55';
export const oldKey = 'AKIAEXAMPLE00000OLD1';
export const newKey = 'AKIAEXAMPLE00000NEW2';
export const userArn = `arn:aws:iam::${account}:user/services/invoice-export`;
export const secretArn = `arn:aws:secretsmanager:eu-central-1:${account}:secret:invoices/export-key-Ab1Cd2`;
export const raw = '7d1a54127b222502f5b79b5fb0803061152a44f92b37e23c6527baf665d4da9a';
export const sessions = `user-sessions/${account}/invoice-export`;

const start = Date.UTC(2026, 10, 24, 9, 14, 2, 120);
export const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

export const immediate = {
  id: 'contain-immediate-findings-at-once',
  text: '@id("contain-immediate-findings-at-once")\npermit (principal, action in Action::"contain", resource is Identity)\nwhen {\n  context.signal == "immediate" &&\n  resource.kind == "iam-user"\n};',
};
export const rotateManaged = {
  id: 'rotate-managed-secrets-once-contained',
  text: '@id("rotate-managed-secrets-once-contained")\npermit (principal, action in Action::"rotate", resource is Identity)\nwhen { context.mode == "enforce" && context.contained && resource.managed };',
};
export const observeOnly = {
  id: 'observe-changes-nothing',
  text: '@id("observe-changes-nothing")\nforbid (principal, action, resource is Identity)\nwhen { context.mode == "observe" };',
};

export const planned = (action: string, credential: string, more: Partial<PlannedAction> = {}): PlannedAction => ({
  action,
  credential,
  answer: 'auto',
  policies: [action === 'rotate-access-key' ? rotateManaged : immediate],
  reason: 'permitted without a person',
  ...more,
});
export const cutKey = planned('deactivate-access-key', `access-key/${oldKey}`);
export const cutSessions = planned('deny-user-sessions', sessions);
export const rotation = planned('rotate-access-key', secretArn);

export const user = {
  arn: userArn,
  name: 'invoice-export',
  uniqueId: 'AIDAEXAMPLE0000000001',
  createdAt: '2024-02-11T08:00:00.000Z',
  tags: { owner: 'billing-platform', rescind: 'managed' },
  keys: [{ id: oldKey, status: 'Active', createdAt: '2024-02-11T08:01:00.000Z' }],
};
export const secret = {
  arn: secretArn,
  name: 'invoices/export-key',
  tags: { rescind: 'managed', 'rescind-user': 'invoice-export' },
};
export const identity = {
  kind: 'iam-user' as const,
  key: `user/${account}/invoice-export`,
  aliases: [`user/${account}/invoice-export`, `access-key/${oldKey}`],
  arn: userArn,
  name: 'invoice-export',
  uniqueId: user.uniqueId,
};
export const finding = {
  source: 'guardduty',
  id: '5ac1b7e2f0d94e6c8b3a',
  type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
  signal: 'immediate' as const,
  why: 'the settings list UnauthorizedAccess:IAMUser/MaliciousIPCaller* as immediate',
  raw,
  observedAt: '2026-11-24T09:09:31.000Z',
  receivedAt: '2026-11-24T09:13:58.402Z',
  seq: 1,
};
export const candidates = [
  { owner: 'billing-platform', source: `tag owner of ${userArn}` },
  { owner: 'billing-platform', source: `tag owner of ${secretArn}` },
];
