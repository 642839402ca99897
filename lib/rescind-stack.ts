import {
  Annotations,
  Aws,
  CfnOutput,
  DefaultStackSynthesizer,
  type IStackSynthesizer,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { isAnyOn } from '#core/receivers/receive';
import { lockOf, type Settings } from '#core/settings';
import * as allSources from '#core/sources';
import { patternsFor } from '#core/sources/read';
import { partnerBusOf } from '#core/sources/subjects';
import * as allSteps from '#core/steps';
import { Alarms } from './alarms.ts';
import { bundledCode, type CodeOf } from './bundle.ts';
import { CaseMachine } from './case-machine.ts';
import { Intake } from './intake.ts';
import { Look } from './look.ts';
import { Operator } from './operator.ts';
import { HttpReceiver } from './receiver.ts';
import { maySign, mustNotSign, onlyReadBy } from './resource-policies.ts';
import { Rollback } from './rollback.ts';
import { ScheduledRotation } from './scheduled-rotation.ts';
import { Simulation } from './simulation.ts';
import { Steps } from './steps.ts';
import { Storage } from './storage.ts';
import { NoticeTopic } from './topic.ts';
import { Watch } from './watch.ts';

export interface RescindStackProps extends StackProps {
  settings: Settings;
  /** Where the Lambdas' code comes from; by default it is bundled from `functions/`. */
  code?: CodeOf;
}

/** The ARN of any execution of the machine: it has the machine's name in it, not its ARN. */
const executionsOf = ({ stateMachineName }: StateMachine): string =>
  `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:execution:${stateMachineName}:*`;

/** The hub: one deployment an account and Region. */
export class RescindStack extends Stack {
  constructor(scope: Construct, id: string, { settings, code, ...props }: RescindStackProps) {
    super(scope, id, {
      synthesizer: new DefaultStackSynthesizer() as IStackSynthesizer,
      description: 'Rescind carries a finding about an identity from detection to proof.',
      ...props,
    });
    const shared = { settings, code: code ?? bundledCode(this, settings) };
    const sources = Object.values(allSources);

    const storage = new Storage(this, 'Storage', settings);
    const { topic } = new NoticeTopic(this, 'Notices', storage.dataKey);
    const hub = {
      register: { arn: storage.register.tableArn, name: storage.register.tableName },
      evidence: { arn: storage.evidence.bucketArn, name: storage.evidence.bucketName },
      dataKey: { arn: storage.dataKey.keyArn },
      signer: { arn: storage.signer.keyArn },
      topic: { arn: topic.topicArn },
    };
    const { functions } = new Steps(this, 'Steps', { ...shared, hub, declared: Object.values(allSteps) });
    const { machine } = new CaseMachine(this, 'Case', { functions, settings });
    const started = { arn: machine.stateMachineArn, executions: executionsOf(machine) };
    const intake = new Intake(this, 'Intake', { ...shared, hub: { ...hub, machine: started } });
    for (const source of sources) {
      const bus = partnerBusOf(source.name, settings);
      if (bus || !source.comesBy) intake.listen(source.name, patternsFor(source, false), bus);
    }
    const { rollback, machine: undo } = new Rollback(this, 'Rollback', { ...shared, hub });
    const control = { arn: intake.control.queueArn, url: intake.control.queueUrl };
    const { look } = new Look(this, 'Look', { ...shared, hub: { ...hub, control } });
    const { rotation } = new ScheduledRotation(this, 'Rotation', { ...shared, hub });
    const changing = [functions.contain, functions.rotate, functions.revoke, rollback];
    const { unaccounted, queue: watched } = new Watch(this, 'Watch', {
      ...shared,
      hub,
      roles: changing.map(({ role }) => role),
    });
    const deadLetters = [intake.deadLetters, intake.undelivered, unaccounted];
    const { role: operator } = new Operator(this, 'Operator', {
      hub,
      settings,
      reach: {
        control: intake.control.queueArn,
        received: intake.received.queueArn,
        deadLetters: deadLetters.map(({ queueArn }) => queueArn),
        cases: executionsOf(machine),
        rollback: { arn: undo.stateMachineArn, executions: executionsOf(undo) },
      },
    });
    for (const queue of deadLetters) queue.addToResourcePolicy(onlyReadBy(queue.queueArn, operator.roleArn));
    intake.heed(operator);
    intake.accept(operator);
    intake.heed(look.role);
    storage.signer.addToResourcePolicy(maySign([...Object.values(functions), rollback, look].map(({ role }) => role)));
    storage.signer.addToResourcePolicy(mustNotSign(intake.intake.role));
    const receiver = isAnyOn(settings)
      ? new HttpReceiver(this, 'Receiver', {
          ...shared,
          hub: { ...hub, received: { arn: intake.received.queueArn, url: intake.received.queueUrl } },
        })
      : null;
    if (receiver) intake.accept(receiver.receiver.role);
    new Alarms(this, 'Alarms', {
      topic,
      intake,
      machine,
      rollback: undo,
      park: functions.park,
      look,
      rotation,
      unaccounted,
      receiver,
    });

    const outputs: Record<string, string> = {
      RegisterTable: storage.register.tableName,
      EvidenceBucket: storage.evidence.bucketName,
      DataKey: storage.dataKey.keyArn,
      SignerKey: storage.signer.keyArn,
      CaseMachine: machine.stateMachineArn,
      IntakeQueue: intake.queue.queueUrl,
      ControlQueue: intake.control.queueUrl,
      ReceivedQueue: intake.received.queueUrl,
      RollbackMachine: undo.stateMachineArn,
      OperatorRole: operator.roleArn,
      DeadLetterQueue: intake.deadLetters.queueUrl,
      UndeliveredQueue: intake.undelivered.queueUrl,
      RotationFunction: rotation.function.functionArn,
      UnaccountedQueue: unaccounted.queueUrl,
      WatchQueue: watched.queueUrl,
      Topic: topic.topicArn,
    };
    if (receiver) Object.assign(outputs, { ReceiverUrl: receiver.url });
    if (settings.simulation) {
      const { bus, publisher } = new Simulation(this, 'Simulation', { intake, sources });
      Object.assign(outputs, { SimulationBus: bus.ref, SimulationPublisher: publisher.roleArn });
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
    this.sayWhatFollows(settings);
  }

  /** What somebody should know before deploying these settings. */
  private sayWhatFollows(settings: Settings): void {
    const { mode, days } = lockOf(settings);
    const notes = Annotations.of(this);
    if (mode === 'compliance' && !settings.production)
      notes.addWarningV2(
        'rescind:trial-under-compliance',
        `evidence.lock is compliance, so nobody, not even the account's root, can delete this trial's evidence for ${days} days: use governance for a trial`,
      );
    notes.addInfoV2(
      'rescind:iam-events',
      'what CloudTrail tells of IAM, Organizations and sign-ins of root, AWS Health, and changes by our own roles (watch) are seen in us-east-1 alone, and calls only where a trail logs management events: these services tell EventBridge nowhere else',
    );
    if (settings.mode === 'observe')
      notes.addInfoV2('rescind:observe', 'mode is observe: cases are planned and recorded, and nothing is changed');
  }
}
