import { Aws, Duration } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { scheduledRotationPermissions } from '#core/rotators/scheduled-rotation';
import type { Settings } from '#core/settings';
import type { CodeOf } from './bundle.ts';
import type { Hub } from './permissions.ts';
import { StepFunction } from './step-function.ts';

/** The rotation function that managed secrets may name; which of them do, and when they rotate, is their owners'. */
export class ScheduledRotation extends Construct {
  readonly rotation: StepFunction;

  constructor(scope: Construct, id: string, { hub, settings, code }: { hub: Hub; settings: Settings; code: CodeOf }) {
    super(scope, id);
    this.rotation = new StepFunction(this, 'Function', {
      name: 'rotation',
      permissions: scheduledRotationPermissions,
      writes: 'cases',
      hub,
      settings,
      code,
      timeout: Duration.seconds(60 + settings.newKeyPatienceSeconds),
      memoryMiB: 256,
    });
    // Secrets Manager User Guide, "Lambda rotation function permissions": the account keeps other accounts' secrets out.
    new CfnPermission(this, 'SecretsManager', {
      functionName: this.rotation.function.functionArn,
      action: 'lambda:InvokeFunction',
      principal: new ServicePrincipal('secretsmanager.amazonaws.com').service,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}
