import type { Reading } from '#core/finding';
import { isAccountId, isRegion } from '#core/ids';
import { firstInstant } from '#core/instant';
import { type Fields, fields, isAbsent, isFields } from './fold.ts';
import type { Folded, ReadingContext, Source } from './source.ts';
import { identityOf, nestedIn, refusal, subjectOfAccess } from './subject-of-access.ts';

const findingId = /^[\w-]{1,300}$/;
const plainType = /^[A-Za-z]{1,64}$/;
const external = 'Access Analyzer Finding';
const own = [
  ...['id', 'findingid', 'findingtype', 'status', 'isdeleted', 'error', 'accesspreviewid', 'changetype', 'ispublic'],
  ...['resource', 'resourcetype', 'resourceowneraccount', 'accountid', 'region'],
  ...['updatedat', 'analyzedat', 'createdat', 'principal', 'principaltype', 'principalowneraccount'],
  ...['externalaccessdetails.ispublic', 'unusediamuseraccesskeydetails.accesskeyid'].map(
    (path) => `findingdetails.${path}`,
  ),
  ...['principal', 'principaltype', 'principalowneraccount'].map(
    (path) => `findingdetails.internalaccessdetails.${path}`,
  ),
];

const { ignored, missing, invalid, rejected } = refusal;

/**
 * IAM Access Analyzer: who from outside may use a role or a secret, who inside may use a watched resource, and what
 * nobody uses; its EventBridge events, and findings as ListFindings, ListFindingsV2, GetFinding and GetFindingV2 give
 * them (IAM User Guide, "Monitoring IAM Access Analyzer with Amazon EventBridge").
 */
export const accessanalyzer: Source = {
  name: 'accessanalyzer',
  needs: ['analyzer'],
  patterns: [
    {
      source: ['aws.access-analyzer'],
      'detail-type': [external, 'Internal Access Finding', 'Unused Access Finding for IAM entities'],
    },
  ],
  classes: [
    {
      types: 'ExternalAccess',
      signal: 'blocking',
      why: 'somebody outside of the zone of trust may use the role or the secret',
    },
    {
      types: 'ExternalAccess/Error',
      signal: 'advisory',
      why: 'Access Analyzer could not analyse it: that shows no access, and hides what there is',
    },
    { types: 'InternalAccess', signal: 'advisory', why: 'access from within the zone of trust is to be reviewed' },
    {
      types: 'Unused*',
      signal: 'advisory',
      why: 'nobody uses it: its owner is to remove it, and nothing shows misuse',
    },
    { types: '*', signal: 'blocking', why: 'a type that this version does not know: a person decides' },
  ],
  // Whoever writes a policy chooses the casing of the keys in `condition`: what hangs on it must not be lost by that.
  reads: own.flatMap((path) => [path, `finding.${path}`]),

  outlasts: () => true,

  recognises(document) {
    const found = theFinding(fields(document));
    const { accesspreviewid, resourcetype, status } = found;
    const marks = [found.resourceowneraccount, found.isdeleted, found.findingid, found.findingtype];
    return (
      (typeof accesspreviewid === 'string' && Array.isArray(found.configuredresources)) ||
      (typeof resourcetype === 'string' &&
        /^AWS::\w+::\w+$/.test(resourcetype) &&
        ['ACTIVE', 'ARCHIVED', 'RESOLVED'].some((each) => each === status) &&
        marks.some((mark) => !isAbsent(mark)))
    );
  },

  read: (document, context, envelope) => [reading(theFinding(fields(document)), context, envelope)],
};

/** GetFinding wraps it. */
const theFinding = (document: Fields): Fields => (isFields(document.finding) ? document.finding : document);

function reading(detail: Fields, context: ReadingContext, envelope: Fields | undefined): Reading {
  const { id: plainId, findingid, status } = detail;
  if (!isAbsent(detail.accesspreviewid) || !isAbsent(detail.changetype))
    return ignored('an access preview: it says what a change would allow, and nothing has changed');
  if (isTrue(detail.isdeleted)) return ignored('deleted in Access Analyzer, with its analyzer or after its time');
  if (status === 'RESOLVED') return ignored('resolved: the access is gone');
  if (status === 'ARCHIVED') return ignored('archived in Access Analyzer: somebody means this access');
  if (isAbsent(status)) return missing('status');
  if (status !== 'ACTIVE') return invalid('status', 'is not one of Access Analyzer');

  // Only events of external access and ListFindings tell no type.
  const isUntyped = isAbsent(findingid) && [undefined, external].some((kind) => kind === envelope?.['detail-type']);
  const found = isAbsent(detail.findingtype) && isUntyped ? 'ExternalAccess' : detail.findingtype;
  if (isAbsent(found)) return missing('findingType');
  if (typeof found !== 'string' || !plainType.test(found)) return invalid('findingType', 'is not a finding type');
  const subject = subjectOfAccess(detail, found);
  if ('outcome' in subject) return subject;

  // Events of unused access have `findingId`, all others and the API `id`.
  const id = isAbsent(plainId) ? findingid : plainId;
  if (isAbsent(id)) return missing('id');
  if (typeof id !== 'string' || !findingId.test(id)) return invalid('id', 'is not a finding id');
  if (!isAbsent(findingid) && findingid !== id) return rejected('AMBIGUOUS', 'id and findingId differ');
  // The analyzer may be the organisation's: the account of the envelope may be any, but must be one.
  if (!isAbsent(envelope?.account) && !isAccountId(envelope?.account))
    return invalid('account of the envelope', 'is not a text of 12 digits');
  for (const region of [detail.region, envelope?.region])
    if (!isAbsent(region) && !isRegion(region)) return invalid('region', 'is not an AWS Region');
  const times = [detail.updatedat, detail.analyzedat, detail.createdat, envelope?.time].filter((at) => !isAbsent(at));
  const observedAt = firstInstant(times);
  if (!observedAt) return times.length > 0 ? invalid('updatedAt', 'is not a time') : missing('updatedAt');

  const { named, accessKeyId } = subject;
  // A type of its own, so that who lists the type as immediate does not cut for an analysis that failed.
  const isError = !isAbsent(detail.error);
  const type = isError ? `${found}/Error` : found;
  const severity = isError ? 1 : severityOf(found, detail);
  return {
    outcome: 'finding',
    finding: {
      source: accessanalyzer.name,
      id,
      type,
      ...context.classOf(type, severity),
      severity,
      account: named.account,
      region: [named.region, detail.region, envelope?.region].find(isRegion) ?? null,
      observedAt,
      simulated: context.simulated,
      identity: identityOf(subject, `unknown/${accessanalyzer.name}/${id}`),
      credential: accessKeyId === undefined ? {} : { accessKeyId },
      raw: context.raw(),
    },
  };
}

/** Access Analyzer rates nothing. On GuardDuty's scale: open to all is high, to somebody outside medium, the rest low. */
function severityOf(type: string, detail: Fields): number {
  if (type === 'ExternalAccess')
    return isTrue(detail.ispublic) || isTrue(nestedIn(detail, 'externalaccessdetails').ispublic) ? 8 : 6;
  return type === 'InternalAccess' ? 3 : type.startsWith('Unused') ? 2 : 5;
}

const isTrue = (value: Folded | undefined): boolean => value === true || value === 'true';
