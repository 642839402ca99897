import { expect } from 'vitest';
import { cloud } from './account.ts';
import { call } from './invoke.ts';

const { account, region } = cloud.engine;
export const roleOf = (name: string) => `arn:aws:iam::${account}:role/rescind-${region}-${name}`;

/** An event of CloudTrail about a call by a session of a role, authored: the engine sends none. */
export const event = (role: string, detail: object = {}) => ({
  version: '0',
  id: 'e-1',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account,
  time: new Date().toISOString(),
  region: 'us-east-1',
  resources: [],
  detail: {
    eventSource: 'iam.amazonaws.com',
    eventName: 'UpdateAccessKey',
    eventTime: new Date().toISOString(),
    requestID: 'nobody-has-made-it',
    readOnly: false,
    sourceIPAddress: '203.0.113.7',
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${account}:assumed-role/x/y`,
      accessKeyId: 'ASIA5555666677778888',
      sessionContext: { sessionIssuer: { type: 'Role', arn: role } },
    },
    ...detail,
  },
});

/** What the queue hands to the function, for the n-th time. */
export const look = async (body: object, times = 1) => {
  const attributes = { ApproximateReceiveCount: String(times) };
  const { error, answer } = await call('watch', {
    Records: [{ messageId: 'm-1', body: JSON.stringify(body), attributes }],
  });
  expect(error).toBeNull();
  return (answer as { batchItemFailures: unknown[] }).batchItemFailures;
};
