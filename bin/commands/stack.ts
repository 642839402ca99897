import { controlQueue } from '#adapters/control-queue';
import { deadLetters } from '#adapters/dead-letters';
import { evidenceBucket } from '#adapters/evidence';
import { caseExecution } from '#adapters/machine';
import { whoAmI } from '#adapters/probe';
import { queueAt } from '#adapters/queue';
import { caseTable } from '#adapters/register';
import { rollbackMachine } from '#adapters/rollback-machine';
import { kmsSigner } from '#adapters/signer';
import { stackOutputs } from '#adapters/stack-outputs';
import { RescindError } from '#core/error';
import type { EvidenceStore, Signer } from '#core/ports';
import type { Register } from '#core/register';

/** What the commands use of a deployment, with the caller's own credentials. */
export interface Deployed {
  register: Pick<Register, 'load' | 'list' | 'findings' | 'stopSwitch' | 'setStopSwitch' | 'cutsIn'>;
  evidence: Pick<EvidenceStore, 'get'>;
  signer: Pick<Signer, 'keyid'> & { pem(): Promise<string> };
  signerKey: string;
  /** An output of the stack; throws where it has none of that name. */
  output(name: string): string;
  /** The ARN that STS gives for the caller. */
  caller(): Promise<string>;
  control: ReturnType<typeof controlQueue>;
  rollback: ReturnType<typeof rollbackMachine>;
  execution: ReturnType<typeof caseExecution>;
  /** Where it is deployed. */
  place: { account: string; region: string };
  queues: {
    deadLetters: ReturnType<typeof deadLetters>;
    undelivered: ReturnType<typeof deadLetters>;
    send: Record<'received' | 'control', ReturnType<typeof queueAt>>;
    names: Record<'intake' | 'received' | 'control', string>;
  };
}

/** A queue's URL ends in its name. */
const nameIn = (url: string): string => url.split('/').at(-1) ?? '';

/** IAM User Guide, "Identify AWS resources with Amazon Resource Names": arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE. */
const placeIn = (arn: string) => {
  const [, , , region = '', account = ''] = arn.split(':');
  return { account, region };
};

/** Finds a deployment by the name of its stack. */
export async function connect(stack: string): Promise<Deployed> {
  const outputs = await stackOutputs(stack);
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (!value)
      throw new RescindError(
        'ANSWER_UNEXPECTED',
        `stack ${stack} has no output ${name}: it is no deployment of Rescind`,
      );
    return value;
  };
  const signerKey = output('SignerKey');
  return {
    register: caseTable(output('RegisterTable')),
    evidence: evidenceBucket(output('EvidenceBucket'), output('DataKey')),
    signer: kmsSigner(signerKey),
    signerKey,
    output,
    caller: whoAmI,
    control: controlQueue(output('ControlQueue')),
    rollback: rollbackMachine(output('RollbackMachine')),
    execution: caseExecution(output('CaseMachine')),
    place: placeIn(output('CaseMachine')),
    queues: {
      deadLetters: deadLetters(output('DeadLetterQueue')),
      undelivered: deadLetters(output('UndeliveredQueue')),
      send: { received: queueAt(output('ReceivedQueue')), control: queueAt(output('ControlQueue')) },
      names: {
        intake: nameIn(output('IntakeQueue')),
        received: nameIn(output('ReceivedQueue')),
        control: nameIn(output('ControlQueue')),
      },
    },
  };
}
