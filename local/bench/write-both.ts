import { IAMClient, PutUserPolicyCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';

const iam = new IAMClient({});

/** The writes of Rescind's contain (`core/actions`), beside each other as it makes them, with no question before. */
export async function writeBoth({ userName: UserName, accessKeyId }: { userName: string; accessKeyId: string }) {
  const cutoff = new Date((Math.ceil(Date.now() / 1000) + 1) * 1000).toISOString().replace('.000Z', 'Z');
  const Condition = { DateLessThan: { 'aws:TokenIssueTime': cutoff } };
  const Statement = [{ Sid: 'OlderSessions', Effect: 'Deny', Action: '*', Resource: '*', Condition }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await Promise.all([
    iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: accessKeyId, Status: 'Inactive' })),
    iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'peer-deny-sessions', PolicyDocument })),
  ]);
}
