import { Aws } from 'aws-cdk-lib';
import { CfnEventBus } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, Policy, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { simulationBus } from '#core/ids';
import { patternsFor } from '#core/sources/read';
import type { Source } from '#core/sources/source';
import type { Intake } from './intake.ts';
import { publisherStatement, roleName } from './permissions.ts';
import { onlyPublisher } from './resource-policies.ts';

/**
 * A bus for drills, because nobody may put events of `aws.*` on one. Its rules are those of the sources under the
 * prefix that marks a finding as simulated, and they feed the same queue.
 */
export class Simulation extends Construct {
  readonly bus: CfnEventBus;
  readonly publisher: Role;

  constructor(scope: Construct, id: string, { intake, sources }: { intake: Intake; sources: readonly Source[] }) {
    super(scope, id);
    const busArn = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/${simulationBus}`;
    this.publisher = new Role(this, 'Publisher', {
      roleName: roleName('simulation-publisher'),
      description: 'Rescind: publishes simulated findings',
      // Whom the account's own policies allow to assume it.
      assumedBy: new AccountRootPrincipal(),
    });
    new Policy(this, 'Policy', { roles: [this.publisher], statements: [publisherStatement(busArn)] });
    this.bus = new CfnEventBus(this, 'Bus', { name: simulationBus, policy: onlyPublisher(busArn, this.publisher) });
    for (const source of sources) intake.listen(`simulated-${source.name}`, patternsFor(source, true), this.bus.ref);
  }
}
