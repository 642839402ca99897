import { isAccessKeyId } from '#core/ids';
import { isAbsent } from './fold.ts';
import type { Report } from './securityhub-report.ts';
import type { Folded } from './source.ts';

/** Products that bring their findings here too, and to EventBridge in their own Region themselves. */
const readThemselves: Record<string, string> = {
  'aws/guardduty': 'GuardDuty',
  'aws/access-analyzer': 'IAM Access Analyzer',
  'aws/accessanalyzer': 'IAM Access Analyzer',
  'aws/health': 'AWS Health',
};

/**
 * Why a finding is no work; null where it may be. `here` is the Region of the event, `byHand` says that a person has
 * chosen it.
 */
export function ignoredBecause(report: Report, here: Folded | undefined, byHand: boolean): string | null {
  const { product, control, region, over } = report;
  if (isSample(report)) return 'a sample finding: nothing happened';
  if (isOwn(report)) return 'written by Rescind itself';
  if (over !== null) return over;
  if (product === 'aws/securityhub' && control === null)
    return "of Security Hub's own findings only the controls of IAM and Secrets Manager are read";
  const itself = typeof product === 'string' && Object.hasOwn(readThemselves, product) ? readThemselves[product] : null;
  // From another Region only Security Hub brings them; and what a person chooses here is not lost.
  const isHeardHere = isAbsent(region) || isAbsent(here) || region === here;
  return itself && isHeardHere && !byHand ? `a copy: read from ${itself} itself` : null;
}

/** What Rescind itself writes to Security Hub, as docs/signals.md says; a product of AWS never calls itself so. */
function isOwn({ product, names, generator }: Report): boolean {
  if (typeof product !== 'string' || product.startsWith('aws/')) return false;
  const isRescind = (name: Folded | undefined) => typeof name === 'string' && name.toLowerCase() === 'rescind';
  const isGenerator = typeof generator === 'string' && /^rescind(\/|$)/i.test(generator);
  return isGenerator || [...product.split('/'), ...names].some(isRescind);
}

/**
 * Of text only the beginning counts, and only of AWS's. Names make a sample only where every resource is named so and no
 * genuine key is among them: whoever may name a user or a secret could hide a finding behind it.
 */
function isSample({ isSample: says, product, title, resources }: Report): boolean {
  if (says || (`${product}`.startsWith('aws/') && typeof title === 'string' && title.startsWith('[SAMPLE]')))
    return true;
  const isGenerated = ({ keyIds, name, uniqueId, userType }: Report['resources'][number]) =>
    [...keyIds, name, uniqueId, userType].some((text) => text?.startsWith('GeneratedFinding'));
  const hasGenuineKey = resources.some(({ keyIds }) => keyIds.some(isAccessKeyId));
  return resources.length > 0 && !hasGenuineKey && resources.every(isGenerated);
}
