import * as v from 'valibot';
import { AwsRefusal } from '#core/ports';
import { type Check, missing, ok } from './check.ts';

const versions = [
  ['securityhub:DescribeHub', 'Security Hub CSPM'],
  ['securityhub:DescribeSecurityHubV2', 'Security Hub'],
] as const;

/**
 * Security Hub CSPM, or its second version: either is read. An account that has not enabled it is refused as
 * InvalidAccessException (API Reference, DescribeHub) or ResourceNotFoundException (DescribeSecurityHubV2).
 */
export const hub: Check = {
  name: 'hub',
  async examine(_, { ask, region }) {
    const enabled: string[] = [];
    let doubt: unknown;
    for (const [operation, name] of versions) {
      try {
        await ask(operation, {}, v.object({}));
        enabled.push(name);
      } catch (error) {
        const isOff = error instanceof AwsRefusal && /^(InvalidAccess|ResourceNotFound)/.test(error.name);
        if (!isOff) doubt ??= error;
      }
    }
    if (enabled.length > 0) return ok(`enabled: ${enabled.join(' and ')}`);
    if (doubt) throw doubt;
    return missing(`Security Hub is not enabled in ${region}`, 'aws securityhub enable-security-hub');
  },
};
