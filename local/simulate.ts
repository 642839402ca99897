import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Cloud } from './cloud.ts';
import { type Credential, clientConfig, now } from './personas/work.ts';

export interface SimulatedEvent {
  Source: string;
  DetailType: string;
  Detail: string;
}

/** Puts events on the simulation bus as its publisher role, which the operator may assume. Answers when it was accepted. */
export async function simulator(cloud: Cloud, operator: Credential) {
  const sts = new STSClient(clientConfig(cloud.engine, operator));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: cloud.outputs.SimulationPublisher, RoleSessionName: 'simulation' }),
  );
  sts.destroy();
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken)
    throw new Error('the publisher role gave no session');
  const session = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
  const bus = new EventBridgeClient(clientConfig(cloud.engine, session));
  return {
    /** At most ten at once. */
    async put(...events: SimulatedEvent[]): Promise<number> {
      const answer = await bus.send(
        new PutEventsCommand({
          Entries: events.map((event) => ({ ...event, EventBusName: cloud.outputs.SimulationBus })),
        }),
      );
      const at = now();
      const [refused] = (answer.Entries ?? []).filter(({ ErrorCode }) => ErrorCode);
      if (refused) throw new Error(`the bus refused an event: ${refused.ErrorCode}: ${refused.ErrorMessage}`);
      return at;
    },
    close: () => bus.destroy(),
  };
}
