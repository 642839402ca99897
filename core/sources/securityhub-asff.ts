import { type Fields, fields, isAbsent } from './fold.ts';
import { controlOf } from './securityhub-control.ts';
import { entries, formOf, isTrue, productOf, type Report, type Resource, said, word } from './securityhub-report.ts';
import type { Folded } from './source.ts';

/** Label of ASFF -> GuardDuty's scale: where its band begins (ASFF, "Severity": normalized 1, 40, 70, 90). */
const severities: Record<string, number> = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 4, HIGH: 7, CRITICAL: 9 };

/** A finding in the AWS Security Finding Format, the form of Security Hub CSPM (User Guide, "ASFF syntax"). */
export function asff(finding: Fields): Report {
  const { compliance, productfields, generatorid: generator, findingproviderfields: provided } = finding;
  const product = productOf(finding.productarn);
  const own = fields(productfields);
  return {
    product,
    names: [finding.productname, finding.companyname],
    generator,
    isSample: isTrue(finding.sample) || isTrue(own['aws/guardduty/service/additionalinfo/sample']),
    title: finding.title,
    over: overBecause(finding),
    id: finding.id,
    account: finding.awsaccountid,
    region: finding.region,
    // Any product may fill these fields: only Security Hub's own say which control failed.
    control:
      product === 'aws/securityhub' ? controlOf(fields(compliance).securitycontrolid, own.controlid, generator) : null,
    types: [...entries(finding.types), ...entries(fields(provided).types)],
    severity: [finding.severity, fields(provided).severity].map(severityOf).find((each) => each !== null) ?? null,
    times: [finding.lastobservedat, finding.updatedat, finding.createdat],
    resources: entries(finding.resources).map((each, at) => resource(fields(each), own[`resources:${at}/id`])),
  };
}

/**
 * No weakness was found where a check passed, could not be made or gave no answer (User Guide, "Assigning severity to
 * control findings": informational).
 */
function overBecause({ recordstate, workflow, workflowstate, compliance }: Fields): string | null {
  if (word(recordstate) === 'ARCHIVED') return 'archived in Security Hub: it is no longer so';
  // WorkflowState is the deprecated form; beside a Workflow it may be stale.
  const status = word(fields(workflow).status) || word(workflowstate);
  if (status === 'RESOLVED') return 'resolved in Security Hub: somebody has dealt with it';
  if (status === 'SUPPRESSED') return 'suppressed in Security Hub: somebody has decided that it is no work';
  const check = word(fields(compliance).status);
  if (check === 'PASSED') return 'the check passed';
  return check === 'NOT_AVAILABLE' || check === 'WARNING' ? 'the check gave no answer' : null;
}

function severityOf(value: Folded | undefined): number | null {
  const { label, normalized } = fields(value);
  if (!isAbsent(label)) return Object.hasOwn(severities, word(label)) ? (severities[word(label)] ?? null) : null;
  return typeof normalized === 'number' && normalized >= 0 && normalized <= 100 ? normalized / 10 : null;
}

const detailsOf = {
  user: 'awsiamuser',
  role: 'awsiamrole',
  key: 'awsiamaccesskey',
  secret: 'awssecretsmanagersecret',
  account: '',
  other: '',
} satisfies Record<Resource['form'], string>;

/** `hidden` is what Security Hub found out about a resource that it reports as the account only. */
function resource(entry: Fields, hidden: Folded | undefined): Resource {
  const form = formOf(entry.type);
  const details = fields(fields(entry.details)[detailsOf[form]]);
  const issuer = fields(fields(details.sessioncontext).sessionissuer);
  const id = said(form === 'account' ? firstOf(hidden, entry.id) : entry.id);
  return {
    form,
    // The ARN of a key names nobody.
    arns: id?.startsWith('arn:') && !(form === 'key' && keyIn(id) !== undefined) ? [id] : [],
    isActor: word(entry.resourcerole) === 'ACTOR',
    owner: said(details.accountid) ?? said(fields(fields(entry.owner).account).id) ?? accountOf(form, entry.id),
    name: said(firstOf(details.principalname, details.username, details.rolename, details.name)),
    uniqueId: said(firstOf(details.principalid, details.userid, details.roleid)),
    keyIds: form === 'key' ? [said(details.accesskeyid), keyIn(id)].filter((each) => each !== undefined) : [],
    userType: said(details.principaltype),
    issuer: { arn: said(issuer.arn), name: said(issuer.username) },
  };
}

const firstOf = (...values: (Folded | undefined)[]) => values.find((value) => !isAbsent(value));
/** AWS::::Account:ID */
const accountOf = (form: Resource['form'], id: Folded | undefined) =>
  form === 'account' && typeof id === 'string' ? /^AWS::::Account:(.+)$/i.exec(id)?.[1] : undefined;
/** The key's id stands last: AWS::IAM::AccessKey:ID, arn:aws:iam::ACCOUNT:access-key/ID, or the bare id. */
const keyIn = (id: string | undefined): string | undefined =>
  id === undefined || /:(user|role|assumed-role|root)\b/.test(id) ? undefined : said(id.split(/[:/]/).at(-1));
