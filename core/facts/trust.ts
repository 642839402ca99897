import type { RoleFacts } from '#core/step-facts';
import { statementsOf } from './policy-document.ts';

/** Whom a role's trust policy allows to assume it, each as `Kind value`, sorted. */
export function trustedBy({ trust }: Pick<RoleFacts, 'trust'>): string[] {
  const named = statementsOf(trust)
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals }) =>
      Object.entries(principals).flatMap(([kind, all]) => all.map((one) => `${kind} ${one}`)),
    );
  return [...new Set(named)].toSorted();
}

/** What runs on the role, as far as the role says: it holds sessions that the cut may refuse, and must ask for new ones. */
export function workloadsOf(role: Pick<RoleFacts, 'trust' | 'instanceProfiles'>): string[] {
  const services = trustedBy(role).filter((principal) => principal.startsWith('Service '));
  return [...role.instanceProfiles.map((arn) => `instance profile ${arn}`), ...services];
}

/** Who may change a role. By its path alone: AWS keeps these paths to itself, while anybody may choose a name. */
export function madeBy({ path }: Pick<RoleFacts, 'path'>): 'account' | 'service' | 'identity-center' {
  if (path.startsWith('/aws-service-role/')) return 'service';
  return path.startsWith('/aws-reserved/sso.amazonaws.com/') ? 'identity-center' : 'account';
}
