import { isRoleId, isUserId } from '#core/ids';
import { type Fields, fields } from './fold.ts';
import { controlOf } from './securityhub-control.ts';
import { entries, formOf, productOf, type Report, type Resource, said, word } from './securityhub-report.ts';
import type { Folded } from './source.ts';

/** severity_id of OCSF -> GuardDuty's scale; 0 is unknown, 99 a word of the product's own. */
const severities: Record<number, number> = { 1: 0, 2: 1, 3: 4, 4: 7, 5: 9, 6: 10 };

/** A finding in the Open Cybersecurity Schema Framework, the form of Security Hub's second version (OCSF 1.5 and later). */
export function ocsf(finding: Fields): Report {
  const { metadata, finding_info, cloud, compliance, severity_id, resources } = finding;
  const { product } = fields(metadata);
  const info = fields(finding_info);
  const uid = productOf(fields(product).uid);
  const control = uid === 'aws/securityhub' ? controlOf(fields(compliance).control, generatorIn(info.uid)) : null;
  return {
    product: uid,
    names: [fields(product).name, fields(product).vendor_name],
    generator: fields(info.analytic).uid,
    isSample: false,
    title: info.title,
    over: overBecause(finding),
    id: info.uid,
    account: fields(fields(cloud).account).uid ?? ownerOf(fields(entries(resources)[0])),
    region: fields(cloud).region,
    control,
    types: entries(info.types),
    severity: typeof severity_id === 'number' ? (severities[severity_id] ?? null) : null,
    times: ['last_seen_time', 'modified_time', 'created_time']
      .flatMap((name) => [info[name], info[`${name}_dt`]])
      .concat(finding.time, finding.time_dt),
    resources: entries(resources).map((each) => resource(fields(each))),
  };
}

/** The id and the word of a status may each stand alone; OCSF, "status_id" of a finding and of compliance. */
function overBecause({ status_id, status, status_code, activity_id, compliance }: Fields): string | null {
  const is = (id: number, text: string) => status_id === id || word(status) === text;
  if (is(3, 'SUPPRESSED')) return 'suppressed in Security Hub: somebody has decided that it is no work';
  if (is(4, 'RESOLVED')) return 'resolved in Security Hub: somebody has dealt with it';
  if (is(5, 'ARCHIVED') || is(6, 'DELETED') || activity_id === 3) return 'archived in Security Hub: it is no longer so';
  const check = fields(compliance);
  const words = [word(check.status), word(status_code)];
  if (check.status_id === 1 || words.some((each) => each === 'PASS' || each === 'PASSED')) return 'the check passed';
  if (check.status_id === 2 || words.includes('WARNING')) return 'the check gave no answer';
  return null;
}

/** arn:aws:securityhub:REGION:ACCOUNT:security-control/IAM.3/finding/UUID, and the like of the standards. */
const generatorIn = (id: Folded | undefined): string | undefined =>
  typeof id === 'string' ? /:(?:subscription\/)?([^:]+)\/finding\/[\w-]+$/.exec(id.slice(0, 1024))?.[1] : undefined;

const ownerOf = (entry: Fields): Folded | undefined => {
  const { owner, account } = entry;
  return fields(fields(owner).account).uid ?? fields(account).uid;
};

function resource(entry: Fields): Resource {
  const form = formOf(entry.type);
  const { data, user, uid, uid_alt, name } = entry;
  const details = fields(data);
  const ids = [said(uid), said(uid_alt)].filter((each) => each !== undefined);
  const arns = ids.filter((each) => each.startsWith('arn:'));
  const isHolder = form === 'user' || form === 'role';
  const bare = ids.filter((each) => !each.startsWith('arn:'));
  const named = said(fields(user).name) ?? said(details.user_name) ?? said(details.role_name);
  return {
    form,
    arns,
    isActor: word(entry.role) === 'ACTOR',
    owner: said(ownerOf(entry)),
    // The name of a resource is its own: of a key it says nothing about the user, and beside an ARN nothing new.
    name: named ?? (isHolder && arns.length === 0 ? said(name) : undefined),
    uniqueId:
      said(details.principal_id) ?? (isHolder ? bare.find((each) => isUserId(each) || isRoleId(each)) : undefined),
    keyIds: form === 'key' ? [...bare, said(details.access_key_id)].filter((each) => each !== undefined) : [],
    userType: said(details.user_type),
    issuer: { arn: undefined, name: undefined },
  };
}
