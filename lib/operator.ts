import { Aws } from 'aws-cdk-lib';
import { AccountRootPrincipal, Policy, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Settings } from '#core/settings';
import { acknowledgeWildcards } from './acknowledge.ts';
import { doctorStatements, type Hub, operatorStatements, roleName } from './permissions.ts';

/**
 * The role of those who run the product, and the only one that may stop it, retry a case or take a case back. Assumed
 * by whom the account's own policies allow to.
 */
export class Operator extends Construct {
  readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    {
      hub,
      reach,
      settings,
    }: { hub: Hub; reach: Omit<Parameters<typeof operatorStatements>[1], 'stack'>; settings: Settings },
  ) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      roleName: roleName('operator'),
      description: 'Rescind: reads cases and evidence, stops, retries and takes back',
      // `Bool`, not `BoolIfExists`: a call signed with an access key alone has no such key (IAM User Guide, "Configuring
      // MFA-protected API access"), and would be let in.
      assumedBy: settings.operatorMfa
        ? new AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })
        : new AccountRootPrincipal(),
    });
    const policy = new Policy(this, 'Policy', {
      roles: [this.role],
      statements: [
        ...operatorStatements(hub, {
          ...reach,
          stack: `arn:${Aws.PARTITION}:cloudformation:${Aws.REGION}:${Aws.ACCOUNT_ID}:stack/${Aws.STACK_NAME}/*`,
        }),
        ...doctorStatements(hub, settings),
      ],
    });
    acknowledgeWildcards(policy);
  }
}
