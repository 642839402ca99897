import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { clientConfig } from '../../local/personas/work.ts';
import { bus, caseOf, cloud, findingOn, register, seed, simulated, stateOf } from './account.ts';
import { cli, operatorSession } from './operator.ts';

const everything = (action: string) => [{ Effect: 'Allow', Action: action, Resource: '*' }];

const eventOf = () => ({ account: cloud.engine.account, region: cloud.engine.region, time: new Date().toISOString() });

describe('the intake queue', () => {
  it('refuses a message of a user with every right on SQS, and takes that of our rule', async () => {
    const decoy = await seed.decoy('decoy-7', 'team-a');
    const before = await stateOf(decoy.name);
    const forger = await seed.user('queue-forger', everything('sqs:*'));
    const sqs = new SQSClient(clientConfig(cloud.engine, forger.key));
    const { Source, DetailType, Detail } = simulated(findingOn(decoy));
    const forged = { source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) };
    const message = new SendMessageCommand({
      QueueUrl: cloud.outputs.IntakeQueue,
      MessageBody: JSON.stringify(forged),
    });
    await expect(sqs.send(message)).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) });
    expect(await stateOf(decoy.name)).toEqual(before);

    await (await bus('operator-queue')).put(simulated(findingOn(decoy)));
    expect((await caseOf(decoy.name)).stage).toBe('closed');
  });

  it('gets nothing from an event under the name of AWS: nobody may put one', async () => {
    const user = await seed.user('event-forger', everything('events:*'));
    const events = new EventBridgeClient(clientConfig(cloud.engine, user.key));
    const Detail = JSON.stringify(findingOn(user));
    const { Entries } = await events.send(
      new PutEventsCommand({ Entries: [{ Source: 'aws.guardduty', DetailType: 'GuardDuty Finding', Detail }] }),
    );
    expect(Entries?.[0]?.ErrorCode).toBe('NotAuthorizedForSourceException');
  });

  it('opens no case for a sample finding', async () => {
    const decoy = await seed.decoy('decoy-8', 'team-a');
    const events = await bus('operator-queue');
    await events.put(
      simulated({ ...findingOn(decoy), service: { serviceName: 'guardduty', additionalInfo: { sample: true } } }),
    );
    const other = await seed.decoy('decoy-9', 'team-a');
    await events.put(simulated(findingOn(other)));
    await caseOf(other.name);
    expect((await register.list(100)).some(({ identity }) => identity.name === decoy.name)).toBe(false);
  });
});

describe('the dead letters', () => {
  it('show what somebody has put there, and let the operator alone take it away', async () => {
    const QueueUrl = cloud.outputs.DeadLetterQueue;
    const forger = await seed.user('dead-letter-forger', everything('sqs:*'));
    const forging = new SQSClient(clientConfig(cloud.engine, forger.key));
    await forging.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(findingOn(forger)) }));
    const receive = new ReceiveMessageCommand({
      QueueUrl,
      MessageSystemAttributeNames: ['All'],
      MaxNumberOfMessages: 10,
    });
    await expect(forging.send(receive)).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) });

    const operator = new SQSClient(clientConfig(cloud.engine, await operatorSession('dead-letter-reader')));
    const { Messages = [] } = await operator.send(receive);
    const forged = Messages.find(({ Body }) => Body?.includes(forger.name));
    expect(forged?.Attributes).toBeDefined();
    expect(forged?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
    await operator.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: forged?.ReceiptHandle ?? '' }));
  });

  it('are left by a redrive where nobody but a forger can have put them there', async () => {
    const QueueUrl = cloud.outputs.DeadLetterQueue;
    const forger = await seed.user('redrive-forger', everything('sqs:*'));
    const forging = new SQSClient(clientConfig(cloud.engine, forger.key));
    await forging.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(findingOn(forger)) }));
    const { code, out } = await cli(await operatorSession('redriver'), 'intake', 'redrive');
    expect([code, out]).toEqual([1, expect.stringContaining('SQS has not moved it there itself')]);
  });
});

describe('the queue of received events', () => {
  it('refuses a message of a user with every right on SQS', async () => {
    const forger = await seed.user('received-forger', everything('sqs:*'));
    const message = new SendMessageCommand({ QueueUrl: cloud.outputs.ReceivedQueue, MessageBody: '{}' });
    await expect(new SQSClient(clientConfig(cloud.engine, forger.key)).send(message)).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied/),
    });
  });

  it('takes what the operator brings back', async () => {
    const decoy = await seed.decoy('decoy-18', 'team-a');
    const { Source, DetailType, Detail } = simulated(findingOn(decoy));
    const event = { source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail), ...eventOf() };
    const operator = new SQSClient(clientConfig(cloud.engine, await operatorSession('bringer')));
    await operator.send(
      new SendMessageCommand({ QueueUrl: cloud.outputs.ReceivedQueue, MessageBody: JSON.stringify(event) }),
    );
    expect((await caseOf(decoy.name)).stage).toBe('closed');
  });
});
