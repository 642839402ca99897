import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '#core/ports';

/**
 * What synth put beside the code (settings and policy text: too long for environment variables, and part of what is
 * deployed), and where the function runs, from its own ARN.
 */
export function deployment(functionArn: string): Deployment {
  const [, , , region = '', account = ''] = functionArn.split(':');
  const folder = process.env.LAMBDA_TASK_ROOT ?? '.';
  return { account, region, ...JSON.parse(readFileSync(join(folder, 'deployment.json'), 'utf8')) };
}

/** A name that the stack gave the function in its environment. */
export function given(
  name:
    | 'REGISTER'
    | 'EVIDENCE'
    | 'DATA_KEY'
    | 'SIGNER'
    | 'TOPIC'
    | 'MACHINE'
    | 'CONTROL'
    | 'CONTROL_QUEUE'
    | 'RECEIVED'
    | 'RECEIVED_QUEUE'
    | 'LOOK'
    | 'LOOK_ROLE',
): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing from the function's environment: deploy the stack again`);
  return value;
}
