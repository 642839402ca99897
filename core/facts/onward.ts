import type { OnwardPath } from '#core/step-facts';
import { statementsOf } from './policy-document.ts';

/**
 * The roles that these policies let their holder assume. A session that was made so is independent of the one that made
 * it and survives its cut (STS API reference, AssumeRole). Denies, conditions and boundaries may narrow it: these paths
 * are possible, not proven.
 */
export function onwardPaths(policies: readonly { name: string; document: unknown }[]): OnwardPath[] {
  return policies.flatMap(({ name, document }) =>
    statementsOf(document).flatMap(({ effect, actions, notActions, resources, notResources }): OnwardPath[] => {
      const allowed = actions.some(coversAssume) || (notActions.length > 0 && !notActions.some(coversAssume));
      if (effect !== 'Allow' || !allowed) return [];
      if (notResources.length > 0)
        return [
          { policy: name, roles: [], note: `cannot be listed: all but ${notResources.join(', ')} (NotResource)` },
        ];
      const roles = resources.filter(maybeRole);
      const note = notActions.length > 0 ? 'the statement allows all but some actions (NotAction)' : null;
      return roles.length > 0 ? [{ policy: name, roles, note }] : [];
    }),
  );
}

/** Actions match without regard to case; `*` and `?` are the wildcards (IAM User Guide, "Action"). */
function coversAssume(pattern: string): boolean {
  const parts = pattern.toLowerCase().split(/([*?])/);
  const source = parts.map((part) => ({ '*': '.*', '?': '.' })[part] ?? part.replace(/[^a-z0-9:]/g, '\\$&')).join('');
  return new RegExp(`^${source}$`).test('sts:assumerole');
}

/** Whether an ARN or pattern could be that of a role: a statement for all actions also names buckets and queues. */
function maybeRole(pattern: string): boolean {
  const parts = (pattern.split(/[*?$]/)[0] ?? '').split(':');
  const [service, resource] = [parts[2] ?? '', parts[5] ?? ''];
  const serviceFits = parts.length > 3 ? service === 'iam' : 'iam'.startsWith(service);
  return serviceFits && (resource.startsWith('role/') || 'role/'.startsWith(resource));
}
