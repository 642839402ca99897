import { sha256 } from '#core/digest';
import { type Reading, stronger } from '#core/finding';
import { isAccountId, isRegion } from '#core/ids';
import { firstInstant } from '#core/instant';
import { type Fields, fields, isAbsent } from './fold.ts';
import { refuse } from './refuse.ts';
import { asff } from './securityhub-asff.ts';
import { identitiesOf } from './securityhub-identity.ts';
import { ignoredBecause } from './securityhub-ignored.ts';
import { ocsf } from './securityhub-ocsf.ts';
import { entries, isOcsf, type Resource, typeOf } from './securityhub-report.ts';
import type { ReadingContext, Source } from './source.ts';

const { ignored, missing, invalid, rejected } = refuse('hand over the finding as Security Hub sends it');

const imported = 'Security Hub Findings - Imported';
const customAction = 'Security Hub Findings - Custom Action';
const importedOcsf = 'Findings Imported V2';

const parts = [
  ...[
    'schemaversion',
    'id',
    'productarn',
    'productname',
    'companyname',
    'generatorid',
    'awsaccountid',
    'region',
    'sample',
  ],
  ...['title', 'types', 'severity', 'findingproviderfields', 'recordstate', 'workflow', 'workflowstate', 'compliance'],
  ...['lastobservedat', 'updatedat', 'createdat', 'productfields', 'resources.type', 'resources.id', 'resources.owner'],
  ...['resources.resourcerole', 'resources.details.awsiamuser', 'resources.details.awsiamrole'],
  ...['resources.details.awsiamaccesskey', 'resources.details.awssecretsmanagersecret.name'],
  ...[
    'class_uid',
    'activity_id',
    'status',
    'status_id',
    'status_code',
    'severity_id',
    'metadata',
    'finding_info',
    'cloud',
  ],
  ...['time', 'time_dt', 'resources.uid', 'resources.uid_alt', 'resources.name', 'resources.user', 'resources.role'],
  ...['resources.account', 'resources.data'],
];

/**
 * AWS Security Hub: findings in ASFF (Security Hub CSPM) and in OCSF (its second version), as EventBridge brings them
 * (User Guide, "EventBridge event formats") and as GetFindings and GetFindingsV2 give them. What names nobody is not
 * even listened to: an account has thousands of findings a day.
 */
export const securityhub: Source = {
  name: 'securityhub',
  needs: ['hub'],
  patterns: [
    {
      source: ['aws.securityhub'],
      'detail-type': [imported],
      detail: {
        findings: {
          Resources: {
            Type: ['AwsIamUser', 'AwsIamRole', 'AwsIamAccessKey', 'AwsSecretsManagerSecret', 'AwsAccount', 'Other'],
          },
        },
      },
    },
    { source: ['aws.securityhub'], 'detail-type': [customAction] },
    {
      source: ['aws.securityhub'],
      'detail-type': [importedOcsf],
      detail: {
        findings: {
          resources: {
            type: [
              ...['AWS::IAM::User', 'AWS::IAM::Role', 'AWS::IAM::AccessKey', 'AWS::SecretsManager::Secret'],
              ...['AWS::::Account', 'AwsIamUser', 'AwsIamRole', 'AwsIamAccessKey', 'Other'],
            ],
          },
        },
      },
    },
  ],
  classes: [
    { types: 'IAM.4', signal: 'blocking', why: 'the root user has an access key: whoever holds it holds the account' },
    { types: 'IAM.*', signal: 'advisory', why: 'a control on how access is set up: nobody is seen to misuse it' },
    {
      types: 'SecretsManager.*',
      signal: 'advisory',
      why: 'a control on how a secret is kept: nobody is seen to misuse it',
    },
    {
      types: 'Software and Configuration Checks*',
      atLeast: 9,
      signal: 'blocking',
      why: 'a check of a product, which rates it critical or does not rate it',
    },
    {
      types: 'Software and Configuration Checks*',
      signal: 'advisory',
      why: 'a check of a product, not something seen',
    },
    {
      types: '*',
      atLeast: 4,
      signal: 'blocking',
      why: 'a product has seen it, and rates it medium or higher or not at all',
    },
    { types: '*', signal: 'advisory', why: 'a product rates it low' },
  ],
  // Tags and the details of other resources may hold a key in two casings.
  reads: [...parts, ...parts.map((part) => `findings.${part}`)],

  recognises(document) {
    const { findings } = fields(document);
    return [document, ...entries(findings)].some((each) => isAsffShape(fields(each)) || isOcsfShape(fields(each)));
  },

  read(document, context, envelope) {
    const detail = fields(document);
    const { findings, actionname } = detail;
    if (findings === undefined) return reading(detail, context, envelope, false);
    const listed = entries(findings);
    if (listed.length === 0) return [missing('detail.findings')];
    const kind = envelope?.['detail-type'];
    const byHand = kind === customAction || (kind === undefined && typeof actionname === 'string');
    return listed.flatMap((each) => reading(fields(each), context, envelope, byHand));
  },
};

const isAsffShape = ({ schemaversion, productarn, generatorid, awsaccountid }: Fields): boolean =>
  typeof productarn === 'string' && [schemaversion, generatorid, awsaccountid].some((each) => typeof each === 'string');
const isOcsfShape = ({ class_uid, finding_info, metadata }: Fields): boolean =>
  typeof class_uid === 'number' &&
  Object.keys(fields(finding_info)).length > 0 &&
  fields(metadata).product !== undefined;

/** `byHand`: a person has chosen the finding, by a custom action. */
function reading(finding: Fields, context: ReadingContext, envelope: Fields = {}, byHand: boolean): Reading[] {
  const report = isOcsf(finding) ? ocsf(finding) : asff(finding);
  const reason = ignoredBecause(report, envelope.region, byHand);
  if (reason !== null) return [ignored(reason)];

  const { product, id, account, region, severity } = report;
  if (product === undefined) return [missing('the ARN of the product')];
  if (product === null) return [invalid('the ARN of the product', 'is not one')];
  if (isAbsent(id)) return [missing('the id')];
  if (typeof id !== 'string') return [invalid('the id', 'is not a text')];
  const key = keyOf(product.startsWith('aws/') ? id : `${product}/${id}`);
  const found = identitiesOf(report, isAccountId(account) ? account : '', `unknown/${securityhub.name}/${key}`);
  if (found.length === 0) return [ignored(namesNobody(report.resources))];

  if (isAbsent(account)) return [missing('the account')];
  if (!isAccountId(account)) return [invalid('the account', 'is not a text of 12 digits')];
  // The administrator account receives its members' findings: the accounts may differ, but each must be one.
  if (!isAbsent(envelope.account) && !isAccountId(envelope.account))
    return [invalid('the account of the envelope', 'is not a text of 12 digits')];
  if (found === 'elsewhere')
    return [rejected('ACCOUNT_CLASH', 'the account of the finding and that of its resource differ')];
  for (const [name, each] of [
    ['the Region', region] as const,
    ['the Region of the envelope', envelope.region] as const,
  ])
    if (!isAbsent(each) && !isRegion(each)) return [invalid(name, 'is not an AWS Region')];
  const observedAt = firstInstant([...report.times, envelope.time]);
  if (!observedAt) return [missing('the time of the last update')];

  const type = typeOf(report);
  const classed = context.classOf(type, severity);
  const signal = byHand ? stronger(classed.signal, 'blocking') : classed.signal;
  return found.map(({ identity, accessKeyId }) => ({
    outcome: 'finding',
    finding: {
      source: securityhub.name,
      id: found.length === 1 ? key : keyOf(`${key}/${identity.key}`),
      type,
      signal,
      why: signal === classed.signal ? classed.why : 'a person has sent it here, by a custom action of Security Hub',
      severity: severity ?? 0,
      account,
      region: [region, envelope.region].find(isRegion) ?? null,
      observedAt,
      simulated: context.simulated,
      identity,
      credential: accessKeyId === undefined ? {} : { accessKeyId },
      raw: context.raw(),
    },
  }));
}

const namesNobody = (resources: Resource[]): string =>
  resources.some(({ form }) => form === 'account')
    ? 'about the account as a whole, and names no AWS identity'
    : 'names no AWS identity';

/** The id as part of a register key: one that does not fit there by its digest, which is as stable. */
const keyOf = (id: string): string => (/^[ -"$-~]{1,512}$/.test(id) ? id : `sha256/${sha256(id)}`);
