import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IAMClient, ListRolePoliciesCommand, PutUserPolicyCommand, TagUserCommand } from '@aws-sdk/client-iam';
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient, TagResourceCommand } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  DeleteMessageCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordKey } from '#core/run/record';
import { type Credential, clientConfig } from '../../local/personas/work.ts';
import { bus, caseOf, cloud, findingOn, register, seed, simulated, stateOf } from './account.ts';
import { cli, operatorSession } from './operator.ts';

const { endpoint, region, root } = cloud.engine;
const admin = { endpoint, region, credentials: root };
const iam = new IAMClient(admin);
const everything = (action: string) => [{ Effect: 'Allow', Action: action, Resource: '*' }];
const send = async (detail: object) => (await bus('operator-adversary')).put(simulated(detail));
const asking = { type: 'Persistence:IAMUser/AnomalousBehavior' };
const denied = { name: expect.stringMatching(/^AccessDenied/) };
const denyOf = (caseId: string) => `rescind-deny-sessions-${caseId}`;
const hasDeny = async (name: string, caseId: string) =>
  (await stateOf(name))?.policies.some((policy) => policy.startsWith(denyOf(caseId)));

const inlineOf = async (role: string) => (await iam.send(new ListRolePoliciesCommand({ RoleName: role }))).PolicyNames;

let operator: Credential;
beforeAll(async () => {
  operator = await operatorSession('olga');
});

describe('the control queue', () => {
  it('refuses a user with every right on SQS, and takes the message of the operator role', async () => {
    const decoy = await seed.decoy('decoy-27', 'team-a');
    await send(findingOn(decoy, asking));
    const parked = await caseOf(decoy.name);
    const message = new SendMessageCommand({
      QueueUrl: cloud.outputs.ControlQueue,
      MessageBody: JSON.stringify({ control: 'retry', caseId: parked.id, run: parked.run }),
    });
    const forger = await seed.user('control-forger', everything('sqs:*'));
    await expect(new SQSClient(clientConfig(cloud.engine, forger.key)).send(message)).rejects.toMatchObject(denied);
    expect((await register.load(parked.id)).run).toBe(1);

    expect(await cli(operator, 'case', 'retry', parked.id)).toMatchObject({ code: 0 });
    expect(await caseOf(decoy.name, ({ run, stage }) => run === 2 && stage === 'parked')).toBeDefined();
  });

  it.each([
    ['read', (sqs: SQSClient, QueueUrl: string) => sqs.send(new ReceiveMessageCommand({ QueueUrl }))],
    [
      'delete',
      (sqs: SQSClient, QueueUrl: string) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'any' })),
    ],
    ['purge', (sqs: SQSClient, QueueUrl: string) => sqs.send(new PurgeQueueCommand({ QueueUrl }))],
  ])('lets nobody but intake %s its messages, whatever his rights', async (what, take) => {
    const thief = await seed.user(`control-${what}`, everything('sqs:*'));
    const sqs = new SQSClient(clientConfig(cloud.engine, thief.key));
    await expect(take(sqs, cloud.outputs.ControlQueue)).rejects.toMatchObject(denied);
  });
});

describe('the evidence bucket', () => {
  it('keeps a record in sight of its readers, whatever the rights of who would hide it', async () => {
    const decoy = await seed.decoy('decoy-46', 'team-a');
    await send(findingOn(decoy, asking));
    const { id } = await caseOf(decoy.name);
    const hider = await seed.user('record-hider', everything('s3:*'));
    const s3 = new S3Client({ ...clientConfig(cloud.engine, hider.key), forcePathStyle: true });
    const record = { Bucket: cloud.outputs.EvidenceBucket, Key: recordKey(id, 1) };
    // It is not for want of rights, nor of TLS.
    expect((await s3.send(new GetObjectCommand(record))).VersionId).toBeDefined();
    await expect(s3.send(new DeleteObjectCommand(record))).rejects.toMatchObject(denied);
    expect((await s3.send(new GetObjectCommand(record))).VersionId).toBeDefined();
  });
});

describe('the stop switch', () => {
  it('stops every change, and a retry after it is off goes the whole way', async () => {
    const decoy = await seed.decoy('decoy-28', 'team-a');
    const before = await stateOf(decoy.name);
    expect(await cli(operator, 'stop', '--reason', 'forged findings')).toMatchObject({ code: 0 });
    try {
      await send(findingOn(decoy));
      const parked = await caseOf(decoy.name);
      expect(parked.facts.park?.reason).toContain('forged findings');
      expect(await stateOf(decoy.name)).toEqual(before);
      expect((await cli(operator, 'cases')).err).toContain('the stop switch is on');
    } finally {
      expect(await cli(operator, 'resume')).toMatchObject({ code: 0 });
    }
    const { id } = await caseOf(decoy.name);
    expect(await cli(operator, 'case', 'retry', id)).toMatchObject({ code: 0 });
    expect(await caseOf(decoy.name, ({ stage }) => stage === 'closed')).toMatchObject({ run: 2 });
  });

  it('is out of reach for a user who may read everything', async () => {
    const reader = await seed.operator('reader');
    expect(await cli(reader.key, 'stop', '--reason', 'mine')).toMatchObject({
      code: 3,
      err: expect.stringContaining('OperatorRole'),
    });
    expect((await register.stopSwitch())?.stopped).not.toBe(true);
  });
});

describe('the operator role', () => {
  it('may touch no identity', async () => {
    const decoy = await seed.decoy('decoy-29', 'team-a');
    const client = new IAMClient(clientConfig(cloud.engine, operator));
    const Tags = [{ Key: 'owner', Value: 'me' }];
    await expect(client.send(new TagUserCommand({ UserName: decoy.name, Tags }))).rejects.toMatchObject(denied);
  });

  it('may start no case', async () => {
    const command = new StartExecutionCommand({ stateMachineArn: cloud.outputs.CaseMachine, input: '{}' });
    const sfn = new SFNClient(clientConfig(cloud.engine, operator));
    await expect(sfn.send(command)).rejects.toMatchObject(denied);
  });
});

describe('a finding on the pipeline itself', () => {
  it('touches none of its roles', async () => {
    const name = `rescind-${region}-contain`;
    const session = {
      accessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
      principalId: 'AROAAAAAAAAAAAAAAAAAA:rescind-contain',
      userName: name,
      userType: 'AssumedRole',
    };
    const before = await inlineOf(name);
    const anybody = { name, uniqueId: '', key: { accessKeyId: '', secretAccessKey: '' } };
    await send(findingOn(anybody, { resource: { resourceType: 'AccessKey', accessKeyDetails: session } }));
    const found = await caseOf(name);
    expect(await inlineOf(name)).toEqual(before);
    expect(found.stage).toBe('parked');
    expect(found.facts.contain?.done).toEqual([]);
    expect(found.facts.park?.reason).toContain('the-pipeline-never-touches-itself');
  });
});

describe('a tag that the victim sets after the finding', () => {
  it('lets nothing more be done: a secret must be managed too', async () => {
    const victim = await seed.user('decoy-30', []);
    const secrets = new SecretsManagerClient(admin);
    const decoy = await seed.decoy('decoy-31', 'team-a');
    // The secret of somebody else, which the victim can only name by itself.
    await iam.send(new TagUserCommand({ UserName: victim.name, Tags: [{ Key: 'rescind', Value: 'managed' }] }));
    await iam.send(new TagUserCommand({ UserName: victim.name, Tags: [{ Key: 'rescind-user', Value: decoy.name }] }));
    await send(findingOn(victim));
    const found = await caseOf(victim.name);
    expect(found.facts.triage?.secrets).toEqual([]);
    expect((await stateOf(victim.name))?.keys).toHaveLength(1);
    expect((await stateOf(decoy.name))?.keys.map(({ status }) => status)).toEqual(['Active']);

    // With the link on the secret but without `rescind=managed`, the rotation asks.
    const link = new TagResourceCommand({ SecretId: decoy.secret.arn, Tags: [{ Key: 'rescind', Value: 'no' }] });
    await secrets.send(link);
    await send(findingOn(decoy));
    const asked = await caseOf(decoy.name);
    expect(asked.facts['assign-owner']?.asks.map(({ action, answer }) => [action, answer])).toEqual([
      ['rotate-access-key', 'approval'],
    ]);
    expect((await stateOf(decoy.name))?.keys).toHaveLength(1);
  });
});

describe('a rollback', () => {
  it('is refused to who is no operator, takes back exactly the deny, and is done once', async () => {
    const decoy = await seed.decoy('decoy-32', 'team-a');
    await send(findingOn(decoy));
    const { id } = await caseOf(decoy.name);
    const before = await stateOf(decoy.name);
    expect(await hasDeny(decoy.name, id)).toBe(true);

    const reader = await seed.operator('no-operator');
    expect(await cli(reader.key, 'rollback', id)).toMatchObject({
      code: 3,
      err: expect.stringContaining('OperatorRole'),
    });
    expect(await stateOf(decoy.name)).toEqual(before);

    const { code, out } = await cli(operator, 'rollback', id, '--json');
    expect(code).toBe(0);
    const { items } = JSON.parse(out) as { items: { action: string; outcome: string }[] };
    expect(items.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['deactivate-access-key', 'kept'],
      ['deny-user-sessions', 'taken-back'],
      ['rotate-access-key', 'kept'],
    ]);
    const after = await stateOf(decoy.name);
    expect(after?.keys).toEqual(before?.keys);
    expect(before?.policies.filter((policy) => !after?.policies.includes(policy))).toEqual([
      expect.stringContaining(denyOf(id)),
    ]);
    expect((await cli(operator, 'rollback', id)).err).toContain('never taken back');
    const shown = await cli(operator, 'case', 'show', id);
    expect(shown.out).toContain('taken-back deny-user-sessions');
    expect(shown.out).toContain('assumed-role/');
  });

  it('leaves alone what somebody has changed since', async () => {
    const decoy = await seed.decoy('decoy-33', 'team-a');
    await send(findingOn(decoy));
    const { id } = await caseOf(decoy.name);
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: everything('s3:*') });
    await iam.send(new PutUserPolicyCommand({ UserName: decoy.name, PolicyName: denyOf(id), PolicyDocument }));
    const before = await stateOf(decoy.name);
    expect(await cli(operator, 'rollback', id)).toMatchObject({ code: 1, out: expect.stringContaining('refused') });
    expect(await stateOf(decoy.name)).toEqual(before);
  });

  it('leaves a pack that an auditor can check', async () => {
    const { id } = await caseOf(`decoy-32${cloud.engine.suffix}`);
    const pack = join(mkdtempSync(join(tmpdir(), 'rescind-')), 'pack.zip');
    expect(await cli(operator, 'evidence', 'export', id, '--out', pack)).toMatchObject({ code: 0 });
    const policy = `${pack}.policy.json`;
    expect(await cli(operator, 'evidence', 'policy', '--out', policy)).toMatchObject({ code: 0 });
    expect(await cli(operator, 'evidence', 'verify', pack, '--policy', policy)).toMatchObject({ code: 0 });
  });
});
