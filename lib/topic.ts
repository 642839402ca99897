import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmsMayPublish } from './resource-policies.ts';

/** The one topic: cases opened, cut, parked and closed, and the alarms. Who listens is up to the team. */
export class NoticeTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, masterKey: IKey) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Rescind', masterKey, enforceSSL: true });
    this.topic.addToResourcePolicy(alarmsMayPublish(this.topic.topicArn));
  }
}
