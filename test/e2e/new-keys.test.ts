import { CreateAccessKeyCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { type Credential, clientConfig } from '../../local/personas/work.ts';
import type { SeededDecoy } from '../../local/seed.ts';
import { bus, caseOf, cloud, findingOn, register, seed, simulated, stateOf } from './account.ts';

const { account, endpoint, region, root } = cloud.engine;
const admin = new IAMClient({ endpoint, region, credentials: root });
let records = 0;

/** A decoy that may make keys for itself, and whoever holds its first one does. */
async function attacked(name: string): Promise<{ decoy: SeededDecoy; second: Credential }> {
  const decoy = await seed.decoy(name, 'team-a');
  const mayMakeKeys = { Effect: 'Allow', Action: 'iam:CreateAccessKey', Resource: decoy.arn };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [mayMakeKeys] });
  await admin.send(new PutUserPolicyCommand({ UserName: decoy.name, PolicyName: 'keys', PolicyDocument }));
  const attacker = new IAMClient(clientConfig(cloud.engine, decoy.key));
  const { AccessKey } = await attacker.send(new CreateAccessKeyCommand({ UserName: decoy.name }));
  attacker.destroy();
  return {
    decoy,
    second: { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' },
  };
}

/** The record of it, authored: the engine writes none. As the CloudTrail User Guide describes records. */
function record(decoy: SeededDecoy, keyId: string, overrides: object = {}) {
  records += 1;
  return {
    Source: 'rescind.simulated.iam',
    DetailType: 'AWS API Call via CloudTrail',
    Detail: JSON.stringify({
      eventVersion: '1.11',
      userIdentity: {
        type: 'IAMUser',
        principalId: decoy.uniqueId,
        arn: decoy.arn,
        accountId: account,
        accessKeyId: decoy.key.accessKeyId,
        userName: decoy.name,
      },
      eventTime: new Date().toISOString(),
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateAccessKey',
      awsRegion: 'us-east-1',
      sourceIPAddress: '203.0.113.7',
      requestParameters: { userName: decoy.name },
      responseElements: { accessKey: { userName: decoy.name, accessKeyId: keyId, status: 'Active' } },
      requestID: `11111111-2222-4333-8444-${String(records).padStart(12, '0')}`,
      eventID: `${decoy.name}-${Date.now()}-${records}`,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
      ...overrides,
    }),
  };
}

const served = async (key: Credential): Promise<string> => {
  const sts = new STSClient(clientConfig(cloud.engine, key));
  try {
    return (await sts.send(new GetCallerIdentityCommand({}))).Arn ?? '';
  } catch (error) {
    return (error as Error).name;
  } finally {
    sts.destroy();
  }
};
const put = async (event: ReturnType<typeof record>) => (await bus('operator-new-keys')).put(event);
const cutAll = async (name: string) => (await stateOf(name))?.keys.every(({ status }) => status === 'Inactive');

describe('a second key that the holder of a leaked one makes', () => {
  it('is cut by the next run, once CloudTrail has told of it', async () => {
    const { decoy, second } = await attacked('decoy-41');
    await put(simulated(findingOn(decoy)));
    const parked = await caseOf(decoy.name);
    expect([parked.stage, await served(second)]).toEqual(['parked', decoy.arn]);

    await put(record(decoy, second.accessKeyId));
    const found = await caseOf(decoy.name, ({ run, stage }) => run === 2 && stage === 'parked');
    expect(await served(second)).toBe('InvalidClientTokenId');
    expect(await served(decoy.key)).toBe('InvalidClientTokenId');
    expect(found).toMatchObject({ id: parked.id, attached: 2, taken: 2 });
  });

  it('is cut as well where CloudTrail told of it before there was a case', async () => {
    const { decoy, second } = await attacked('decoy-42');
    await put(record(decoy, second.accessKeyId));
    const told = simulated(findingOn(decoy));
    await put(told);
    await caseOf(decoy.name, ({ stage, attached, taken }) => stage === 'parked' && attached === 2 && taken === 2);
    expect([await served(second), await cutAll(decoy.name)]).toEqual(['InvalidClientTokenId', true]);
  });

  it('opens no case by itself', async () => {
    const { decoy, second } = await attacked('decoy-43');
    await put(record(decoy, second.accessKeyId));
    const other = await attacked('decoy-44');
    await put(simulated(findingOn(other.decoy)));
    await caseOf(other.decoy.name);
    expect((await register.list(100)).filter(({ identity }) => identity.name === decoy.name)).toEqual([]);
    expect(await served(second)).toBe(decoy.arn);
  });

  it('is left alone where a colleague has made it', async () => {
    const { decoy, second } = await attacked('decoy-45');
    await put(simulated(findingOn(decoy)));
    await caseOf(decoy.name);
    const colleague = { type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account };
    await put(record(decoy, second.accessKeyId, { userIdentity: colleague }));
    await caseOf(decoy.name, ({ run, stage }) => run === 2 && stage === 'parked');
    expect(await served(second)).toBe(decoy.arn);
  });
});
