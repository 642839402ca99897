import { Aws, Duration } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { stepPermissions } from '#adapters/permissions';
import { lookPermissions } from '#core/later/look';
import type { Settings } from '#core/settings';
import type { CodeOf } from './bundle.ts';
import { type Hub, lookSchedulerStatement, roleName } from './permissions.ts';
import { StepFunction } from './step-function.ts';

/** The look at a closed case when its sessions must have ended, and the role with which its schedule calls it. */
export class Look extends Construct {
  readonly look: StepFunction;

  constructor(scope: Construct, id: string, { hub, settings, code }: { hub: Hub; settings: Settings; code: CodeOf }) {
    super(scope, id);
    this.look = new StepFunction(this, 'Function', {
      name: 'look',
      permissions: [...lookPermissions, ...stepPermissions],
      writes: 'cases',
      hub,
      settings,
      code,
      // A day and a half of a trail may have to be read.
      timeout: Duration.minutes(10),
      memoryMiB: 1024,
    });
    const scheduler = new Role(this, 'Scheduler', {
      roleName: roleName('look-scheduler'),
      description: 'Rescind: calls the look, for EventBridge Scheduler',
      // EventBridge Scheduler User Guide, "Confused deputy prevention".
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    new Policy(this, 'Policy', {
      roles: [scheduler],
      statements: [lookSchedulerStatement(this.look.function.functionArn)],
    });
  }
}
